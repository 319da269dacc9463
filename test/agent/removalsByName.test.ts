import { strict as assert } from "node:assert";

import { SENTINEL } from "../../src/core/zones/zone";
import { NOW } from "../support/grants";
import { zone } from "../support/rounds";
import { addressesOf, grantsOf, openScene } from "./scene";

const MINUTE = 60_000;
const FORTY = grantsOf(40);
const INSIDE = addressesOf(FORTY);

describe("an agent with ends, names and zones at the edge of the removal brake", () => {
    it("ends on time a grant that a held reading has begin again after its known end", async () => {
        await using scene = openScene({ grants: FORTY });
        scene.start();
        await scene.clock.pass(10_000);
        const tomorrow = { startsAtMs: NOW + 24 * 60 * MINUTE, expiresAtMs: NOW + 25 * 60 * MINUTE };
        await scene.say({ grants: FORTY.map((each) => ({ ...each, ...tomorrow })) }, 60 * MINUTE);
        assert.deepEqual(await scene.gateways(), [SENTINEL]);
    });

    it("takes out all that are removed by name, and raises an alert once they are more than the limit", async () => {
        await using scene = openScene({ grants: FORTY });
        const agent = scene.start();
        await scene.clock.pass(10_000);
        const removed = new Set<string>();
        for (let count = 0; count < 40; count += 10) {
            for (const { id } of FORTY.slice(count, count + 10)) removed.add(id);
            const named = { set: new Set<string>(), removed: new Set(removed) };
            await scene.say({ grants: FORTY.slice(count + 10), named });
            assert.deepEqual(await scene.gateways(), count === 30 ? [SENTINEL] : INSIDE.slice(count + 10));
        }
        assert.deepEqual(agent.told("removals.held"), []);
        const alerts = agent.told("removals.above-limit");
        assert.deepEqual(
            alerts.map(({ grants }) => grants.length),
            [10, 10],
        );
    });

    it("does not move unknown entries out of a zone that is no longer kept", async () => {
        const zones = [zone("nzo1", INSIDE), zone("nzo2", ["198.51.100.4/32"])];
        await using scene = openScene({ zones, grants: FORTY });
        const first = scene.start();
        await scene.clock.pass(10_000);
        assert.deepEqual(first.agent.view().held, ["198.51.100.4/32"]);
        await first.end();
        const second = scene.start({ zoneIds: ["nzo1"] });
        await scene.clock.pass(10_000);
        assert.deepEqual(await scene.gateways(), INSIDE);
        assert.deepEqual(second.agent.view().held, []);
    });

    it("does not move unknown entries out of a zone that was deleted", async () => {
        const zones = [zone("nzo1", INSIDE), zone("nzo2", ["198.51.100.4/32"])];
        await using scene = openScene({ zones, grants: FORTY });
        const agent = scene.start();
        await scene.clock.pass(10_000);
        scene.zones.remove("nzo2");
        await scene.clock.pass(MINUTE);
        await scene.say({ grants: [...FORTY, ...grantsOf(1, 99)] });
        assert.deepEqual(await scene.gateways(), [...INSIDE, "203.0.113.99/32"]);
        assert.deepEqual(agent.agent.view().held, []);
    });
});
