import { strict as assert } from "node:assert";

import type { Grant } from "../../src/core/grants/grants";
import { reportUnusable, type Unusable } from "../../src/core/grants/grantsDocument";
import { SENTINEL } from "../../src/core/zones/zone";
import { NOW } from "../support/grants";
import { addressesOf, grantsOf, openScene, type Scene } from "./scene";

const MINUTE = 60_000;
const FORTY = grantsOf(40);
const INSIDE = addressesOf(FORTY);
const REASON = '"2027-01-01T00:00:00" is not a moment with a time zone, such as 2026-12-01T18:00:00Z';

/** A document in which the first so many entries have an end without a time zone. */
function misspelled(count: number, grants: readonly Grant[] = FORTY) {
    const unusable = grants
        .slice(0, count)
        .map(({ id, spans }): Unusable => ({ id, field: "expiresAt", reason: REASON, spans }));
    return { grants: grants.slice(count), unusable };
}

describe("an agent whose source has entries that cannot be used any more", () => {
    async function atRest(): Promise<{ scene: Scene; agent: ReturnType<Scene["start"]> }> {
        const scene = openScene({ grants: FORTY });
        const agent = scene.start();
        await scene.clock.pass(10_000);
        return { scene, agent };
    }

    it("keeps 5 of 40 until the end that was known, names them, and is ready", async () => {
        const { scene, agent } = await atRest();
        await using _ = scene;
        await scene.say(misspelled(5), MINUTE);
        assert.deepEqual(await scene.gateways(), INSIDE);
        const view = agent.agent.view();
        assert.deepEqual(
            reportUnusable(view.unusable),
            ["g-1", "g-2", "g-3", "g-4", "g-5"].map((id) => ({ id, field: "expiresAt", reason: REASON })),
        );
        const why =
            /^its entry cannot be used any more, so it stays in the zone as it was known until 2026-12-01T13:00:00/;
        for (const { id, state, why: shown } of view.grants.filter(({ id }) => /^g-[1-5]$/.test(id))) {
            assert.equal(state, "effective", id);
            assert.match(shown ?? "", why);
        }
        assert.deepEqual([view.held, view.notReady, view.source.healthy], [[], [], true]);
        const refused = agent.told("grant.refused").map(({ id, kind }) => [id, kind]);
        assert.deepEqual(
            refused,
            [1, 2, 3, 4, 5].map((number) => [`g-${number}`, "unusable"]),
        );
        await scene.clock.pass(60 * MINUTE);
        assert.deepEqual(await scene.gateways(), [SENTINEL]);
    });

    it("keeps them over a restart, also while the source is down", async () => {
        const { scene, agent } = await atRest();
        await using _ = scene;
        await scene.say(misspelled(5));
        await agent.end();
        const next = scene.start();
        await scene.clock.pass(MINUTE);
        assert.deepEqual(await scene.gateways(), INSIDE);
        await next.end();
        scene.source.isBroken = true;
        scene.start();
        await scene.clock.pass(MINUTE);
        assert.deepEqual(await scene.gateways(), INSIDE);
    });

    it("takes them for gone once the source does not have them at all", async () => {
        const { scene } = await atRest();
        await using _ = scene;
        await scene.say(misspelled(5));
        await scene.say({ grants: FORTY.slice(5), unusable: [] });
        assert.deepEqual(await scene.gateways(), INSIDE.slice(5));
    });

    it("goes by the entry again once it is mended", async () => {
        const { scene, agent } = await atRest();
        await using _ = scene;
        await scene.say(misspelled(1));
        const [first, ...others] = FORTY;
        await scene.say({ grants: [{ ...(first as Grant), expiresAtMs: NOW + 90 * MINUTE }, ...others], unusable: [] });
        await scene.clock.pass(60 * MINUTE);
        assert.deepEqual(await scene.gateways(), INSIDE.slice(0, 1));
        assert.deepEqual(agent.agent.view().unusable, []);
    });

    it("holds a document in which more than half cannot be used, and everybody stays", async () => {
        const { scene, agent } = await atRest();
        await using _ = scene;
        await scene.say(misspelled(21));
        assert.deepEqual(await scene.gateways(), INSIDE);
        assert.deepEqual(agent.agent.view().unusable.length, 21);
        await scene.say(misspelled(39));
        assert.deepEqual(await scene.gateways(), INSIDE);
    });

    it("counts what is gone beside what cannot be used", async () => {
        const { scene, agent } = await atRest();
        await using _ = scene;
        const { grants, unusable } = misspelled(15);
        await scene.say({ grants: grants.slice(6), unusable });
        assert.deepEqual(await scene.gateways(), INSIDE);
        assert.equal(agent.agent.view().held.length, 6);
    });

    it("admits no grant by an entry that was never usable", async () => {
        const { scene } = await atRest();
        await using _ = scene;
        const [late] = grantsOf(1, 101);
        await scene.say(misspelled(1, [late as Grant, ...FORTY]));
        assert.deepEqual(await scene.gateways(), INSIDE);
    });

    it("takes out by name who cannot be used", async () => {
        const { scene } = await atRest();
        await using _ = scene;
        const { grants, unusable } = misspelled(2);
        const named = { set: new Set<string>(), removed: new Set(["g-1"]) };
        await scene.say({ grants, unusable: unusable.slice(1), named });
        assert.deepEqual(await scene.gateways(), INSIDE.slice(1));
    });

    it("keeps who is inside at first contact by an entry that cannot be used", async () => {
        await using scene = openScene({ grants: FORTY });
        Object.assign(scene.source, misspelled(5));
        const agent = scene.start();
        await scene.clock.pass(MINUTE);
        assert.deepEqual(await scene.gateways(), INSIDE);
        assert.deepEqual(
            agent.agent.view().holds.map(({ why }) => why),
            ["unknown", "unknown", "unknown", "unknown", "unknown"],
        );
    });
});
