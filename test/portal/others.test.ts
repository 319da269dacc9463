import { strict as assert } from "node:assert";

import type { PortalGrant, PortalRequest } from "../../src/core/portal/types";
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
            /^ Waiting for others 1 .*Ana Anders ana@example\.com Production for 1h 0 of 2 approved 203\.0\.113\.7 /,
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

    it("stays below 60 kB, and leads to the rest", async () => {
        const holder = (at: number) => ({ iss: "https://idp", sub: `${at}`, user: `u${at}`, name: "<".repeat(100) });
        const common = (at: number) => ({
            access: "production",
            holder: holder(at),
            createdAtMs: scene.now(),
            reason: "<&\"'".repeat(250),
            requestId: "r",
        });
        const hour = scene.now() + 3_600_000;
        const grants = Array.from({ length: 100 }, (_, at): PortalGrant => {
            const times = { startsAtMs: scene.now(), expiresAtMs: hour };
            return { ...common(at), ...times, id: `g-${at}`, addresses: ["203.0.113.8"], labels: {} };
        });
        const requests = Array.from({ length: 100 }, (_, at): PortalRequest => {
            const approvals = [LEA, LEO].map((sub) => ({ iss: scene.okta.url, sub, user: sub, name: sub, atMs: 0 }));
            const rest = { address: "203.0.113.8", durationMs: 60_000, decideByMs: hour, state: "waiting" } as const;
            return { ...common(at), ...rest, id: `q-${at}`, approvals };
        });
        await scene.store.transact(() => ({
            changes: [
                ...grants.map((each) => ["grants", each.id, each] as const),
                ...requests.map((each) => ["requests", each.id, each] as const),
            ],
            result: undefined,
        }));
        for (const [login, list] of [
            [ADAM, "asked"],
            [LEA, "given"],
        ] as const) {
            const browser = await scene.person(login, "203.0.113.9");
            const { text } = browser.page;
            const assets = [...text.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map(([, path]) => path);
            let bytes = Buffer.byteLength(text);
            for (const path of assets) bytes += Buffer.byteLength((await browser.ask(`${scene.url}${path}`)).text);
            assert.ok(bytes <= 60_000, `${login}: ${bytes}`);
            const next = new RegExp(`href="/\\?${list}=(\\d+)#${list}" rel="next"`).exec(text)?.[1];
            const before = sectionOf(text, list);
            const after = sectionOf((await browser.go(`${scene.url}/?${list}=${next}`)).text, list);
            assert.match(after ?? "", new RegExp(`${Number(next) + 1} to \\d+ of 10`));
            assert.notEqual(after, before);
        }
    });
});
