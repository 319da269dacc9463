import { strict as assert } from "node:assert";

import type { Change } from "../../src/core/portal/state";
import type { PortalGrant, PortalRequest } from "../../src/core/portal/types";
import { readAssets } from "../../src/portal/page/layout";
import { ACCESSES, ADAM, ANA, ASK, LEA, LEO, openPortalScene, type PortalScene } from "./scene";

/** A section of the page, without its tags. */
function sectionOf(text: string, id: string): string | undefined {
    const found = new RegExp(`<section aria-labelledby="${id}">[\\s\\S]*?</section>`).exec(text)?.[0];
    return found?.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");
}

describe("what the page shows of others", () => {
    let scene: PortalScene;

    before(async () => {
        const [payroll, production] = ACCESSES;
        const approval = { approvers: { groups: ["Leads"] }, count: 2 };
        scene = await openPortalScene({ config: { accesses: [payroll, { ...production, approval }] } });
        const ana = await scene.person(ANA);
        await scene.api(ana, "POST", "/api/v1/grants", { access: "payroll" });
        await scene.api(ana, "POST", "/api/v1/grants", ASK);
    });

    after(() => scene[Symbol.asyncDispose]());

    const pageOf = async (login: string) => (await scene.person(login, "203.0.113.9")).page.text;

    it("shows an admin the requests that wait for approvers, and no way to decide", async () => {
        const text = await pageOf(ADAM);
        assert.match(
            sectionOf(text, "asked") ?? "",
            /^ Waiting for others 1 .*Ana Anders ana@example\.com Production for 1 h 0 of 2 approved 203\.0\.113\.7 /,
        );
        assert.equal(sectionOf(text, "given"), undefined, "an admin has the list of everybody");
        assert.match(sectionOf(text, "all") ?? "", /Everybody 1 .*Ana Anders/);
        assert.doesNotMatch(text, /value="approve"/);
    });

    it("shows an approver what another one still has to approve, and then who has it", async () => {
        const lea = await scene.person(LEA, "203.0.113.9");
        assert.equal(sectionOf(lea.page.text, "asked"), undefined, "it waits for Lea herself");
        assert.equal(sectionOf(lea.page.text, "given"), undefined, "payroll needs no approval");
        const [request] = (await scene.store.read(new AbortController().signal)).requests.values();
        await scene.api(lea, "POST", `/api/v1/requests/${request?.id}`, { decision: "approve" });
        assert.match(sectionOf((await lea.go(`${scene.url}/`)).text, "asked") ?? "", /Ana Anders .* 1 of 2 approved/);
        const leo = await scene.person(LEO, "203.0.113.10");
        await scene.api(leo, "POST", `/api/v1/requests/${request?.id}`, { decision: "approve" });
        const text = (await lea.go(`${scene.url}/`)).text;
        assert.equal(sectionOf(text, "asked"), undefined);
        assert.match(
            sectionOf(text, "given") ?? "",
            /^ Who has what you approve 1 .*Ana Anders ana@example\.com Production .* 203\.0\.113\.7 /,
        );
        assert.doesNotMatch(text, /\/do\/grants\/[^"]*\/revoke"/, "approvers end no grants of others");
    });

    it("shows nothing of others to somebody who approves nothing", async () => {
        const text = await pageOf(ANA);
        assert.deepEqual([sectionOf(text, "asked"), sectionOf(text, "given")], [undefined, undefined]);
    });

    it("lets an admin withdraw what they asked for somebody else", async () => {
        const adam = await scene.person(ADAM, "203.0.113.9");
        await scene.api(adam, "POST", "/api/v1/grants", { ...ASK, user: "bob", address: "203.0.113.20" });
        const { text } = await adam.go(`${scene.url}/`);
        assert.match(sectionOf(text, "asked") ?? "", /bob bob · by Adam Admin Production/);
        const path = /formaction="(\/do\/requests\/[^"]+)"/.exec(text)?.[1] ?? assert.fail("no button");
        await adam.submit(path, { _csrf: adam.csrf(), decision: "withdraw" });
        assert.equal(sectionOf(adam.page.text, "asked"), undefined);
    });

    it("leads to the rest where not all of it fits", async () => {
        await fill(scene, rowsFor(scene, 100, "x", {}));
        for (const [login, list] of [
            [ADAM, "asked"],
            [LEA, "given"],
        ] as const) {
            const browser = await scene.person(login, "203.0.113.9");
            const { text } = browser.page;
            const next = new RegExp(`href="/\\?${list}=(\\d+)#${list}" rel="next"`).exec(text)?.[1];
            const after = sectionOf((await browser.go(`${scene.url}/?${list}=${next}`)).text, list);
            assert.match(after ?? "", new RegExp(`${Number(next) + 1} to \\d+ of 10`));
        }
    });
});

describe("the page of an admin who approves, reviews, may have and has as much as fits", () => {
    it("stays below 60 kB with style and script", async () => {
        const [payroll = assert.fail(), production] = ACCESSES;
        const many = Array.from({ length: 40 }, (_, at) => ({ ...payroll, name: `a-${at}`, title: "<".repeat(60) }));
        const accesses = [
            payroll,
            { ...production, approval: { approvers: { groups: ["Leads"] }, count: 2 } },
            ...many,
        ];
        await using scene = await openPortalScene({ config: { admins: { groups: ["Leads"] }, accesses } });
        const browser = await scene.person(LEA, "203.0.113.9");
        const [lea = assert.fail()] = (await scene.store.read(new AbortController().signal)).people.values();
        const { iss, sub, user, name } = lea;
        const own = { holder: { iss, sub, user, name } };
        await fill(scene, [
            ...rowsFor(scene, 40, "waiting", { approvals: [] }),
            ...rowsFor(scene, 40, "approved", { approvals: [{ iss, sub, user, name, atMs: 0 }] }),
            ...rowsFor(scene, 40, "own", own),
            ...rowsFor(scene, 40, "review", { isBreakGlass: true }),
            ...rowsFor(scene, 40, "ended", { ...own, endedAtMs: scene.now(), endedBecause: "<".repeat(200) }),
        ]);
        const { text } = await browser.go(`${scene.url}/`);
        const sections = ["have", "decide", "may", "asked", "all", "past"].filter((id) => sectionOf(text, id));
        assert.equal(sections.length, 6, sections.join());
        const { style, script } = readAssets();
        const bytes = Buffer.byteLength(text) + Buffer.byteLength(style) + Buffer.byteLength(script);
        assert.ok(bytes <= 60_000, `${bytes}`);
    });
});

/** Grants and requests of strangers, with texts that take much room. */
function rowsFor(scene: PortalScene, count: number, prefix: string, rest: object): Change[] {
    const hour = scene.now() + 3_600_000;
    return Array.from({ length: count }, (_, at): Change[] => {
        const common = {
            access: "production",
            holder: { iss: "https://idp", sub: `${at}`, user: `u${at}`, name: "<".repeat(100) },
            createdAtMs: scene.now(),
            reason: `${at % 2 === 0 ? "short" : "<&".repeat(500)}`,
            requestId: "r",
        };
        const times = { startsAtMs: scene.now(), expiresAtMs: hour, addresses: ["203.0.113.8"], labels: {} };
        const asked = { address: "203.0.113.8", durationMs: 60_000, decideByMs: hour, approvals: [] };
        const grant: PortalGrant = { ...common, ...times, ...rest, id: `g-${prefix}-${at}` };
        const request: PortalRequest = { ...common, ...asked, state: "waiting", ...rest, id: `q-${prefix}-${at}` };
        return [
            ["grants", grant.id, grant],
            ["requests", request.id, request],
        ];
    }).flat();
}

function fill({ store }: PortalScene, changes: readonly Change[]): Promise<unknown> {
    return store.transact(() => ({ changes, result: undefined }));
}
