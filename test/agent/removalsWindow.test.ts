import { strict as assert } from "node:assert";

import { addressesOf, grantsOf, openScene, ownFolder } from "./scene";

const MINUTE = 60_000;
const TWELVE = grantsOf(12);
const INSIDE = addressesOf(TWELVE);

describe("the window of the removal brake", () => {
    it("holds grants that are taken out one by one once they are more than the limit", async () => {
        await using scene = openScene({ grants: TWELVE });
        const agent = scene.start({ rules: { maxRemovals: 1 } });
        await scene.clock.pass(10_000);
        for (let count = 1; count <= 12; count++) await scene.say({ grants: TWELVE.slice(count) }, 250);
        await scene.clock.pass(MINUTE);
        assert.deepEqual(await scene.gateways(), INSIDE.slice(1));
        assert.deepEqual(agent.agent.view().held, INSIDE.slice(1));
    });

    it("counts on over restarts and changes of the leader", async () => {
        await using scene = openScene({ grants: TWELVE });
        const rules = { maxRemovals: 3 };
        let agent = scene.start({ rules });
        await scene.clock.pass(10_000);
        for (let count = 1; count <= 12; count++) {
            const next = scene.start({ rules });
            if (count % 2 === 0) await scene.clock.pass(1000);
            await scene.say({ grants: TWELVE.slice(count) }, 250);
            await agent.end();
            await scene.clock.pass(1000);
            agent = next;
        }
        assert.deepEqual(await scene.gateways(), INSIDE.slice(3));
    });

    it("counts on over changes of the leader where each has a folder of its own and has stood by", async () => {
        await using scene = openScene({ grants: TWELVE });
        const rules = { maxRemovals: 3 };
        const first = scene.start({ rules, folder: ownFolder() });
        const second = scene.start({ rules, folder: ownFolder() });
        await scene.clock.pass(31_000);
        for (let count = 1; count <= 2; count++) await scene.say({ grants: TWELVE.slice(count) }, 31_000);
        await first.end();
        for (let count = 3; count <= 12; count++) await scene.say({ grants: TWELVE.slice(count) }, 250);
        assert.deepEqual(await scene.gateways(), INSIDE.slice(3));
        assert.equal(second.agent.view().held.length, 9);
    });

    it("lets as many go again once the window is over", async () => {
        await using scene = openScene({ grants: TWELVE });
        scene.start({ rules: { maxRemovals: 1, maxRemovalsWindow: "10m" } });
        await scene.clock.pass(10_000);
        await scene.say({ grants: TWELVE.slice(1) });
        await scene.clock.pass(10 * MINUTE);
        await scene.say({ grants: TWELVE.slice(2) });
        assert.deepEqual(await scene.gateways(), INSIDE.slice(2));
        await scene.say({ grants: TWELVE.slice(3) });
        assert.deepEqual(await scene.gateways(), INSIDE.slice(2));
    });

    it("goes by elapsed time, whatever the clock is set to", async () => {
        await using scene = openScene({ grants: TWELVE.map(({ expiresAtMs: _, ...each }) => each) });
        scene.start({ rules: { maxRemovals: 1, maxRemovalsWindow: "10m" } });
        await scene.clock.pass(10_000);
        await scene.say({ grants: scene.source.grants.slice(1) });
        scene.clock.jump(60 * MINUTE);
        await scene.say({ grants: scene.source.grants.slice(1) }, MINUTE);
        assert.deepEqual(await scene.gateways(), INSIDE.slice(1));
    });

    it("does not count expiries, removals by name, or confirmed removals", async () => {
        const grants = TWELVE.map((each, index) => ({
            ...each,
            expiresAtMs: (each.expiresAtMs ?? 0) - (index < 4 ? 59 * MINUTE : 0),
        }));
        await using scene = openScene({ grants });
        const agent = scene.start({ rules: { maxRemovals: 1 } });
        await scene.clock.pass(2 * MINUTE);
        assert.deepEqual(await scene.gateways(), INSIDE.slice(4));
        const named = { set: new Set<string>(), removed: new Set(["g-5", "g-6"]) };
        await scene.say({ grants: grants.slice(6), named });
        assert.deepEqual(await scene.gateways(), INSIDE.slice(6));
        await scene.say({ grants: grants.slice(9) });
        assert.deepEqual(await agent.agent.confirm(INSIDE.slice(6, 9), "mia"), INSIDE.slice(6, 9));
        await scene.clock.pass(1000);
        assert.deepEqual(await scene.gateways(), INSIDE.slice(9));
        await scene.say({ grants: grants.slice(10) });
        assert.deepEqual(await scene.gateways(), INSIDE.slice(10));
    });

    it("uses the current settings: a lower limit holds, and off releases", async () => {
        await using scene = openScene({ grants: TWELVE });
        const first = scene.start({ rules: { maxRemovals: 5 } });
        await scene.clock.pass(10_000);
        await first.end();
        const second = scene.start({ rules: { maxRemovals: 1 } });
        await scene.say({ grants: TWELVE.slice(2) }, 10_000);
        assert.deepEqual(await scene.gateways(), INSIDE);
        await second.end();
        scene.start({ rules: { maxRemovals: "off" } });
        await scene.clock.pass(10_000);
        assert.deepEqual(await scene.gateways(), INSIDE.slice(2));
    });
});
