import { strict as assert } from "node:assert";

import { SENTINEL } from "../../src/core/zones/zone";
import { addressesOf, grantsOf, openScene } from "./scene";

const MINUTE = 60_000;
const TEN = grantsOf(10);
const INSIDE = addressesOf(TEN);

describe("what the ledger says of removals that were held and confirmed", () => {
    it("names the grants, why they would go, who confirmed it and why", async () => {
        await using scene = openScene({ grants: TEN });
        const agent = scene.start();
        await scene.clock.pass(10_000);
        await scene.say({ grants: TEN.slice(7) });
        await agent.agent.confirm(INSIDE.slice(0, 7), "mia", "INC-4712");
        await scene.clock.pass(1000);
        const grants = TEN.slice(0, 7).map(({ id, user }) => ({ id, user, why: "gone" }));
        const [held] = agent.told("removals.held");
        const why = "held by maxRemovals: 7 of 10 known active grants would lose an address, and 5 may within 10 min; ";
        const remedy = "confirm it, or restore their grants";
        assert.deepEqual(held, { type: "removals.held", held: INSIDE.slice(0, 7), grants, why: why + remedy });
        assert.deepEqual(agent.told("removals.confirmed"), [
            { type: "removals.confirmed", held: INSIDE.slice(0, 7), grants, by: "mia", reason: "INC-4712" },
        ]);
        const [intended] = agent.told("write.intended");
        assert.deepEqual(
            intended?.changes.map(({ address, change, why, confirmedBy, grants }) => [
                address,
                change,
                why,
                confirmedBy,
                ...grants.map(({ id }) => id),
            ]),
            INSIDE.slice(0, 7).map((address, index) => [address, "remove", "withdrawn", "mia", `g-${index + 1}`]),
        );
        assert.deepEqual(agent.told("removals.released"), []);
    });

    it("says the same of a write that Okta does not answer, and carries it out after a restart", async () => {
        await using scene = openScene({ grants: TEN });
        const agent = scene.start();
        await scene.clock.pass(10_000);
        await scene.say({ grants: [] });
        scene.zones.fates.push({ outcome: "lost", thenDown: true });
        await agent.agent.confirm(INSIDE, "mia");
        await scene.clock.pass(1000);
        await agent.end();
        scene.zones.isDown = false;
        scene.start();
        await scene.clock.pass(1000);
        assert.deepEqual(await scene.gateways(), [SENTINEL]);
        const [intended] = agent.told("write.intended");
        assert.deepEqual(
            intended?.changes
                .slice(1)
                .map(({ why, confirmedBy, grants }) => [why, confirmedBy, ...grants.map(({ id }) => id)]),
            TEN.map(({ id }) => ["withdrawn", "mia", id]),
        );
    });

    it("names who confirmed of several, each for what was theirs", async () => {
        await using scene = openScene({ grants: TEN });
        const agent = scene.start({ rules: { maxRemovals: 0 } });
        await scene.clock.pass(10_000);
        await scene.say({ grants: TEN.slice(1) });
        await agent.agent.confirm(INSIDE.slice(0, 1), "mia");
        await scene.clock.pass(1000);
        await scene.say({ grants: TEN.slice(2) });
        await agent.agent.confirm(INSIDE.slice(1, 2), "noa");
        await scene.clock.pass(1000);
        const changes = agent.told("write.intended").flatMap((each) => each.changes);
        assert.deepEqual(
            changes.map(({ confirmedBy, grants }) => [confirmedBy, grants[0]?.id]),
            [
                ["mia", "g-1"],
                ["noa", "g-2"],
            ],
        );
    });

    it("does not attribute later removals to who confirmed", async () => {
        await using scene = openScene({ grants: TEN });
        const agent = scene.start();
        await scene.clock.pass(10_000);
        await scene.say({ grants: TEN.slice(7) });
        await agent.agent.confirm(INSIDE.slice(0, 7), "mia");
        await scene.clock.pass(1000);
        await scene.say({ grants: TEN.slice(8) });
        const changes = agent.told("write.intended").flatMap((each) => each.changes);
        assert.deepEqual(
            changes.slice(7).map(({ why, confirmedBy, grants }) => [why, confirmedBy, grants[0]?.id]),
            [["withdrawn", undefined, "g-8"]],
        );
    });

    it("does not let a confirmation count for more than was held then", async () => {
        await using scene = openScene({ grants: TEN });
        const agent = scene.start();
        await scene.clock.pass(10_000);
        await scene.say({ grants: TEN.slice(7) });
        scene.zones.isDown = true;
        await agent.agent.confirm(INSIDE.slice(0, 7), "mia");
        await scene.say({ grants: [] });
        scene.zones.isDown = false;
        await scene.clock.pass(2 * MINUTE);
        assert.deepEqual(await scene.gateways(), INSIDE.slice(7));
        assert.deepEqual(agent.agent.view().held, INSIDE.slice(7));
    });

    it("forgets a confirmation when the grants come back", async () => {
        await using scene = openScene({ grants: TEN });
        const agent = scene.start();
        await scene.clock.pass(10_000);
        await scene.say({ grants: [] });
        await scene.say({ grants: TEN }, 0);
        await agent.agent.confirm(INSIDE, "mia");
        await scene.clock.pass(1000);
        await scene.say({ grants: [] }, MINUTE);
        assert.deepEqual(await scene.gateways(), INSIDE);
    });
});
