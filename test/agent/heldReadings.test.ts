import { strict as assert } from "node:assert";

import { spanOf } from "../../src/core/addresses/ip";
import type { Grant } from "../../src/core/grants/grants";
import { SENTINEL } from "../../src/core/zones/zone";
import { grant, NOW } from "../support/grants";
import { addressesOf, grantsOf, openScene, type Running, type Scene, type StartOptions } from "./scene";

const MINUTE = 60_000;
const FORTY = grantsOf(40);
const INSIDE = addressesOf(FORTY);

/** Forty are inside and granted until an hour from now; the agent has seen that. */
async function atRest(options?: StartOptions): Promise<{ scene: Scene; agent: Running }> {
    const scene = openScene({ grants: FORTY });
    const agent = scene.start(options);
    await scene.clock.pass(10_000);
    return { scene, agent };
}

/** The first so many of the forty, each changed. */
function changed(count: number, change: (grant: Grant, index: number) => Grant): readonly Grant[] {
    return FORTY.map((grant, index) => (index < count ? change(grant, index) : grant));
}

const ending = (expiresAtMs: number) => (grant: Grant) => ({ ...grant, expiresAtMs });

describe("an agent with forty grants in force, by the default settings", () => {
    const held: readonly (readonly [what: string, grants: readonly Grant[], held: number, why: string])[] = [
        ["ends all an hour ago", changed(40, ending(NOW - 60 * MINUTE)), 40, "shortened"],
        ["ends all just now", changed(40, ending(NOW)), 40, "shortened"],
        ["ends all in one minute", changed(40, ending(NOW + MINUTE)), 40, "shortened"],
        ["ends all a second early", changed(40, ending(NOW + 60 * MINUTE - 1000)), 40, "shortened"],
        ["ends 21 of them an hour ago", changed(21, ending(NOW - 60 * MINUTE)), 21, "shortened"],
        [
            "starts all in ten minutes",
            changed(40, (each) => ({ ...each, startsAtMs: NOW + 10 * MINUTE })),
            40,
            "postponed",
        ],
        ["drops the users, who would lose their sessions", changed(40, ({ user: _, ...each }) => each), 40, "user"],
        ["has none of them", [], 40, "gone"],
        ["has others instead", grantsOf(40, 101), 40, "gone"],
        ["has half of them less one", FORTY.slice(21), 21, "gone"],
        [
            "has all at other addresses",
            changed(40, (each, index) => ({ ...each, spans: [spanOf(`198.51.100.${index + 1}`)] })),
            40,
            "moved",
        ],
        [
            "gives the grants of 21 users to users that have others",
            changed(21, (each) => ({ ...each, user: "user40@example.com" })),
            21,
            "user",
        ],
    ];
    for (const [what, grants, count, why] of held) {
        it(`holds a document that ${what}`, async () => {
            const { scene, agent } = await atRest();
            await using _ = scene;
            await scene.say({ grants }, 5 * MINUTE);
            assert.deepEqual(await scene.gateways(), INSIDE);
            const { holds, heldBecause, notReady, source } = agent.agent.view();
            assert.deepEqual([holds.length, new Set(holds.map((each) => each.why))], [count, new Set([why])]);
            const lost = why === "user" ? "their user" : "an address";
            assert.match(
                heldBecause ?? "",
                new RegExp(`^held by maxRemovals: .* 40 known active grants would lose ${lost}[,;]`),
            );
            assert.equal(notReady.length, 1);
            assert.equal(source.healthy, true);
            assert.deepEqual(
                agent.told("removals.held").map((event) => event.grants.length),
                [count],
            );
            await scene.clock.pass(55 * MINUTE);
            assert.deepEqual(
                (await scene.gateways()).filter((address) => INSIDE.includes(address)),
                [],
                "an end that was known comes on time",
            );
        });
    }

    const accepted: readonly (readonly [what: string, grants: readonly Grant[], inside: readonly string[]])[] = [
        ["has half of them", FORTY.slice(20), INSIDE.slice(20)],
        ["ends half of them an hour ago", changed(20, ending(NOW - 60 * MINUTE)), INSIDE.slice(20)],
        ["swaps the users", changed(40, (each, index) => ({ ...each, user: `user${40 - index}@example.com` })), INSIDE],
        ["has all by other ids", changed(40, (each) => ({ ...each, id: `other ${each.id}` })), INSIDE],
        ["has all in another order", [...FORTY].reverse(), INSIDE],
        [
            "swaps the addresses",
            changed(40, (each, index) => ({ ...each, spans: FORTY[39 - index]?.spans ?? [] })),
            INSIDE,
        ],
        [
            "writes the users otherwise",
            changed(40, (each) => ({ ...each, user: each.user?.toUpperCase() ?? "" })),
            INSIDE,
        ],
    ];
    for (const [what, grants, inside] of accepted) {
        it(`accepts a document that ${what}`, async () => {
            const { scene, agent } = await atRest();
            await using _ = scene;
            await scene.say({ grants });
            assert.deepEqual(await scene.gateways(), inside);
            assert.deepEqual([agent.told("removals.held"), agent.agent.view().notReady], [[], []]);
        });
    }

    it("is released when the grants come back, without an eviction meanwhile", async () => {
        const { scene, agent } = await atRest();
        await using _ = scene;
        await scene.say({ grants: [] }, 5 * MINUTE);
        await scene.say({ grants: FORTY });
        assert.deepEqual(agent.told("removals.released"), [{ type: "removals.released", held: INSIDE }]);
        assert.deepEqual([agent.agent.view().notReady, scene.zones.writes], [[], []]);
    });

    it("stays held when less would be lost than at first, until just that is confirmed", async () => {
        const { scene, agent } = await atRest();
        await using _ = scene;
        await scene.say({ grants: [] });
        await scene.say({ grants: FORTY.slice(1) });
        assert.deepEqual(await scene.gateways(), INSIDE);
        assert.deepEqual(agent.agent.view().held, INSIDE.slice(0, 1));
        assert.deepEqual(await agent.agent.confirm(INSIDE, "mia"), []);
        assert.deepEqual(await agent.agent.confirm(INSIDE.slice(0, 1), "mia"), INSIDE.slice(0, 1));
        await scene.clock.pass(1000);
        assert.deepEqual(await scene.gateways(), INSIDE.slice(1));
    });

    it("stays held over a restart, and over a change of the source's mind", async () => {
        const { scene, agent } = await atRest();
        await using _ = scene;
        await scene.say({ grants: FORTY.slice(30) });
        await agent.end();
        const next = scene.start();
        await scene.clock.pass(10_000);
        assert.deepEqual(next.agent.view().held, INSIDE.slice(0, 30));
        await scene.say({ grants: FORTY.slice(5) }, MINUTE);
        assert.deepEqual(next.agent.view().held, INSIDE.slice(0, 5));
        assert.deepEqual(await scene.gateways(), INSIDE);
    });

    it("admits no grant of a held reading, and all of them once it is confirmed", async () => {
        const { scene, agent } = await atRest();
        await using _ = scene;
        const late = grant("198.51.100.9", 60, { id: "late" });
        await scene.say({ grants: [late] }, MINUTE);
        assert.deepEqual(await scene.gateways(), INSIDE);
        const shown = agent.agent.view().grants.find(({ id }) => id === "late");
        assert.equal(shown?.state, "waiting");
        assert.match(shown?.why ?? "", /^held by maxRemovals/);
        await agent.agent.confirm(INSIDE, "mia");
        await scene.clock.pass(1000);
        assert.deepEqual(await scene.gateways(), ["198.51.100.9/32"]);
    });

    it("admits at once, and keeps, a grant by name while a reading is held", async () => {
        const { scene, agent } = await atRest();
        await using _ = scene;
        await scene.say({ grants: [] });
        const late = grant("198.51.100.9", 60, { id: "late" });
        const named = { set: new Set(["late"]), removed: new Set<string>() };
        await scene.say({ grants: [late], named });
        assert.deepEqual(await scene.gateways(), ["198.51.100.9/32", ...INSIDE]);
        await scene.clock.pass(5 * MINUTE);
        assert.deepEqual(await scene.gateways(), ["198.51.100.9/32", ...INSIDE]);
        await agent.end();
        scene.start();
        await scene.clock.pass(5 * MINUTE);
        assert.deepEqual(await scene.gateways(), ["198.51.100.9/32", ...INSIDE]);
    });

    it("counts a later end at once while a reading is held", async () => {
        const { scene } = await atRest();
        await using _ = scene;
        await scene.say({ grants: [] });
        const longer = FORTY.slice(0, 1).map(ending(NOW + 120 * MINUTE));
        await scene.say({ grants: longer }, 60 * MINUTE);
        assert.deepEqual(await scene.gateways(), INSIDE.slice(0, 1));
        await scene.clock.pass(60 * MINUTE);
        assert.deepEqual(await scene.gateways(), [SENTINEL]);
    });

    it("takes out who is removed by name while a reading is held", async () => {
        const { scene, agent } = await atRest();
        await using _ = scene;
        await scene.say({ grants: [] });
        await scene.say({ grants: [], named: { set: new Set(), removed: new Set(["g-1"]) } });
        assert.deepEqual(await scene.gateways(), INSIDE.slice(1));
        assert.deepEqual(agent.told("removals.above-limit"), []);
        const [change] = agent.told("write.intended").flatMap(({ changes }) => changes);
        assert.deepEqual([change?.why, change?.grants.map(({ id }) => id)], ["withdrawn", ["g-1"]]);
    });

    it("does not take what a full snapshot lacks for removed by name", async () => {
        const { scene, agent } = await atRest();
        await using _ = scene;
        const named = { set: new Set(["g-1"]), removed: new Set(["g-0"]) };
        await scene.say({ grants: FORTY.slice(0, 1), named });
        assert.deepEqual(await scene.gateways(), INSIDE);
        assert.equal(agent.agent.view().held.length, 39);
    });
});
