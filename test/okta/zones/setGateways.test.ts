import { strict as assert } from "node:assert";

import { holds, setGateways } from "../../../src/okta/zones/setGateways";
import type { ZoneStore } from "../../../src/okta/zones/zones";
import { A, B } from "../../support/grants";
import { type Fate, type MemoryZones, memoryZones } from "../../support/memoryZones";

const signal = new AbortController().signal;
const THIRD = "203.0.113.9/32";

interface Case {
    readonly title: string;
    /** What becomes of each write. */
    readonly fates: readonly Fate[];
    /** How it ends: the zone has the new list, or this is thrown. */
    readonly ends: "done" | { readonly code: string; readonly message: RegExp };
    /** Writes that were sent, and reads that followed the first one. */
    readonly sent: readonly [writes: number, reads: number];
    /** What was waited for, in milliseconds. */
    readonly slept?: readonly number[];
}

const AFTER = 'after the write, zone "Staff" \\(nzo1\\)';
const LOOKED = [250, 500, 1000, 2000];
const FOREIGN = {
    code: "write-unverified",
    message: new RegExp(
        `^${AFTER} shows what neither we nor its last reader put there: ${THIRD}. ` +
            "Stop every other writer of this zone, then run again.$",
    ),
};
const UNSEEN = { code: "write-unverified", message: new RegExp(`^${AFTER} still shows its old gateways: ${A}. Stop `) };

/** The rows of the table of setGateways, then what lies between and beyond them. */
const CASES: readonly Case[] = [
    { title: "200, the new list: done", fates: [{}], ends: "done", sent: [1, 1] },
    {
        title: "200, the old list: a stale read, so it looks again",
        fates: [{ staleReads: 4 }],
        ends: "done",
        sent: [1, 5],
        slept: LOOKED,
    },
    { title: "200, a third list: somebody else wrote", fates: [{ foreign: [THIRD] }], ends: FOREIGN, sent: [1, 1] },
    { title: "no answer, the new list: done", fates: [{ outcome: "unanswered" }], ends: "done", sent: [1, 1] },
    { title: "no answer, the old list: writes again", fates: [{ outcome: "lost" }], ends: "done", sent: [2, 2] },
    {
        title: "no answer, a third list: somebody else wrote",
        fates: [{ outcome: "unanswered", foreign: [THIRD] }],
        ends: FOREIGN,
        sent: [1, 1],
    },
    {
        title: "refused: the refusal is thrown",
        fates: [{ outcome: "refused" }],
        ends: { code: "okta-refused", message: /^write nzo1: a test refused it$/ },
        sent: [1, 0],
    },
    { title: "200, the old list for too long", fates: [{ staleReads: 5 }], ends: UNSEEN, sent: [1, 5], slept: LOOKED },
    {
        title: "no answer and the old list, three times",
        fates: [{ outcome: "lost" }, { outcome: "lost" }, { outcome: "lost" }],
        ends: { code: "okta-unreachable", message: /^write nzo1: a test lost it$/ },
        sent: [3, 3],
    },
    {
        title: "no answer and a stale read: the same write again does no harm",
        fates: [{ outcome: "unanswered", staleReads: 1 }],
        ends: "done",
        sent: [2, 2],
    },
    {
        title: "no answer, then a refusal",
        fates: [{ outcome: "lost" }, { outcome: "refused" }],
        ends: { code: "okta-refused", message: /^write nzo1: a test refused it$/ },
        sent: [2, 1],
    },
    {
        title: "a stale read, then a third list",
        fates: [{ staleReads: 1, foreign: [THIRD] }],
        ends: FOREIGN,
        sent: [1, 2],
        slept: [250],
    },
    {
        title: "200, but Okta cannot be read any more",
        fates: [{ thenDown: true }],
        ends: { code: "okta-unreachable", message: /^read nzo1: a test took Okta down$/ },
        sent: [1, 1],
    },
];

/** Sets the gateways of a zone that holds A. */
async function run(zones: MemoryZones, gateways: readonly string[]) {
    const zone = await zones.read("nzo1", signal);
    const slept: number[] = [];
    const sleep = async (ms: number) => void slept.push(ms);
    const result = setGateways({ zones, zone, gateways, sleep, signal });
    const seen = await result.catch((error: unknown) => error);
    const count = (call: string) => zones.calls.filter((each) => each === `${call} nzo1`).length;
    return { result, seen, slept, sent: [count("write"), count("read") - 1] };
}

describe("setGateways", () => {
    for (const { title, fates, ends, sent, slept = [] } of CASES) {
        it(title, async () => {
            const zones = memoryZones([{ id: "nzo1", name: "Staff", gateways: [A] }]);
            zones.fates.push(...fates);
            const ran = await run(zones, [A, B]);
            if (ends === "done") assert.deepEqual((await ran.result).gateways, [A, B]);
            else await assert.rejects(ran.result, ends);
            assert.deepEqual({ sent: ran.sent, slept: ran.slept }, { sent, slept });
        });
    }

    it("leaves a zone alone that has these addresses in another spelling", async () => {
        const zones = memoryZones([{ id: "nzo1", name: "Staff", gateways: [B, "198.51.100.0-198.51.100.1"] }]);
        const { seen, sent } = await run(zones, ["198.51.100.0/31", B]);
        assert.deepEqual(sent, [0, 0]);
        assert.deepEqual(seen, await zones.read("nzo1", signal));
    });

    it("takes the new list in another spelling and order for the new list", async () => {
        const zones = memoryZones([{ id: "nzo1", name: "Staff", gateways: [A] }]);
        zones.fates.push({ foreign: [B, "198.51.100.1-198.51.100.1"] });
        assert.deepEqual((await run(zones, [A, B])).sent, [1, 1]);
    });

    it("writes again over the zone as it was read last, so that a new name is not lost", async () => {
        const zones = memoryZones([{ id: "nzo1", name: "Staff", gateways: [A] }]);
        zones.fates.push({ outcome: "lost" });
        const names: string[] = [];
        const renamed: ZoneStore = {
            read: async (...rest) => ({ ...(await zones.read(...rest)), name: "Renamed" }),
            write(zone, ...rest) {
                names.push(zone.name);
                return zones.write(zone, ...rest);
            },
        };
        const zone = await zones.read("nzo1", signal);
        await setGateways({ zones: renamed, zone, gateways: [B], sleep: async () => {}, signal });
        assert.deepEqual(names, ["Staff", "Renamed"]);
    });

    it("stops where it is when its caller stops", async () => {
        const zones = memoryZones([{ id: "nzo1", name: "Staff", gateways: [A] }]);
        const zone = await zones.read("nzo1", signal);
        const reason = new Error("stopping");
        const stopped = { zones, zone, gateways: [B], sleep: async () => {}, signal: AbortSignal.abort(reason) };
        await assert.rejects(setGateways(stopped), reason);
        assert.deepEqual(zones.writes, []);
    });
});

describe("holds", () => {
    const CASES: readonly (readonly [actual: readonly string[], gateways: readonly string[], answer: boolean])[] = [
        [[A, B], [B, A], true],
        [["198.51.100.0/31"], ["198.51.100.0/32", A], true],
        [["198.51.100.1-198.51.100.1"], [A], true],
        [[A], [A, B], false],
        [[A, B], [A], false],
        [[], [], true],
        [[], [A], false],
        [[A, "2001:db8::/32"], ["2001:db8::/32", A], true],
        [[A, "2001:db8::/32"], [A], false],
        [[A], [A, "2001:db8::/32"], false],
        [["198.51.100.0/31", "2001:db8::/32"], ["2001:db8::/32", "198.51.100.0/32", "198.51.100.1/32"], true],
    ];
    for (const [actual, gateways, answer] of CASES) {
        it(`says ${answer} of [${actual}] and [${gateways}]`, () => {
            assert.equal(holds({ gateways: actual }, gateways), answer);
        });
    }
});
