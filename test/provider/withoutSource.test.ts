import { strict as assert } from "node:assert";
import { runtime } from "@pulumi/pulumi";

import { SENTINEL } from "../../src/core/zones/zone";
import { zoneLock } from "../../src/okta/zones/zoneLock";
import { membershipProvider } from "../../src/provider/membership";
import type { Membership, MembershipArgs } from "../../src/provider/state";
import { addresses } from "../support/cells";
import { A, B, NOW } from "../support/grants";
import { memoryZones } from "../support/memoryZones";

const FIXED = { static: "never" };

/** How many entries each zone has. */
const sizes = ({ entries }: Membership) => Object.values(entries).map((zone) => Object.keys(zone).length);

describe("a membership without a source", () => {
    async function open() {
        const zones = memoryZones(["nzo1", "nzo2"].map((id) => ({ id, name: id, gateways: [SENTINEL] })));
        const provider = membershipProvider(() => ({
            zones,
            recent: zones,
            lock: zoneLock(),
            clock: { now: () => NOW, elapsedMs: () => 0, sleep: async () => {}, random: () => 0 },
            tell: () => {},
            openSource: () => assert.fail("a source was opened"),
        }));
        await provider.configure({ config: { get: () => undefined, require: () => "" } });
        return {
            zones,
            check: (olds: object, news: object) => provider.check(olds as MembershipArgs, news as MembershipArgs),
            provider,
        };
    }

    it("holds its static gateways, and nothing else", async () => {
        const { zones, check, provider } = await open();
        const news = { zoneIds: ["nzo1"], staticGateways: [A, B] };
        const { inputs, failures } = await check({}, news);
        const expected = {
            ...news,
            entries: { nzo1: { [A]: FIXED, [B]: FIXED } },
            refused: [],
            unusable: [],
        };
        assert.deepEqual([inputs, failures], [expected, undefined]);
        await provider.create(inputs as Membership);
        assert.deepEqual(zones.writes, [{ zoneId: "nzo1", gateways: [A, B] }]);
    });

    it("asks no server while they are unknown", async () => {
        const { zones, check } = await open();
        for (const staticGateways of [runtime.unknownValue, [A, runtime.unknownValue]]) {
            const news = { zoneIds: ["nzo1"], staticGateways };
            assert.deepEqual(await check({}, news), { inputs: news });
        }
        assert.deepEqual(zones.calls, []);
    });

    const many = addresses(151);
    const both = { zoneIds: ["nzo1", "nzo2"], staticGateways: many };
    const half = { ...both, staticGateways: many.slice(76) };
    const CUT =
        "the ranges look cut: the list lost 76 of its 151 addresses; look at them, and set confirmRemovals: true for one run";

    for (const [what, olds, news, reason] of [
        [
            "one of them finds no room",
            {},
            { ...both, zoneIds: ["nzo1"] },
            "151 ranges are too many: 1 zone has room for 150, and 1 of them find none, such as 10.0.1.44/32; set shards: 2",
        ],
        ["more than half of them are gone", both, half, CUT],
        [
            "there are none",
            both,
            { ...both, staticGateways: [] },
            "the ranges are empty: a zone without them is made by taking it out of the program",
        ],
    ] as const) {
        it(`fails where ${what}`, async () => {
            const { zones, check } = await open();
            assert.deepEqual(await check(olds, news), { failures: [{ property: "", reason: `${reason} [ZK002]` }] });
            assert.deepEqual(zones.writes, []);
        });
    }

    it("carries out a confirmed loss", async () => {
        const { check } = await open();
        const { failures, inputs } = await check(both, { ...half, confirmRemovals: true });
        assert.deepEqual([failures, sizes(inputs as Membership)], [undefined, [75, 1]]);
    });
});
