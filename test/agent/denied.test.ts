import { strict as assert } from "node:assert";

import { spanOf } from "../../src/core/addresses/ip";
import type { Denial } from "../../src/core/membership/denials";
import { SENTINEL } from "../../src/core/zones/zone";
import { NOW } from "../support/grants";
import { addressesOf, grantsOf, openScene } from "./scene";

const MINUTE = 60_000;
const TEN = grantsOf(10);
const INSIDE = addressesOf(TEN);

const denial = (target: Pick<Denial, "user" | "span" | "grant" | "untilMs">): Denial => ({
    id: "d-1",
    reason: "INC-4712",
    by: "mia",
    atMs: NOW,
    ...target,
});

/** All ways to deny who has the first grant, alone. */
const TARGETS = [
    ["the user", { user: "USER1@example.com" }],
    ["the address", { span: spanOf("203.0.113.1") }],
    ["the grant", { grant: "g-1" }],
] as const;

async function atRest(...args: Parameters<ReturnType<typeof openScene>["start"]>) {
    const scene = openScene({ grants: TEN });
    const agent = scene.start(...args);
    await scene.clock.pass(10_000);
    return { scene, agent };
}

describe("an agent with the kill switch", () => {
    for (const [what, target] of TARGETS) {
        it(`removes at once what a denial of ${what} names, and admits it again at the end`, async () => {
            const { scene, agent } = await atRest();
            await using _ = scene;
            await agent.deny([denial({ ...target, untilMs: NOW + 10 * MINUTE })]);
            assert.deepEqual(await scene.gateways(), INSIDE.slice(1));
            const [change] = agent.told("write.intended").flatMap(({ changes }) => changes);
            assert.deepEqual([change?.why, change?.grants.map(({ id }) => id)], ["denied", ["g-1"]]);
            const shown = agent.agent.view().grants.find(({ id }) => id === "g-1");
            assert.equal(shown?.state, "denied");
            await scene.clock.pass(10 * MINUTE - 11_000 - 1);
            assert.deepEqual(await scene.gateways(), INSIDE.slice(1));
            await scene.clock.pass(1);
            assert.deepEqual(await scene.gateways(), INSIDE);
        });

        it(`keeps a denial of ${what} in force over a restart and while the source is down`, async () => {
            const { scene, agent } = await atRest();
            await using _ = scene;
            await agent.deny([denial(target)]);
            await agent.end();
            scene.source.isBroken = true;
            const next = scene.start();
            await scene.clock.pass(MINUTE);
            assert.deepEqual(await scene.gateways(), INSIDE.slice(1));
            await next.deny([]);
            assert.deepEqual(await scene.gateways(), INSIDE);
        });

        it(`removes what a denial of ${what} names while a reading that would remove all is held`, async () => {
            const { scene, agent } = await atRest();
            await using _ = scene;
            await scene.say({ grants: [] });
            await agent.deny([denial(target)]);
            assert.deepEqual(await scene.gateways(), INSIDE.slice(1));
            await agent.deny([]);
            assert.deepEqual(await scene.gateways(), INSIDE);
        });

        it(`does not count a denial of ${what} as a removal`, async () => {
            const { scene, agent } = await atRest({ rules: { maxRemovals: 1 } });
            await using _ = scene;
            await agent.deny([denial(target)]);
            await scene.say({ grants: [...TEN.slice(0, 1), ...TEN.slice(2)] });
            assert.deepEqual(await scene.gateways(), INSIDE.slice(2));
        });
    }

    it("takes out everybody where everybody is denied, whatever the brake allows", async () => {
        const { scene, agent } = await atRest({ rules: { maxRemovals: 0 } });
        await using _ = scene;
        await agent.deny([denial({ span: spanOf("203.0.113.0/24") })]);
        assert.deepEqual(await scene.gateways(), [SENTINEL]);
        assert.deepEqual([agent.told("removals.held"), agent.agent.view().notReady], [[], []]);
        await agent.deny([]);
        assert.deepEqual(await scene.gateways(), INSIDE);
    });

    it("takes a denied address out of static gateways and of unknown entries", async () => {
        const scene = openScene({ grants: TEN });
        await using _ = scene;
        await scene.overwrite(["198.51.100.9/32", ...INSIDE]);
        const agent = scene.start({ rules: { staticGateways: ["198.51.100.32/30"] } });
        await scene.clock.pass(10_000);
        assert.deepEqual(await scene.gateways(), ["198.51.100.9/32", "198.51.100.32/30", ...INSIDE]);
        await agent.deny([denial({ span: spanOf("198.51.100.9-198.51.100.33") })]);
        assert.deepEqual(await scene.gateways(), ["198.51.100.34/31", ...INSIDE]);
    });

    it("never admits what is denied, whichever grant or writer adds it", async () => {
        const { scene, agent } = await atRest();
        await using _ = scene;
        const late = grantsOf(1, 99);
        await agent.deny([
            denial({ user: "user99@example.com" }),
            { ...denial({ span: spanOf("203.0.113.98") }), id: "d-2" },
        ]);
        await scene.say({
            grants: [...TEN, ...late, ...grantsOf(1, 98)],
            named: { set: new Set(["g-99"]), removed: new Set() },
        });
        assert.deepEqual(await scene.gateways(), INSIDE);
        await scene.overwrite([...INSIDE, "203.0.113.98/32", "203.0.113.99/32"]);
        await scene.clock.pass(MINUTE);
        assert.deepEqual(await scene.gateways(), INSIDE);
    });

    it("keeps the address of another user in whose grant is not denied", async () => {
        const { scene, agent } = await atRest();
        await using _ = scene;
        const [first] = TEN;
        await scene.say({
            grants: [...TEN, { ...first, id: "other", user: "bo@example.com" } as (typeof TEN)[number]],
        });
        await agent.deny([denial({ user: "user1@example.com" })]);
        assert.deepEqual(await scene.gateways(), INSIDE);
    });

    it("knows a grant that is denied, so that the brake protects it when the denial is lifted", async () => {
        const { scene, agent } = await atRest();
        await using _ = scene;
        await agent.deny([denial({ span: spanOf("203.0.113.0/24") })]);
        await scene.say({ grants: [] });
        assert.equal(agent.agent.view().held.length, 10);
        await agent.deny([]);
        assert.deepEqual(await scene.gateways(), INSIDE);
    });
});
