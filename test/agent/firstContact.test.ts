import { strict as assert } from "node:assert";

import { SENTINEL } from "../../src/core/zones/zone";
import { grant } from "../support/grants";
import { remembered } from "../support/remembered";
import { zone } from "../support/rounds";
import { addressesOf, grantsOf, openScene } from "./scene";

const MINUTE = 60_000;

/** Entries that an administrator added by hand, and no grant admits. */
const INHERITED = ["198.51.100.4/32", "198.51.100.16/28"];
const [FIRST, SECOND] = INHERITED as [string, string];

/** Two grants, in a zone with the inherited entries. */
const TWO = grantsOf(2);
const INSIDE = addressesOf(TWO);
const ALL = [...INHERITED, ...INSIDE];

const inherited = (grants = TWO, gateways = ALL) => openScene({ zones: [zone("nzo1", gateways)], grants });

describe("an agent that meets a zone for the first time", () => {
    it("holds the entries that no grant admits, reports it, and does not write the zone", async () => {
        await using scene = inherited();
        const agent = scene.start();
        await scene.clock.pass(60 * MINUTE - 1);
        assert.deepEqual(scene.zones.writes, []);
        const { holds, heldBecause, notReady } = agent.agent.view();
        assert.deepEqual(
            holds,
            INHERITED.map((address) => ({ address, why: "unknown", grants: [] })),
        );
        assert.deepEqual(notReady, [
            "entries found at first contact that no grant admits are held: 2; confirm or grant them [ZK503]",
        ]);
        assert.equal(heldBecause, undefined);
        assert.deepEqual(
            agent.told("removals.held").map(({ held }) => held),
            [INHERITED],
        );
        await scene.clock.pass(1);
        assert.deepEqual(await scene.gateways(), INHERITED, "who is granted ends on time");
    });

    it("holds them over restarts, and takes what comes later for drift", async () => {
        await using scene = inherited();
        const agent = scene.start();
        await scene.clock.pass(10_000);
        await agent.end();
        await scene.overwrite([...ALL, "198.51.100.99/32"]);
        const next = scene.start();
        await scene.clock.pass(MINUTE);
        assert.deepEqual(await scene.gateways(), ALL);
        assert.deepEqual(next.agent.view().held, INHERITED);
    });

    it("lets them go once just that is confirmed, with who did it", async () => {
        await using scene = inherited();
        const agent = scene.start();
        await scene.clock.pass(10_000);
        assert.deepEqual(await agent.agent.confirm(ALL, "mia"), []);
        assert.deepEqual(await agent.agent.confirm([...INHERITED].reverse(), "mia", "INC-1"), [...INHERITED].reverse());
        await scene.clock.pass(1000);
        assert.deepEqual(await scene.gateways(), INSIDE);
        const removed = agent.told("write.intended").flatMap(({ changes }) => changes);
        assert.deepEqual(
            removed.map(({ address, why, confirmedBy }) => [address, why, confirmedBy]),
            INHERITED.map((address) => [address, "unknown", "mia"]),
        );
        assert.deepEqual(agent.agent.view().notReady, []);
        assert.deepEqual(agent.told("removals.released"), []);
    });

    it("carries a confirmation out after a crash that came before the write", async () => {
        await using scene = inherited();
        const agent = scene.start();
        await scene.clock.pass(10_000);
        scene.zones.isDown = true;
        await agent.agent.confirm(INHERITED, "mia");
        await agent.end();
        scene.zones.isDown = false;
        scene.start();
        await scene.clock.pass(1000);
        assert.deepEqual(await scene.gateways(), INSIDE);
    });

    it("removes them within the limit with firstContact apply", async () => {
        await using scene = inherited();
        const agent = scene.start({ firstContact: "apply" });
        await scene.clock.pass(10_000);
        assert.deepEqual(await scene.gateways(), INSIDE);
        assert.deepEqual(agent.told("removals.held"), []);
    });

    it("holds them above the limit, also with firstContact apply", async () => {
        const many = Array.from({ length: 6 }, (_, index) => `198.51.100.${index * 2}/32`);
        await using scene = inherited(TWO, [...many, ...INSIDE]);
        const agent = scene.start({ firstContact: "apply" });
        await scene.clock.pass(10_000);
        assert.deepEqual(await scene.gateways(), [...many, ...INSIDE]);
        assert.deepEqual(agent.agent.view().held, many);
    });

    it("holds all entries if there is no active grant, also with firstContact apply", async () => {
        await using scene = inherited([], INHERITED);
        scene.start({ firstContact: "apply" });
        await scene.clock.pass(10_000);
        assert.deepEqual(await scene.gateways(), INHERITED);
    });

    it("counts in the window those that it removes", async () => {
        await using scene = inherited(grantsOf(6), [...INHERITED, ...addressesOf(grantsOf(6))]);
        scene.start({ firstContact: "apply", rules: { maxRemovals: 2 } });
        await scene.clock.pass(10_000);
        await scene.say({ grants: grantsOf(6).slice(1) });
        assert.deepEqual(await scene.gateways(), addressesOf(grantsOf(6)));
    });

    it("admits new grants meanwhile; held entries delay none", async () => {
        await using scene = inherited();
        scene.start();
        await scene.clock.pass(10_000);
        await scene.say({ grants: [...TWO, ...grantsOf(1, 9)] });
        assert.deepEqual(await scene.gateways(), [...ALL, "203.0.113.9/32"]);
        await scene.say({ grants: TWO.slice(1) });
        assert.deepEqual(await scene.gateways(), [...INHERITED, ...INSIDE.slice(1)]);
    });

    it("takes an entry that is granted then for that of the grant, and ends it with it", async () => {
        await using scene = inherited();
        const agent = scene.start();
        await scene.clock.pass(10_000);
        await scene.say({ grants: [...TWO, grant(FIRST, 5, { id: "late" })] });
        assert.deepEqual(agent.agent.view().held, [SECOND]);
        await scene.clock.pass(5 * MINUTE);
        assert.deepEqual(await scene.gateways(), [SECOND, ...INSIDE]);
    });

    it("holds of an entry what a grant inside of it does not hold", async () => {
        await using scene = inherited([...TWO, grant("198.51.100.16/29", 60)]);
        const agent = scene.start();
        await scene.clock.pass(10_000);
        assert.deepEqual(agent.agent.view().held, [FIRST, "198.51.100.24/29"]);
        assert.deepEqual(scene.zones.writes, []);
    });

    it("forgets an entry that another writer removed, and then treats it as drift", async () => {
        await using scene = inherited();
        const agent = scene.start();
        await scene.clock.pass(10_000);
        await scene.overwrite([FIRST, ...INSIDE]);
        await scene.clock.pass(MINUTE);
        assert.deepEqual(agent.agent.view().held, [FIRST]);
        await scene.overwrite(ALL);
        await scene.clock.pass(MINUTE);
        assert.deepEqual(await scene.gateways(), [FIRST, ...INSIDE]);
    });

    it("holds the entries of a zone that a change of the configuration adds, and those of no other", async () => {
        const zones = [zone("nzo1", INSIDE), zone("nzo2", [FIRST])];
        await using scene = openScene({ zones, grants: TWO });
        const first = scene.start({ zoneIds: ["nzo1"] });
        await scene.clock.pass(10_000);
        await first.end();
        await scene.overwrite([...INSIDE, SECOND]);
        const second = scene.start();
        await scene.clock.pass(10_000);
        assert.deepEqual(second.agent.view().held, [FIRST]);
        assert.deepEqual(await scene.gateways("nzo1"), INSIDE);
    });

    it("takes an entry for explained that it has known a grant for which ended while it was away", async () => {
        const stored = remembered([...TWO, grant(FIRST, -1, { id: "over" })], { zones: [] });
        await using scene = openScene({ zones: [zone("nzo1", [FIRST, ...INSIDE])], grants: TWO, stored });
        scene.start();
        await scene.clock.pass(10_000);
        assert.deepEqual(await scene.gateways(), INSIDE);
    });

    it("holds everything if its memory was lost and the source is empty", async () => {
        await using scene = inherited();
        const agent = scene.start();
        await scene.clock.pass(10_000);
        await agent.end();
        scene.folder.stored = undefined;
        scene.source.grants = [];
        scene.start({ firstContact: "apply" });
        await scene.clock.pass(10_000);
        assert.deepEqual(await scene.gateways(), ALL);
    });

    it("writes nothing where the source cannot be read", async () => {
        await using scene = inherited();
        scene.source.isBroken = true;
        const agent = scene.start();
        await scene.clock.pass(10 * MINUTE);
        assert.deepEqual(scene.zones.writes, []);
        assert.equal(agent.agent.view().source.healthy, false);
    });

    it("leaves the sentinel alone", async () => {
        await using scene = openScene({ zones: [zone("nzo1", [SENTINEL])] });
        const agent = scene.start();
        await scene.clock.pass(10_000);
        assert.deepEqual([agent.agent.view().notReady, scene.zones.writes], [[], []]);
    });
});
