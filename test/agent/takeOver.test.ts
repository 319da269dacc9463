import { strict as assert } from "node:assert";

import type { Remembered } from "../../src/core/membership/memory";
import { NOW } from "../support/grants";
import { remembered } from "../support/remembered";
import { addressesOf, grantsOf, openScene, ownFolder, type Scene } from "./scene";

const MINUTE = 60_000;

describe("an agent that takes over from another one", () => {
    const FORTY = grantsOf(40);
    const INSIDE = addressesOf(FORTY);

    for (const folders of ["shared", "own"] as const) {
        const start = (scene: Scene, stored?: Remembered) =>
            scene.start(folders === "own" ? { folder: { ...ownFolder(), stored } } : {});

        /** One leads, another one has heard the source while it stood by. */
        async function pair() {
            const scene = openScene({ grants: FORTY });
            const leader = start(scene);
            const standby = start(scene);
            await scene.clock.pass(MINUTE);
            return { scene, leader, standby };
        }

        describe(`with ${folders === "own" ? "a folder of its own" : "the same folder"}`, () => {
            it("holds a reading that has become empty", async () => {
                const { scene, leader, standby } = await pair();
                await using _ = scene;
                await leader.end();
                await scene.say({ grants: [] }, MINUTE);
                assert.deepEqual(await scene.gateways(), INSIDE);
                assert.deepEqual(standby.agent.view().held, INSIDE);
            });

            it("goes on holding what the one before held", async () => {
                const { scene, leader, standby } = await pair();
                await using _ = scene;
                await scene.say({ grants: FORTY.slice(30) }, MINUTE);
                await leader.end();
                await scene.say({ grants: FORTY.slice(5) }, MINUTE);
                assert.deepEqual(await scene.gateways(), INSIDE);
                assert.deepEqual(standby.agent.view().held, INSIDE.slice(0, 5));
            });

            it("does not readmit grants whose removal was confirmed meanwhile", async () => {
                const { scene, leader, standby } = await pair();
                await using _ = scene;
                await scene.say({ grants: FORTY.slice(30) }, MINUTE);
                await leader.agent.confirm(INSIDE.slice(0, 30), "mia");
                await scene.clock.pass(MINUTE);
                await leader.end();
                await scene.clock.pass(MINUTE);
                assert.deepEqual(await scene.gateways(), INSIDE.slice(30));
                assert.deepEqual([standby.agent.view().notReady, standby.told("removals.held")], [[], []]);
            });

            it("does not readmit grants that were removed one by one while it did not run", async () => {
                const { scene, leader, standby } = await pair();
                await using _ = scene;
                const before = folders === "own" ? { folder: { ...ownFolder(), stored: remembered(FORTY) } } : {};
                await standby.end();
                for (const count of [15, 30]) {
                    await scene.say({ grants: FORTY.slice(count) }, 10 * MINUTE);
                    if (count === 30) await leader.agent.confirm(INSIDE.slice(15, 30), "mia");
                }
                await scene.clock.pass(MINUTE);
                const next = scene.start(before);
                await leader.end();
                await scene.clock.pass(MINUTE);
                assert.deepEqual(await scene.gateways(), INSIDE.slice(30));
                assert.deepEqual(next.told("removals.held"), []);
            });

            it("holds the removal of grants that it read only as a standby, also after a restart", async () => {
                const scene = openScene({ grants: FORTY.slice(0, 15) });
                await using _ = scene;
                const folder = folders === "own" ? { folder: ownFolder() } : {};
                const first = scene.start(folder);
                await scene.clock.pass(MINUTE);
                const other = start(scene);
                await first.end();
                await scene.clock.pass(MINUTE);
                const standby = scene.start(folder);
                await scene.say({ grants: FORTY }, 2 * MINUTE);
                await Promise.all([other.end(), standby.end()]);
                scene.source.grants = FORTY.slice(0, 15);
                const next = scene.start(folder);
                await scene.clock.pass(MINUTE);
                assert.deepEqual(await scene.gateways(), INSIDE);
                assert.deepEqual(next.agent.view().held, INSIDE.slice(15));
            });

            it("keeps grants that another writer removed just before, if the source still has them", async () => {
                const { scene, leader } = await pair();
                await using _ = scene;
                await scene.overwrite(["198.51.100.66/32"]);
                await leader.end();
                await scene.clock.pass(MINUTE);
                const inside = await scene.gateways();
                assert.deepEqual(
                    inside.filter((address) => INSIDE.includes(address)),
                    INSIDE,
                );
            });

            it("keeps a grant that the last leader admitted at another address, while a reading is held", async () => {
                const { scene, leader, standby } = await pair();
                await using _ = scene;
                await standby.end();
                start(scene, remembered(FORTY));
                const moved = grantsOf(1, 101).map((each) => ({ ...each, id: "g-1", user: "user1@example.com" }));
                await scene.say({ grants: [...moved, ...FORTY.slice(30)] }, MINUTE);
                await leader.agent.confirm(INSIDE.slice(0, 30), "mia");
                await scene.say({ grants: moved }, MINUTE);
                await leader.end();
                await scene.clock.pass(MINUTE);
                assert.deepEqual(await scene.gateways(), [...INSIDE.slice(30), "203.0.113.101/32"]);
            });

            it("holds the removal of a grant that the last leader admitted and the source drops at the take-over", async () => {
                const { scene, leader, standby: first } = await pair();
                await using _ = scene;
                await first.end();
                const standby = start(scene, remembered(FORTY));
                const added = grantsOf(20, 101);
                await scene.say({ grants: [...FORTY.slice(30), ...added] }, MINUTE);
                await leader.agent.confirm(INSIDE.slice(0, 30), "mia");
                await scene.clock.pass(MINUTE);
                scene.source.grants = FORTY.slice(30);
                await leader.end();
                await scene.clock.pass(MINUTE);
                assert.deepEqual(await scene.gateways(), [...INSIDE.slice(30), ...addressesOf(added)]);
                assert.deepEqual(standby.agent.view().held, addressesOf(added));
            });

            it("holds the move of a grant that the last leader admitted and held when it ended", async () => {
                const { scene, leader, standby: first } = await pair();
                await using _ = scene;
                await first.end();
                start(scene, remembered(FORTY));
                const added = grantsOf(20, 101);
                await scene.say({ grants: [...FORTY.slice(30), ...added] }, MINUTE);
                await leader.agent.confirm(INSIDE.slice(0, 30), "mia");
                await scene.clock.pass(MINUTE);
                const moved = grantsOf(20, 141).map((each, index) => ({ ...each, id: added[index]?.id ?? each.id }));
                await scene.say({ grants: [...FORTY.slice(30), ...moved] }, MINUTE);
                await leader.end();
                await scene.clock.pass(MINUTE);
                assert.deepEqual(await scene.gateways(), [...INSIDE.slice(30), ...addressesOf(added)]);
            });

            it("holds the way back of grants whose move the last leader was confirmed, and which it holds itself", async () => {
                const { scene, leader, standby } = await pair();
                await using _ = scene;
                const moved = grantsOf(40, 101).map((each, index) => ({ ...each, id: FORTY[index]?.id ?? each.id }));
                await scene.say({ grants: moved }, MINUTE);
                await leader.agent.confirm(INSIDE, "mia");
                await scene.clock.pass(MINUTE);
                await scene.say({ grants: FORTY }, MINUTE);
                await leader.end();
                await scene.clock.pass(MINUTE);
                assert.deepEqual(await scene.gateways(), addressesOf(moved));
                assert.deepEqual(standby.agent.view().held, addressesOf(moved));
            });

            it("takes no new grant of a known address for one that was let in", async () => {
                const two = FORTY.slice(0, 2);
                const scene = openScene({ grants: [] });
                await using _ = scene;
                const first = start(scene);
                await scene.say({ grants: two }, MINUTE);
                await first.end();
                const [spans] = two.map((each) => each.spans);
                const other = { id: "g-new", spans: spans ?? [], labels: {}, expiresAtMs: NOW + 30 * MINUTE };
                await scene.say({ grants: [other] }, 0);
                start(scene, remembered(two));
                await scene.clock.pass(MINUTE);
                assert.deepEqual(await scene.gateways(), INSIDE.slice(0, 2));
            });

            it("keeps a grant that the last leader admitted at one more address, while a reading is held", async () => {
                const { scene, leader, standby } = await pair();
                await using _ = scene;
                await standby.end();
                start(scene, remembered(FORTY));
                const [first, more] = [...FORTY.slice(0, 1), ...grantsOf(1, 101)].flatMap(({ spans }) => spans);
                const wider = FORTY.slice(0, 1).map((each) => ({
                    ...each,
                    spans: [first, more].flatMap((span) => span ?? []),
                    expiresAtMs: NOW + 30 * MINUTE,
                }));
                await scene.say({ grants: [...wider, ...FORTY.slice(30)] }, MINUTE);
                await leader.agent.confirm(INSIDE.slice(0, 30), "mia");
                await scene.clock.pass(MINUTE);
                await leader.end();
                await scene.clock.pass(MINUTE);
                assert.ok((await scene.gateways()).includes("203.0.113.101/32"));
            });

            it("ends on time by what it has heard, while the source is down", async () => {
                const { scene, leader } = await pair();
                await using _ = scene;
                const shorter = FORTY.map((each, index) =>
                    index < 5 ? { ...each, expiresAtMs: NOW + 10 * MINUTE } : each,
                );
                await scene.say({ grants: shorter }, MINUTE);
                scene.source.isBroken = true;
                await leader.end();
                await scene.clock.pass(8 * MINUTE);
                assert.deepEqual(await scene.gateways(), INSIDE.slice(5));
            });

            it("admits by name what the last leader admitted while a reading was held", async () => {
                const { scene, leader } = await pair();
                await using _ = scene;
                const late = grantsOf(1, 99);
                const named = { set: new Set(["g-99"]), removed: new Set<string>() };
                await scene.say({ grants: late, named }, MINUTE);
                assert.deepEqual(await scene.gateways(), [...INSIDE, "203.0.113.99/32"]);
                await leader.end();
                await scene.clock.pass(MINUTE);
                assert.deepEqual(await scene.gateways(), [...INSIDE, "203.0.113.99/32"]);
            });
        });
    }

    it("does not readmit grants by a reading from before it lost the lead, if the folder is newer", async () => {
        await using scene = openScene({ grants: FORTY });
        const first = scene.start();
        const second = scene.start();
        await scene.clock.pass(MINUTE);
        await scene.say({ grants: FORTY.slice(5) }, 500);
        scene.source.isBroken = true;
        await first.end();
        await scene.clock.pass(MINUTE);
        assert.deepEqual(await scene.gateways(), INSIDE.slice(5));
        assert.equal(second.agent.view().isLeading, true);
    });
});
