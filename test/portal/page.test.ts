import { strict as assert } from "node:assert";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { DOUBT_TEXT } from "../../src/core/portal/agentReport";

import type { PortalGrant, PortalRequest } from "../../src/core/portal/types";
import { readAssets } from "../../src/portal/page/layout";
import type { TestBrowser } from "./browser";
import { ADAM, ANA, LEA, LEO, openPortalScene, type PortalScene } from "./scene";

const MINUTE = 60_000;

/** Without a refresh token, so that a click after session.recheck needs a new sign-in. */
const NO_REFRESH = { login: { scopes: ["openid", "profile", "email", "groups"] } };

/** A page counts with its style and its script. */
function isSmall(page: string): void {
    const { style, script } = readAssets();
    const bytes = Buffer.byteLength(page) + Buffer.byteLength(style) + Buffer.byteLength(script);
    assert.ok(bytes <= 60_000, `${bytes} bytes`);
}

describe("the portal's page", () => {
    let scene: PortalScene;

    beforeEach(async () => {
        scene = await openPortalScene({ config: NO_REFRESH });
    });

    afterEach(() => scene[Symbol.asyncDispose]());

    const state = () => scene.store.read(new AbortController().signal);
    const doneLine = (text: string) =>
        /<p class="done" role="status">(.*?)<\/p>/.exec(text)?.[1]?.replace(/<[^>]+>/g, "");

    /** A sign-in by the page's button, where the provider still knows the person. */
    const again = async (browser: TestBrowser) => {
        await browser.go(`${scene.url}/login`);
        assert.match(browser.page.text, /id="summary"/);
    };

    it("says after a form what is true: no agent lives here, so that nobody is told that they have access", async () => {
        const ana = await scene.person(ANA);
        const { text } = await ana.submit("/do/grants", { _csrf: ana.csrf(), access: "payroll" });
        assert.equal(doneLine(text), `Payroll is granted. You may not get in yet: ${DOUBT_TEXT["no-agent"]}.`);
    });

    it("says nothing of a form that nobody sent, nor of what is another person's", async () => {
        const [ana, lea] = [await scene.person(ANA), await scene.person(LEA)];
        const { body } = await scene.api(lea, "POST", "/api/v1/grants", { access: "payroll" });
        for (const query of [
            "done=granted",
            "done=granted&id=g-1",
            `done=granted&id=${body.id}`,
            "done=revoked-person&id=x",
        ]) {
            assert.equal(doneLine((await ana.go(`${scene.url}/?${query}`)).text), undefined, query);
        }
    });

    it("lets an admin grant for somebody else with ticket, duration and start", async () => {
        const adam = await scene.person(ADAM);
        const startsAt = new Date(scene.now() + 60 * MINUTE).toISOString().slice(0, 16);
        for (const name of ["ticket", "duration", "startsAt"])
            assert.match(adam.page.text, new RegExp(`name="${name}"`));
        const fields = {
            access: "payroll",
            user: "lea@example.com",
            address: "198.51.100.7",
            reason: "the import",
            ticket: "",
            duration: "1 h 30 min",
            startsAt,
        };
        const { text } = await adam.submit("/do/grants", { _csrf: adam.csrf(), ...fields });
        assert.match(doneLine(text) ?? "", /^Payroll is granted to lea@example.com from 198.51.100.7, and starts /);
        const asked = { ...fields, access: "production", ticket: "INC-1", duration: "2h", startsAt: "" };
        await adam.submit("/do/grants", { _csrf: adam.csrf(), ...asked });
        assert.equal(adam.page.status, 200, adam.page.text);
        const { grants, requests } = await state();
        const [grant] = grants.values();
        assert.equal(new Date(grant?.startsAtMs ?? 0).toISOString(), `${startsAt}:00.000Z`);
        assert.equal((grant?.expiresAtMs ?? 0) - (grant?.startsAtMs ?? 0), 90 * MINUTE);
        assert.deepEqual(
            [...requests.values()].map(({ ticket, durationMs }) => [ticket, durationMs]),
            [["INC-1", 120 * MINUTE]],
        );
    });

    it("starts a grant later, asks its owner to confirm the address then, and says so until they do", async () => {
        const ana = await scene.person(ANA);
        const startsAt = new Date(scene.now() + 60 * MINUTE).toISOString().slice(0, 16);
        const { text } = await ana.submit("/do/grants", { _csrf: ana.csrf(), access: "payroll", startsAt });
        assert.match(text, /<span class="state " title="[^"]+">starts later<\/span>/);
        scene.pass(61 * MINUTE);
        await again(ana);
        assert.match(ana.page.text, /confirm to begin/);
        assert.doesNotMatch(ana.page.text, /starts later/);
        const [grant] = (await state()).grants.values();
        await ana.submit(`/do/grants/${grant?.id}/address`, { _csrf: ana.csrf() });
        assert.match(doneLine(ana.page.text) ?? "", /^Payroll is granted\./);
        assert.equal([...(await state()).grants.values()][0]?.isUnconfirmed, undefined);
    });

    it("offers no sign-in while the store cannot be used, and says so", async () => {
        const path = join(scene.directory, "portal.jsonl");
        await rm(path, { force: true });
        await mkdir(path);
        const { status, text } = await scene.browser().go(`${scene.url}/`);
        assert.equal(status, 503);
        assert.match(text, /store cannot be used now; nothing has changed/);
        assert.doesNotMatch(text, /Sign in<\/button>/);
    });

    describe("keeps what was typed", () => {
        const fields = {
            access: "production",
            reason: `the import fails ${"ä".repeat(900)} "<b>`,
            ticket: "INC-4711",
            duration: "30m",
        };
        const typedAgain = /Not sent yet[\s\S]*name="reason" value="the import fails ä+ &quot;&lt;b&gt;"/;

        it("through a sign-in that a click needs, and sends it only when asked to", async () => {
            const ana = await scene.person(ANA);
            scene.pass(16 * MINUTE);
            await ana.submit("/do/grants", { _csrf: ana.csrf(), ...fields });
            assert.equal(ana.page.status, 401);
            assert.match(ana.page.text, /What you entered is kept/);
            await again(ana);
            assert.match(ana.page.text, typedAgain);
            assert.equal((await state()).requests.size, 0, "nothing is sent by itself");
            await ana.submit("/do/grants", { _csrf: ana.csrf(), ...fields });
            assert.equal(ana.page.status, 200);
            assert.equal([...(await state()).requests.values()][0]?.reason, fields.reason);
            assert.doesNotMatch(ana.page.text, /Not sent yet/);
        });

        it("when the session is over", async () => {
            const ana = await scene.person(ANA);
            const csrf = ana.csrf();
            scene.pass(11 * 60 * MINUTE);
            await ana.submit("/do/grants", { _csrf: csrf, ...fields });
            assert.equal(ana.page.status, 401);
            await again(ana);
            assert.match(ana.page.text, typedAgain);
            await ana.submit("/do/typed/discard", { _csrf: ana.csrf() });
            assert.doesNotMatch(ana.page.text, /Not sent yet/);
        });

        it("for nobody else who signs in at the same browser", async () => {
            const ana = await scene.person(ANA);
            scene.pass(16 * MINUTE);
            await ana.submit("/do/grants", { _csrf: ana.csrf(), ...fields });
            ana.cookies.delete(new URL(scene.okta.url).host);
            ana.cookies.get(new URL(scene.url).host)?.delete("zonekeeper");
            await ana.signIn(scene.url, LEO);
            assert.doesNotMatch(ana.page.text, /the import fails/);
        });

        it("of no form that another site sent", async () => {
            const ana = await scene.person(ANA);
            scene.pass(16 * MINUTE);
            await ana.submit("/do/grants", { _csrf: ana.csrf(), ...fields }, { origin: "https://evil.example" });
            assert.doesNotMatch(ana.page.text, /What you entered is kept/);
            await again(ana);
            assert.doesNotMatch(ana.page.text, /the import fails/);
        });

        it("where the portal says no", async () => {
            const ana = await scene.person(ANA);
            await ana.submit("/do/grants", { _csrf: ana.csrf(), ...fields, ticket: "none" });
            assert.equal(ana.page.status, 422);
            assert.match(ana.page.text, /name="reason" value="the import fails/);
            assert.match(ana.page.text, /name="ticket" value="none"/);
            await ana.submit("/do/grants", { _csrf: ana.csrf(), ...fields });
            assert.equal((await state()).requests.size, 1);
        });
    });

    describe("stays below 60 kB", () => {
        const holder = (at: number) => ({
            iss: scene.okta.url,
            sub: `00u${at}`,
            user: `person.${at}@example.com`,
            name: `Person number ${at}`,
        });
        const grant = (at: number, more: Partial<PortalGrant> = {}): PortalGrant => ({
            id: `g-${at}`,
            access: "production",
            holder: holder(at),
            addresses: [`203.0.${Math.floor(at / 200)}.${(at % 200) + 1}`],
            createdAtMs: scene.now() + at,
            startsAtMs: scene.now(),
            expiresAtMs: scene.now() + 60 * MINUTE,
            reason: "<&\"'".repeat(250),
            labels: {},
            requestId: `r-${at}`,
            ...more,
        });
        const request = (at: number): PortalRequest => ({
            id: `q-${at}`,
            access: "production",
            holder: holder(at),
            address: "203.0.113.9",
            durationMs: 60 * MINUTE,
            createdAtMs: scene.now(),
            decideByMs: scene.now() + 60 * MINUTE,
            reason: "<&\"'".repeat(250),
            approvals: [],
            state: "waiting",
            requestId: `r-${at}`,
        });
        const fill = (grants: readonly PortalGrant[], requests: readonly PortalRequest[] = []) =>
            scene.store.transact(() => ({
                changes: [
                    ...grants.map((each) => ["grants", each.id, each] as const),
                    ...requests.map((each) => ["requests", each.id, each] as const),
                ],
                result: undefined,
            }));

        it("for an admin of many grants, who finds each of them", async () => {
            const numbers = Array.from({ length: 400 }, (_, at) => at);
            await fill(numbers.map((at) => grant(at, at % 2 === 0 ? {} : { isBreakGlass: true })));
            const adam = await scene.person(ADAM);
            isSmall(adam.page.text);
            assert.match(adam.page.text, /1 to \d+ of 400/);
            const seen = new Set<string>();
            for (let hops = 0; hops < 100; hops += 1) {
                for (const [, id] of adam.page.text.matchAll(/formaction="\/do\/grants\/(g-\d+)\/revoke"/g))
                    seen.add(id ?? "");
                const [, next] =
                    /href="([^"]+)" rel="next"[^>]*>Next<\/a><\/nav><\/div>|$/.exec(
                        /aria-label="More grants"[\s\S]*?<\/nav>/.exec(adam.page.text)?.[0].concat("</div>") ?? "",
                    ) ?? [];
                if (next === undefined) break;
                isSmall((await adam.go(new URL(next.replaceAll("&amp;", "&"), scene.url).href)).text);
            }
            assert.equal(seen.size, 400);
            await adam.go(`${scene.url}/?find=${encodeURIComponent("PERSON.311@ production")}`);
            assert.deepEqual(adam.page.text.match(/formaction="[^"]+"/g), ['formaction="/do/grants/g-311/revoke"']);
            await adam.submit("/do/grants/g-311/revoke", { _csrf: adam.csrf() }, { referer: adam.page.url });
            assert.match(adam.page.url, /find=PERSON/, "the list stays where it was");
            assert.match(doneLine(adam.page.text) ?? "", /^Person number 311&#39;s Production has ended\./);
        });

        it("and shows what somebody waits for, however many grants they have", async () => {
            const ana = await scene.person(ANA);
            const { iss, sub, user, name } = [...(await state()).people.values()][0] ?? assert.fail();
            const own = { holder: { iss, sub, user, name } };
            await fill([], [{ ...request(1), ...own }]);
            for (let at = 0; at < 8; at += 1) {
                isSmall((await ana.go(`${scene.url}/`)).text);
                assert.match(ana.page.text, /waits for approval/, `${at} grants`);
                await fill([grant(at, own)]);
            }
        });

        it("for an approver of many requests who holds many grants", async () => {
            const lea = await scene.person(LEA);
            const { iss, sub, user, name } = [...(await state()).people.values()][0] ?? assert.fail();
            const own = { holder: { iss, sub, user, name } };
            const numbers = Array.from({ length: 200 }, (_, at) => at);
            const ended = numbers.map((at) => grant(at + 1000, { ...own, endedAtMs: scene.now() }));
            await fill([...numbers.map((at) => grant(at, own)), ...ended], numbers.map(request));
            isSmall((await lea.go(`${scene.url}/`)).text);
            assert.match(lea.page.text, /Waiting for you <span class="count">200/);
        });
    });

    it("shows what one has or has requested once more only behind a line, and what one may have with its button", async () => {
        const ana = await scene.person(ANA);
        const offered = (name: string) => {
            const text = ana.page.text.split(`id="access-${name}"`)[1]?.split("<li ")[0] ?? "";
            const isBehind = /<summary>You have (this already|requested this)/.exec(text)?.[1];
            return isBehind ?? /<button class="primary"/.test(text);
        };
        assert.deepEqual([offered("payroll"), offered("production")], [true, true]);
        await ana.submit("/do/grants", { _csrf: ana.csrf(), access: "payroll" });
        const ask = { access: "production", reason: "the import fails", ticket: "INC-1" };
        await ana.submit("/do/grants", { _csrf: ana.csrf(), ...ask });
        assert.deepEqual([offered("payroll"), offered("production")], ["this already", "requested this"]);
    });

    it("tells an approver who may request nothing what they approve, and not that they have no access", async () => {
        const approval = { approvers: { groups: ["Leads"] } };
        const duration = { default: "1h", max: "2h" };
        const access = { name: "vault", title: "Vault", eligible: { groups: ["Nobody"] }, duration, approval };
        await using other = await openPortalScene({ config: { accesses: [access] } });
        const { page } = await other.person(LEA);
        assert.match(page.text, /<h1 id="summary">Nothing waits for you</);
        assert.match(page.text, /Nothing\. You approve requests for Vault; they appear here/);
        assert.doesNotMatch(page.text, /no access|nothing that you may request/);
    });

    it("stays below 60 kB for somebody who may have 500 accesses, and for an admin of them", async () => {
        const accesses = Array.from({ length: 500 }, (_, at) => ({
            name: `access-${at}`,
            title: `Access number ${at} ${"<".repeat(50)}`,
            eligible: { groups: ["Staff", "Security"] },
            duration: { default: "1h", max: "2h" },
            reason: "required",
        }));
        await using many = await openPortalScene({ config: { accesses } });
        for (const login of [ANA, ADAM]) {
            const browser = await many.person(login);
            isSmall(browser.page.text);
            await browser.go(`${many.url}/?what=${encodeURIComponent("number 377")}`);
            assert.match(browser.page.text, /id="access-access-377"/);
            assert.doesNotMatch(browser.page.text, /id="access-access-376"/);
        }
    });
});
