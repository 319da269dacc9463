import { strict as assert } from "node:assert";

import { ACCESSES, ADAM, ANA, ASK, LEA, openPortalScene, type PortalScene, seedFor } from "./scene";

/** Each begins an element, or leaves an attribute, in its own way. */
const ATTACKS = [
    `"><img src=x onerror=alert(1)>`,
    "'><svg onload=alert(1)>",
    "</title><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "<!--><script>alert(1)</script>",
    "javascript:alert(1)",
];

const HARM = /<img|<svg[^>]*onload|<script>|<!-->|(?:href|src|action)=["']?javascript:/i;

describe("markup that somebody writes", () => {
    for (const attack of ATTACKS) {
        it(`is text wherever the portal shows it: ${attack}`, async () => {
            await using scene = await openEvilScene(attack);
            const [ana, lea, adam] = [await scene.person(ANA), await scene.person(LEA), await scene.person(ADAM)];
            const ask = { ...ASK, reason: attack, ticket: attack };
            const first = await scene.api(ana, "POST", "/api/v1/grants", ask);
            assert.equal(first.status, 202, JSON.stringify(first.body));
            await scene.api(lea, "POST", `/api/v1/requests/${first.body.id}`, { decision: "deny", note: attack });
            await scene.api(ana, "POST", "/api/v1/grants", ask);
            await scene.api(ana, "POST", "/api/v1/grants", { access: "payroll", reason: attack });
            await scene.api(ana, "POST", "/api/v1/grants", { ...ask, breakGlass: true });
            const typed = encodeURIComponent(attack);
            const PATHS = [
                "/",
                ...["find", "what", "done", "everybody"].map((name) => `/?${name}=${typed}`),
                `/device?user_code=${typed}`,
                `/callback?error=${typed}&error_description=${typed}&state=${typed}`,
                `/errors/${typed}`,
                `/${typed}`,
                `/login?return=${typed}`,
            ];
            for (const browser of [ana, lea, adam]) {
                const pages: string[] = [];
                for (const path of PATHS) {
                    const page = await browser.ask(`${scene.url}${path}`);
                    pages.push(page.text);
                    assert.doesNotMatch(page.text, HARM, path);
                    assert.match(page.headers.get("content-security-policy") ?? "", /default-src 'none'/, path);
                    assert.doesNotMatch(page.headers.get("content-security-policy") ?? "", /unsafe-/, path);
                }
                assert.ok(
                    pages.some((text) => text.includes(escaped(attack))),
                    "what was written is shown",
                );
            }
        });
    }
});

function escaped(text: string): string {
    const NAMES: Readonly<Record<string, string>> = { "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
    return text.replace(/[<>"']/g, (character) => NAMES[character] ?? character);
}

/** A portal in which the names of people and the titles of accesses are markup too. */
function openEvilScene(attack: string): Promise<PortalScene> {
    const users = (url: string) =>
        (seedFor(url).users ?? []).map((user) => ({ ...user, profile: { firstName: attack, lastName: attack } }));
    return openPortalScene({
        seedOf: (url) => ({ users: users(url) }),
        config: {
            accesses: ACCESSES.map((access) => ({
                ...access,
                title: attack,
                ...("ticket" in access && { ticket: "^.*$" }),
            })),
        },
    });
}
