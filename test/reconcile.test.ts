import { strict as assert } from "node:assert";
import { formatSpan, spanOf } from "../src/core/addresses/ip";
import type { Grant } from "../src/core/grants/grants";
import { SENTINEL } from "../src/core/zones/zone";
import { zoneLock } from "../src/okta/zones/zoneLock";
import type { Round } from "../src/reconcile";
import { fakeClock } from "./support/fakeClock";
import { A, B, C, grant, NOW } from "./support/grants";
import { memorySource } from "./support/memorySource";
import { memoryZones } from "./support/memoryZones";
import { round, zone } from "./support/rounds";

const MINUTE = 60_000;

function wroteOnly({ zones }: Round): Record<string, boolean> {
    return Object.fromEntries(zones.map(({ id, written }) => [id, written]));
}

describe("reconcile", () => {
    it("writes the whole desired list, once", async () => {
        const zones = memoryZones([zone("nzo1", [A])]);
        const { zones: after, grants, ...rest } = await round(zones, [grant(A), grant(B)]);
        assert.equal(grants.length, 2);
        assert.deepEqual(after, [
            {
                id: "nzo1",
                name: "Staff nzo1",
                status: "ACTIVE",
                usage: "POLICY",
                gateways: [A, B],
                add: [B],
                remove: [],
                written: true,
            },
        ]);
        assert.deepEqual(rest, {
            active: 2,
            refused: [],
            unusable: [],
            held: [],
            nextChangeMs: NOW + 60 * MINUTE,
        });
        assert.deepEqual(zones.writes, [{ zoneId: "nzo1", gateways: [A, B] }]);
        assert.deepEqual(zones.calls, ["read nzo1", "write nzo1", "read nzo1"]);
    });

    it("writes when there is only something to remove", async () => {
        const zones = memoryZones([zone("nzo1", [A, B])]);
        assert.deepEqual(wroteOnly(await round(zones, [grant(B)])), { nzo1: true });
        assert.deepEqual(zones.writes, [{ zoneId: "nzo1", gateways: [B] }]);
    });

    it("reads each zone once and writes none when they are as they should be", async () => {
        const zones = memoryZones([zone("nzo1", [B, "198.51.100.1-198.51.100.1"]), zone("nzo2", [SENTINEL])]);
        const options = { zoneIds: ["nzo1", "nzo2"] };
        const { zones: after } = await round(zones, [grant(A), grant(B)], options);
        assert.deepEqual(
            after.map(({ add, remove, written }) => ({ add, remove, written })),
            [1, 2].map(() => ({ add: [], remove: [], written: false })),
        );
        assert.deepEqual(zones.calls, ["read nzo1", "read nzo2"]);
    });

    it("empties the zone down to the sentinel when the source is empty", async () => {
        const zones = memoryZones([zone("nzo1", [A])]);
        await round(zones, []);
        assert.deepEqual(zones.writes, [{ zoneId: "nzo1", gateways: [SENTINEL] }]);
    });

    it("writes only the zone that differs", async () => {
        const zones = memoryZones([zone("nzo1", [A]), zone("nzo2", [B, C])]);
        const after = await round(zones, [grant(A), grant(B)], { zoneIds: ["nzo1", "nzo2"] });
        assert.deepEqual(wroteOnly(after), { nzo1: false, nzo2: true });
        assert.deepEqual(zones.writes, [{ zoneId: "nzo2", gateways: [B] }]);
    });

    it("stops before the write when it is asked for the plan", async () => {
        const zones = memoryZones([zone("nzo1", [SENTINEL])]);
        const { zones: after } = await round(zones, [grant(A)], { mode: "plan" });
        const [{ add, remove, gateways, written }] = after as [(typeof after)[number]];
        assert.deepEqual(
            { add, remove, gateways, written },
            {
                add: [A],
                remove: [SENTINEL],
                gateways: [A],
                written: false,
            },
        );
        assert.deepEqual(zones.calls, ["read nzo1"]);
    });

    it("returns usage and status of a zone", async () => {
        const zones = memoryZones([zone("nzo1", [A], { usage: "BLOCKLIST", status: "INACTIVE" })]);
        const [after] = (await round(zones, [grant(A)])).zones;
        assert.deepEqual([after?.usage, after?.status], ["BLOCKLIST", "INACTIVE"]);
    });

    it("passes on what the document left out", async () => {
        const source = memorySource([grant(A)]);
        source.unusable = [{ id: "g2", field: "ip", reason: "is missing" }];
        const { unusable } = await round(memoryZones([zone("nzo1", [A])]), [], { source });
        assert.deepEqual(unusable, [{ id: "g2", field: "ip", reason: "is missing" }]);
    });
});

describe("the rules of reconcile", () => {
    it("count only grants with the labels", async () => {
        const zones = memoryZones([zone("nzo1", [SENTINEL])]);
        const grants = [grant(A, 60, { labels: { app: "payroll" } }), grant(B)];
        const { active } = await round(zones, grants, { text: { selector: { app: "payroll" } } });
        assert.equal(active, 1);
        assert.deepEqual(zones.writes, [{ zoneId: "nzo1", gateways: [A] }]);
    });

    it("keep static gateways, and refuse what is denied", async () => {
        const zones = memoryZones([zone("nzo1", [SENTINEL])]);
        const text = { staticGateways: [C], deny: ["198.51.100.2-198.51.100.9"] };
        const { refused } = await round(zones, [grant(A), grant(B)], { text });
        assert.deepEqual(zones.writes, [{ zoneId: "nzo1", gateways: [A, C] }]);
        const reason = "denied: 198.51.100.3/32 touches a range that no grant may touch";
        assert.deepEqual(refused, [{ id: `grant of ${B}`, reason, kind: "limit" }]);
    });

    it("hold a change that removes too much, and let it through when it is confirmed", async () => {
        const zones = memoryZones([zone("nzo1", [A, B])]);
        const text = { maxRemovals: 1 };
        const { held } = await round(zones, [], { text });
        assert.deepEqual(
            held.map(({ address }) => address),
            [A, B],
        );
        assert.deepEqual(zones.writes, []);
        assert.deepEqual((await round(zones, [], { text, isConfirmed: true })).held, []);
        assert.deepEqual(zones.writes, [{ zoneId: "nzo1", gateways: [SENTINEL] }]);
    });

    it("leave room for 150 entries in a zone, and for 1000 in a blocklist", async () => {
        const zones = memoryZones([zone("nzo1", [SENTINEL]), zone("nzo2", [SENTINEL], { usage: "BLOCKLIST" })]);
        const refusedIn = async (zoneId: string, count: number) =>
            (await round(zones, apart(count), { zoneIds: [zoneId] })).refused.length;
        assert.deepEqual([await refusedIn("nzo1", 150), await refusedIn("nzo1", 151)], [0, 1]);
        assert.deepEqual([await refusedIn("nzo2", 1000), await refusedIn("nzo2", 1001)], [0, 1]);
    });
});

describe("the time of reconcile", () => {
    it("is the clock's at the moment of the decision", async () => {
        const zones = memoryZones([zone("nzo1", [A, B])]);
        const clock = fakeClock(NOW);
        const source = memorySource([grant(A, 1), grant(B, 2)]);
        const slow = {
            ...source,
            async read(signal: AbortSignal) {
                clock.pass(MINUTE);
                return source.read(signal);
            },
        };
        await round(zones, [], { source: slow, clock });
        assert.deepEqual(zones.writes, [{ zoneId: "nzo1", gateways: [B] }]);
    });

    it("returns when the next grant begins or ends", async () => {
        const zones = memoryZones([zone("nzo1", [A])]);
        const grants = [grant(A, 30), grant(B, 0), grant(C, 90, { startsAtMs: NOW + 5 * MINUTE })];
        assert.equal((await round(zones, grants)).nextChangeMs, NOW + 5 * MINUTE);
    });

    it("passes while a write cannot be seen yet", async () => {
        const zones = memoryZones([zone("nzo1", [A])]);
        zones.fates.push({ staleReads: 1 });
        const clock = fakeClock(NOW);
        const running = round(zones, [grant(B)], { clock });
        assert.equal(await clock.asleep(), 250);
        clock.pass(250);
        assert.deepEqual(wroteOnly(await running), { nzo1: true });
    });
});

describe("reconcile loses nothing", () => {
    it("when the source cannot be read", async () => {
        const zones = memoryZones([zone("nzo1", [A])]);
        const source = memorySource([]);
        source.isBroken = true;
        await assert.rejects(round(zones, [], { source }), { code: "source-unreadable" });
        assert.deepEqual(zones.calls, []);
    });

    it("when one of the zones is gone", async () => {
        const zones = memoryZones([zone("nzo1", [A])]);
        const zoneIds = ["nzo1", "nzo2"];
        await assert.rejects(round(zones, [], { zoneIds }), { code: "zone-missing" });
        assert.deepEqual(zones.writes, []);
    });

    it("when one of the zones cannot hold grants", async () => {
        const zones = memoryZones([zone("nzo1", [A]), zone("nzo2", [], { type: "DYNAMIC" })]);
        const zoneIds = ["nzo1", "nzo2"];
        await assert.rejects(round(zones, [], { zoneIds }), { code: "zone-unfit" });
        assert.deepEqual(zones.writes, []);
    });

    it("when Okta refuses a write", async () => {
        const zones = memoryZones([zone("nzo1", [A])]);
        zones.fates.push({ outcome: "refused" });
        await assert.rejects(round(zones, [grant(B)]), { code: "okta-refused" });
        assert.deepEqual(zones.writes, []);
    });

    it("when only the answer to a write is lost", async () => {
        const zones = memoryZones([zone("nzo1", [A])]);
        zones.fates.push({ outcome: "unanswered" });
        assert.deepEqual(wroteOnly(await round(zones, [grant(B)])), { nzo1: true });
        assert.deepEqual(zones.writes, [{ zoneId: "nzo1", gateways: [B] }]);
    });

    it("when an address moves to another zone: it is there before it leaves", async () => {
        const others = apart(149);
        const texts = others.flatMap(({ spans }) => spans.map(formatSpan));
        const zones = memoryZones([zone("nzo1", [...texts, "203.0.113.1-203.0.113.3"]), zone("nzo2", [SENTINEL])]);
        const grants = [...others, grant("203.0.113.1"), grant("203.0.113.2", 0), grant("203.0.113.3")];
        await round(zones, grants, { zoneIds: ["nzo1", "nzo2"] });
        assert.deepEqual(zones.writes, [
            { zoneId: "nzo2", gateways: ["203.0.113.3/32"] },
            { zoneId: "nzo1", gateways: [...texts, "203.0.113.1/32"] },
        ]);
    });

    it("when two rounds meet on one zone: the second sees what the first wrote", async () => {
        const zones = memoryZones([zone("nzo1", [SENTINEL])]);
        const lock = zoneLock();
        await Promise.all([round(zones, [grant(A)], { lock }), round(zones, [grant(A), grant(B)], { lock })]);
        const each = ["read nzo1", "write nzo1", "read nzo1"];
        assert.deepEqual(zones.calls, [...each, ...each]);
        assert.deepEqual(zones.writes.at(-1), { zoneId: "nzo1", gateways: [A, B] });
    });
});

/** Grants of so many addresses that do not touch. */
function apart(count: number): Grant[] {
    return Array.from({ length: count }, (_, index) => {
        const low = spanOf("10.0.0.0/32").low + 2 * index;
        return grant(formatSpan({ low, high: low }));
    });
}
