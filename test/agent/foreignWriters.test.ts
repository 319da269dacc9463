import { strict as assert } from "node:assert";

import { SENTINEL } from "../../src/core/zones/zone";
import { remembered } from "../support/remembered";
import { zone } from "../support/rounds";
import { addressesOf, grantsOf, openScene, type Running, type Scene } from "./scene";

const STRANGER = "198.51.100.66/32";
const ELEVEN = grantsOf(11);
const INSIDE = addressesOf(ELEVEN);

/** As long as it takes to look at the zone, to look again since it is not as it should be, and to write it. */
const ONE_LOOK_MS = 30_300;

/** Eleven are inside and granted; the agent has seen that. */
async function atRest(): Promise<{ scene: Scene; agent: Running }> {
    const scene = openScene({ grants: ELEVEN });
    const agent = scene.start();
    await scene.clock.pass(10_000);
    assert.deepEqual(scene.zones.writes, []);
    return { scene, agent };
}

describe("an agent whose zone another writer writes", () => {
    const writes: readonly (readonly [what: string, gateways: readonly string[]])[] = [
        ["a stranger alone", [STRANGER]],
        ["nobody", [SENTINEL]],
        ["a stranger and half of the granted", [STRANGER, ...INSIDE.slice(0, 5)]],
        ["half of the granted", INSIDE.slice(6)],
        ["a stranger beside everybody", [STRANGER, ...INSIDE]],
        ["a range around everybody", ["203.0.113.0/24"]],
    ];
    for (const [what, gateways] of writes) {
        it(`puts ${what} right within one look, and the brake takes no part in it`, async () => {
            const { scene, agent } = await atRest();
            await using _ = scene;
            await scene.overwrite(gateways);
            await scene.clock.pass(ONE_LOOK_MS);
            assert.deepEqual(await scene.gateways(), INSIDE);
            const [found] = agent.told("drift.found");
            assert.equal(found?.outcome, "healed");
            assert.deepEqual([agent.told("removals.held"), agent.agent.view().held], [[], []]);
            const removed = agent.told("write.intended").flatMap(({ changes }) => changes);
            for (const { change, why } of removed.filter(({ address }) => address === STRANGER)) {
                assert.deepEqual([change, why], ["remove", "drift"]);
            }
            assert.equal(agent.agent.view().notReady.length, 0);
        });
    }

    it("puts right two foreign writes in a row", async () => {
        const { scene, agent } = await atRest();
        await using _ = scene;
        await scene.overwrite([STRANGER]);
        await scene.clock.pass(ONE_LOOK_MS);
        await scene.overwrite([SENTINEL]);
        await scene.clock.pass(ONE_LOOK_MS);
        assert.deepEqual(await scene.gateways(), INSIDE);
        await scene.overwrite([STRANGER, "198.51.100.67/32"]);
        await scene.overwrite([STRANGER]);
        await scene.clock.pass(ONE_LOOK_MS);
        assert.deepEqual(await scene.gateways(), INSIDE);
        assert.equal(agent.told("drift.found").length, 3);
        assert.deepEqual(agent.told("removals.held"), []);
    });

    it("puts everybody back in while a reading is held that has none of them", async () => {
        const { scene, agent } = await atRest();
        await using _ = scene;
        await scene.say({ grants: [] });
        assert.equal(agent.told("removals.held").length, 1);
        await scene.overwrite([STRANGER]);
        await scene.clock.pass(ONE_LOOK_MS);
        assert.deepEqual(await scene.gateways(), INSIDE);
        assert.deepEqual(agent.agent.view().held, INSIDE);
    });

    it("puts it right after a restart that it slept through", async () => {
        const { scene, agent } = await atRest();
        await using _ = scene;
        await agent.end();
        await scene.overwrite([STRANGER]);
        const next = scene.start();
        await scene.clock.pass(1000);
        assert.deepEqual(await scene.gateways(), INSIDE);
        assert.deepEqual(next.told("removals.held"), []);
    });

    it("puts it right while the source cannot be read, also after a restart", async () => {
        const { scene, agent } = await atRest();
        await using _ = scene;
        scene.source.isBroken = true;
        await scene.overwrite([STRANGER]);
        await scene.clock.pass(ONE_LOOK_MS);
        assert.deepEqual(await scene.gateways(), INSIDE);
        await agent.end();
        await scene.overwrite([STRANGER]);
        scene.start();
        await scene.clock.pass(10_000);
        assert.deepEqual(await scene.gateways(), INSIDE);
    });

    it("treats an unknown writer's entry as drift in a known zone, and as unknown in a new zone", async () => {
        const stored = remembered(ELEVEN);
        const zones = [zone("nzo1", [...INSIDE, STRANGER]), zone("nzo2", ["198.51.100.67/32"])];
        await using scene = openScene({ zones, grants: ELEVEN, stored });
        const agent = scene.start();
        await scene.clock.pass(10_000);
        assert.deepEqual(await scene.gateways("nzo1"), INSIDE);
        assert.deepEqual(await scene.gateways("nzo2"), ["198.51.100.67/32"]);
        assert.deepEqual(agent.agent.view().holds, [{ address: "198.51.100.67/32", why: "unknown", grants: [] }]);
    });
});
