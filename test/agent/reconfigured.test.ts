import { strict as assert } from "node:assert";

import type { RulesText } from "../../src/core/membership/rules";
import { SENTINEL } from "../../src/core/zones/zone";
import { zone } from "../support/rounds";
import { addressesOf, grantsOf, openScene } from "./scene";

const TEN = grantsOf(10).map((grant, index) => ({
    ...grant,
    labels: { app: index < 7 ? "payroll" : "wiki", team: index < 2 ? "red" : "blue" },
}));
const INSIDE = addressesOf(TEN);

/** Ten are inside by the rules of before; then come others. */
async function reconfigured(before: RulesText, after: RulesText) {
    const scene = openScene({ grants: TEN });
    const first = scene.start({ rules: before });
    await scene.clock.pass(10_000);
    await first.end();
    const agent = scene.start({ rules: after });
    await scene.clock.pass(10_000);
    return { scene, agent };
}

describe("an agent whose configuration changes", () => {
    const rows: readonly (readonly [what: string, after: RulesText, held: number, why: string])[] = [
        ["a selector that leaves seven out", { selector: { app: "wiki" } }, 7, "deselected"],
        ["a selector that leaves all out", { selector: { app: "other" } }, 10, "deselected"],
        ["a range that seven touch and no grant may", { deny: ["203.0.113.0-203.0.113.7"] }, 7, "limit"],
        ["a time to live that all exceed", { maxTimeToLive: "30m" }, 10, "limit"],
    ];
    for (const [what, after, count, why] of rows) {
        it(`holds ${what}, until that is confirmed`, async () => {
            const { scene, agent } = await reconfigured({}, after);
            await using _ = scene;
            assert.deepEqual(await scene.gateways(), INSIDE);
            const { held, holds } = agent.agent.view();
            assert.deepEqual([holds.length, new Set(holds.map((each) => each.why))], [count, new Set([why])]);
            await agent.agent.confirm(held, "mia");
            await scene.clock.pass(1000);
            assert.deepEqual(await scene.gateways(), count === 10 ? [SENTINEL] : INSIDE.slice(7));
        });
    }

    it("carries out a selector that leaves few out", async () => {
        const { scene, agent } = await reconfigured({}, { selector: { team: "blue" } });
        await using _ = scene;
        assert.deepEqual(await scene.gateways(), INSIDE.slice(2));
        assert.deepEqual(agent.agent.view().held, []);
    });

    it("admits grants that a wider selector adds", async () => {
        const { scene } = await reconfigured({ selector: { team: "blue" } }, {});
        await using _ = scene;
        assert.deepEqual(await scene.gateways(), INSIDE);
    });

    it("goes on in the zone that is left with all who were in another one", async () => {
        const zones = [zone("nzo1", INSIDE.slice(5)), zone("nzo2", INSIDE.slice(0, 5))];
        await using scene = openScene({ zones, grants: TEN });
        const first = scene.start();
        await scene.clock.pass(10_000);
        await first.end();
        const second = scene.start({ zoneIds: ["nzo1"] });
        await scene.clock.pass(10_000);
        assert.deepEqual(await scene.gateways(), INSIDE);
        assert.deepEqual(second.agent.view().held, []);
    });
});
