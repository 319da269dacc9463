import { strict as assert } from "node:assert";
import fc from "fast-check";

import { spanOf } from "../src/core/addresses/ip";
import { coversSpan, mergeSpans } from "../src/core/addresses/spans";
import { grant, NOW } from "./support/grants";
import { memoryZones } from "./support/memoryZones";
import { round, zone } from "./support/rounds";

describe("the laws of reconcile", () => {
    const address = fc.integer({ min: 1, max: 40 }).map((low) => `192.0.2.${low}/32`);
    const grants = fc.array(fc.tuple(address, fc.constantFrom(0, 30)), { maxLength: 20 });
    const shards = fc.array(fc.array(address, { maxLength: 10 }), { minLength: 1, maxLength: 3 });
    const worlds = fc.record({ grants, shards });

    function open({ grants, shards }: { grants: [string, number][]; shards: string[][] }) {
        const seed = shards.map((gateways, index) => zone(`nzo${index}`, gateways));
        const zoneIds = seed.map(({ id }) => id);
        return { zones: memoryZones(seed), seed, zoneIds, grants: grants.map(([ip, left]) => grant(ip, left)) };
    }

    it("a second round has nothing to do", async () => {
        await fc.assert(
            fc.asyncProperty(worlds, async (world) => {
                const { zones, zoneIds, grants } = open(world);
                await round(zones, grants, { zoneIds });
                const writes = zones.writes.length;
                const again = await round(zones, grants, { zoneIds });
                assert.deepEqual([again.zones.some(({ written }) => written), zones.writes.length], [false, writes]);
            }),
        );
    });

    it("no write leaves a zone empty, or puts an address outside that was inside and is granted", async () => {
        await fc.assert(
            fc.asyncProperty(worlds, async (world) => {
                const { zones, seed, zoneIds, grants } = open(world);
                await round(zones, grants, { zoneIds });
                const now = new Map(seed.map(({ id, gateways = [] }) => [id, gateways]));
                const inside = () => mergeSpans([...now.values()].flat().map(spanOf));
                const granted = grants.filter(({ expiresAtMs = 0 }) => expiresAtMs > NOW).flatMap(({ spans }) => spans);
                const kept = granted.filter((span) => coversSpan(inside(), span));
                for (const { zoneId, gateways } of zones.writes) {
                    now.set(zoneId, gateways);
                    assert.notEqual(gateways.length, 0);
                    assert.ok(kept.every((span) => coversSpan(inside(), span)));
                }
            }),
        );
    });
});
