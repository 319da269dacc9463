import { strict as assert } from "node:assert";

import { SENTINEL } from "../../src/core/zones/zone";
import { zone } from "../support/rounds";
import { addressesOf, grantsOf, openScene } from "./scene";

const MINUTE = 60_000;

const TWO = grantsOf(2);
const INSIDE = addressesOf(TWO);

describe("an agent whose static gateways change", () => {
    const [office, branch] = ["198.51.100.0/28", "198.51.100.64/28"];

    /** Runs with static gateways, ends, and runs again with others. */
    async function reconfigured(before: readonly string[], after: readonly string[]) {
        const scene = openScene({ zones: [zone("nzo1", INSIDE)], grants: TWO });
        const first = scene.start({ rules: { staticGateways: before } });
        await scene.clock.pass(10_000);
        await first.end();
        const agent = scene.start({ rules: { staticGateways: after } });
        await scene.clock.pass(10_000);
        return { scene, agent };
    }

    it("holds one that left the configuration until that is confirmed", async () => {
        const { scene, agent } = await reconfigured([office, branch], [office]);
        await using _ = scene;
        assert.deepEqual(await scene.gateways(), [office, branch, ...INSIDE]);
        assert.deepEqual(agent.agent.view().holds, [{ address: branch, why: "static", grants: [] }]);
        assert.deepEqual(agent.agent.view().notReady, ["static gateways that left the settings are held: 1 [ZK503]"]);
        await agent.end();
        const again = scene.start({ rules: { staticGateways: [office] } });
        await scene.clock.pass(10_000);
        assert.deepEqual(again.agent.view().held, [branch]);
        assert.deepEqual(await again.agent.confirm([branch], "mia"), [branch]);
        await scene.clock.pass(1000);
        assert.deepEqual(await scene.gateways(), [office, ...INSIDE]);
        const [change] = again.told("write.intended").flatMap(({ changes }) => changes);
        assert.deepEqual([change?.why, change?.confirmedBy], ["static", "mia"]);
    });

    it("holds the rest of one that became narrower, granted or not", async () => {
        const { scene, agent } = await reconfigured(["203.0.113.0/30", office], ["203.0.113.0/31"]);
        await using _ = scene;
        assert.deepEqual(agent.agent.view().held, [office, "203.0.113.2/31"]);
    });

    it("releases it where it comes back", async () => {
        const { scene, agent } = await reconfigured([office], []);
        await using _ = scene;
        assert.deepEqual(agent.agent.view().held, [office]);
        await agent.end();
        const again = scene.start({ rules: { staticGateways: [office] } });
        await scene.clock.pass(10_000);
        assert.deepEqual(again.agent.view().held, []);
        assert.deepEqual(await scene.gateways(), [office, ...INSIDE]);
    });

    it("puts it back in, where another writer took it out, while it is held", async () => {
        const { scene } = await reconfigured([office], []);
        await using _ = scene;
        await scene.overwrite(INSIDE);
        await scene.clock.pass(MINUTE);
        assert.deepEqual(await scene.gateways(), [office, ...INSIDE]);
    });

    it("carries out what is confirmed for all kinds at once", async () => {
        const [first, second] = ["198.51.100.4/32", "198.51.100.16/28"];
        const scene = openScene({
            zones: [zone("nzo1", [first, second, ...addressesOf(grantsOf(4))])],
            grants: grantsOf(4),
        });
        await using _ = scene;
        const before = scene.start({ rules: { staticGateways: [branch] } });
        await scene.clock.pass(10_000);
        await before.end();
        const agent = scene.start();
        await scene.say({ grants: [] }, 10_000);
        const { held } = agent.agent.view();
        assert.deepEqual(held, [first, second, branch, ...addressesOf(grantsOf(4))]);
        await agent.agent.confirm(held, "mia");
        await scene.clock.pass(1000);
        assert.deepEqual(await scene.gateways(), [SENTINEL]);
        const changes = agent.told("write.intended").flatMap((each) => each.changes);
        assert.deepEqual(
            changes.map(({ why, confirmedBy, grants }) => [why, confirmedBy, ...grants.map(({ id }) => id)]),
            [
                ["sentinel", undefined],
                ["unknown", "mia"],
                ["unknown", "mia"],
                ["static", "mia"],
                ["withdrawn", "mia", "g-1"],
                ["withdrawn", "mia", "g-2"],
                ["withdrawn", "mia", "g-3"],
                ["withdrawn", "mia", "g-4"],
            ],
        );
    });
});
