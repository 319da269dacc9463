import { strict as assert } from "node:assert";
import { setTimeout } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";

import { systemClock } from "../../src/clock";
import { DOUBT_TEXT, type ReportedGrant } from "../../src/core/portal/agentReport";
import { openReports } from "../../src/sources/portal/openStore";
import { ADAM, ANA, openPortalScene, type PortalScene } from "./scene";

describe("a grant that no agent confirms", () => {
    it("says so on the page and in the API, and stops when an agent reports it, until that one is silent", async () => {
        await using scene = await openPortalScene();
        const reports = openReportsOf(scene);
        const say = (grants: Readonly<Record<string, ReportedGrant>>) =>
            reports.write("default", { heartbeatAtMs: scene.now(), grants });
        const ana = await scene.person(ANA);
        const { body } = await scene.api(ana, "POST", "/api/v1/grants", { access: "payroll" });
        const seen = async () => {
            const { text } = await ana.go(`${scene.url}/`);
            const [grant] = (await scene.api(ana, "GET", "/api/v1/grants")).body.grants;
            const heading = /<h1 id="summary">([^<]*)</.exec(text)?.[1];
            const why = /<b>not confirmed<\/b>: ([^<]*)/.exec(text)?.[1]?.trim();
            return [grant.state, grant.confirmed, grant.why, heading, why];
        };
        const silence = DOUBT_TEXT["no-agent"];
        const yet = DOUBT_TEXT.new;
        await eventually(seen, ["pending", false, silence, "You have Payroll, not confirmed", silence]);

        await say({});
        // The page has a word for it, "on its way", and raises no alarm in the first minute.
        await eventually(seen, ["pending", false, yet, "You have Payroll", undefined]);
        assert.match(ana.page.text, /<span class="state soon"[^>]*>on its way</);

        scene.pass(61_000);
        await eventually(async () => (await seen())[3], "You have Payroll, not confirmed");
        // Without an agent that is heard of, it takes longer.
        assert.doesNotMatch(ana.page.text, /takes a few seconds/);

        await say({ [body.id]: { state: "accepted" } });
        await eventually(seen, ["accepted", true, undefined, "You have Payroll", undefined]);

        scene.pass(61_000);
        await eventually(seen, ["accepted", false, silence, "You have Payroll, not confirmed", silence]);
        const adam = await scene.person(ADAM, "203.0.113.10");
        assert.match(adam.page.text, /Payroll <span class="state soon"[^>]*>ready soon, not confirmed</);

        await say({ [body.id]: { state: "refused", why: "there is no room" } });
        await eventually(seen, ["refused", true, "there is no room", "You have no access", undefined]);
        await reports.close();
    });
});

describe("a grant that has ended", () => {
    it("is shown as long as Okta has it by a live agent, then as history", async () => {
        await using scene = await openPortalScene();
        const reports = openReportsOf(scene);
        const say = (grants: Readonly<Record<string, ReportedGrant>>) =>
            reports.write("default", { heartbeatAtMs: scene.now(), grants });
        const ana = await scene.person(ANA);
        const { body } = await scene.api(ana, "POST", "/api/v1/grants", { access: "payroll" });
        const seen = async () => {
            const { text } = await ana.go(`${scene.url}/`);
            const badge = /<p class="badge"><span class="state (\w*)"[^>]*>([^<]*)</.exec(text)?.slice(1);
            const isLeaving = /<li class="card over">(.|\n)*?>leaving</.test(text);
            return { badge, isLeaving, isHistory: /<b>Payroll<\/b> given back/.test(text) };
        };
        await say({ [body.id]: { state: "accepted", effectiveAtMs: scene.now() + 60_000 } });
        await eventually(seen, { badge: ["soon", "ready soon"], isLeaving: false, isHistory: false });
        await say({ [body.id]: { state: "effective" } });
        await eventually(seen, { badge: ["good", "in force"], isLeaving: false, isHistory: false });
        await scene.api(ana, "DELETE", `/api/v1/grants/${body.id}`);
        await eventually(seen, { badge: undefined, isLeaving: true, isHistory: false });
        await say({});
        await eventually(seen, { badge: undefined, isLeaving: false, isHistory: true });
        await reports.close();
    });
});

function openReportsOf({ directory }: PortalScene) {
    const opening = { ...systemClock, directory, databaseOf: () => assert.fail("no database") };
    return openReports({ type: "file", path: "portal.jsonl" }, opening);
}

/** The portal reads a report a moment after it was written. */
async function eventually<T>(look: () => Promise<T>, expected: T): Promise<void> {
    for (let times = 0; times < 400; times += 1) {
        if (isDeepStrictEqual(await look(), expected)) return;
        await setTimeout(25);
    }
    assert.deepEqual(await look(), expected);
}

describe("the address on the portal's page", () => {
    it("says that access is for another address, to a person who has moved", async () => {
        await using scene = await openPortalScene();
        const here = await scene.person(ANA, "203.0.113.7");
        await scene.api(here, "POST", "/api/v1/grants", { access: "payroll" });
        const pageOf = async (address: string) => (await (await scene.person(ANA, address)).go(`${scene.url}/`)).text;
        assert.doesNotMatch(await pageOf("203.0.113.7"), /not for where you are now/);
        assert.match(
            await pageOf("203.0.113.8"),
            /Your access is for 203\.0\.113\.7, and not for where you are now\. Add this address below\./,
        );
    });
});
