import { strict as assert } from "node:assert";

import { createAgent } from "../../src/agent/agent";
import type { AgentEvent } from "../../src/agent/events/events";
import type { Term } from "../../src/agent/leadership/leadership";
import type { Remembered } from "../../src/core/membership/memory";
import { parseRules } from "../../src/core/membership/rules";
import { SENTINEL } from "../../src/core/zones/zone";
import { A, B, C, grant, NOW } from "../support/grants";
import { memorySource } from "../support/memorySource";
import { memoryZones } from "../support/memoryZones";
import { remembered } from "../support/remembered";
import { zone } from "../support/rounds";
import { virtualClock } from "../support/virtualClock";

const MINUTE = 60_000;

interface StandbyOptions {
    readonly maxStaleMs?: number;
    readonly isStateShared?: boolean;
}

/** An agent that stands by until the test lets it lead; A and B are inside. */
function openStandby(stored?: Remembered, { maxStaleMs, isStateShared = false }: StandbyOptions = {}) {
    const clock = virtualClock(NOW);
    const source = memorySource([grant(A, 3), grant(B, 60)]);
    const zones = memoryZones([zone("nzo1", [A, B])]);
    const events: AgentEvent[] = [];
    const stop = new AbortController();
    let lead = (_lost: AbortSignal) => {};
    const turn = (signal: AbortSignal) =>
        new Promise<Term>((resolve, reject) => {
            lead = (lost) => resolve({ lost, end: async () => {} });
            signal.addEventListener("abort", () => reject(signal.reason), { once: true });
        });
    const agent = createAgent({
        settings: {
            zones: ["nzo1"],
            rules: parseRules({}),
            firstContact: "hold",
            drift: "heal",
            onRevoke: "keep-sessions",
            maxStaleMs,
            pollMs: 30_000,
        },
        source,
        sourceType: "memory",
        zones,
        budget: { waitMs: () => 0, mayAsk: () => true, perMinute: () => 600 },
        rateLimit: () => undefined,
        leadership: { name: "lock", lead: turn, close: async () => {} },
        isStateShared,
        memories: { read: async () => stored, write: async () => undefined },
        record: async (event) => void events.push(event),
        unsettled: async () => new Map(),
        clock,
        newId: () => "w1",
    });
    const ended = agent.run(stop.signal);
    return {
        agent,
        clock,
        source,
        zones,
        events,
        /** Lets it lead until what comes back aborts. */
        lead() {
            const lost = new AbortController();
            lead(lost.signal);
            return lost;
        },
        async [Symbol.asyncDispose]() {
            stop.abort();
            await ended;
        },
    };
}

describe("an agent that takes over while the source cannot be read", () => {
    it("ends on time who it heard of while it stood by", async () => {
        await using standby = openStandby();
        await standby.clock.pass(MINUTE);
        standby.source.isBroken = true;
        standby.lead();
        await standby.clock.pass(2 * MINUTE - 1);
        assert.deepEqual(standby.zones.writes, []);
        await standby.clock.pass(1);
        assert.deepEqual(standby.zones.writes, [{ zoneId: "nzo1", gateways: [B] }]);
    });

    for (const [when, readAtMs] of [
        ["when it last led", NOW - MINUTE],
        ["before the clock was set back", NOW + 60 * MINUTE],
    ] as const) {
        it(`does not readmit grants that the source dropped meanwhile, whatever it knew ${when}`, async () => {
            const stored = remembered([grant(A, 3), grant(B), grant(C)], { readAtMs });
            await using standby = openStandby(stored);
            await standby.clock.pass(MINUTE);
            standby.source.isBroken = true;
            standby.lead();
            await standby.clock.pass(MINUTE);
            assert.deepEqual(standby.zones.writes, []);
        });
    }

    it("leads again after it lost the lead during a read that hung", async () => {
        await using standby = openStandby();
        const { read } = standby.source;
        standby.source.read = () => new Promise(() => {});
        const lost = standby.lead();
        await standby.clock.pass(MINUTE / 4);
        lost.abort();
        await standby.clock.pass(0);
        standby.source.read = read;
        standby.lead();
        await standby.clock.pass(3 * MINUTE);
        assert.deepEqual(standby.zones.writes, [{ zoneId: "nzo1", gateways: [B] }]);
    });

    it("writes down what it goes by, once it leads", async () => {
        await using standby = openStandby();
        await standby.clock.pass(MINUTE);
        assert.deepEqual(standby.events, []);
        standby.source.isBroken = true;
        standby.lead();
        await standby.clock.pass(0);
        assert.deepEqual(
            standby.events.map(({ type }) => type),
            ["leader.gained", "grants.accepted", "grants.unreadable"],
        );
    });

    it("says how the source is while it stands by", async () => {
        await using standby = openStandby();
        await standby.clock.pass(MINUTE);
        const lastReadAt = new Date(NOW + 31_000).toISOString();
        assert.deepEqual(standby.agent.view().source, { type: "memory", healthy: true, lastReadAt });
        standby.source.isBroken = true;
        await standby.clock.pass(MINUTE);
        const problem = "cannot read grants from memory: a test broke it [ZK401]";
        assert.deepEqual(standby.agent.view().source, { type: "memory", healthy: false, lastReadAt, problem });
    });

    it("removes grants that are too old, before it knows that the source is still down", async () => {
        await using standby = openStandby(undefined, { maxStaleMs: 2 * MINUTE });
        await standby.clock.pass(1000);
        const { source } = standby;
        source.isBroken = true;
        await standby.clock.pass(3 * MINUTE);
        source.read = () => new Promise(() => {});
        standby.lead();
        await standby.clock.pass(10_000);
        assert.deepEqual(standby.zones.writes, [{ zoneId: "nzo1", gateways: [SENTINEL] }]);
    });

    it("forgets what it heard before it last led, wherever the clock was set since", async () => {
        await using standby = openStandby();
        await standby.clock.pass(1000);
        const lost = standby.lead();
        standby.clock.jump(-60 * MINUTE);
        standby.source.grants = [grant(A, 3)];
        await standby.clock.pass(MINUTE);
        assert.deepEqual(standby.zones.writes, [{ zoneId: "nzo1", gateways: [A] }]);
        standby.source.isBroken = true;
        lost.abort();
        await standby.clock.pass(0);
        standby.lead();
        await standby.clock.pass(MINUTE);
        assert.equal(standby.zones.writes.length, 1);
    });

    it("goes by the snapshot where an agent that shares its folder read later than it", async () => {
        const stored = remembered([grant(B)], { readAtMs: NOW + 40_000 });
        await using standby = openStandby(stored, { isStateShared: true });
        await standby.clock.pass(50_000);
        standby.source.isBroken = true;
        standby.lead();
        await standby.clock.pass(MINUTE);
        assert.deepEqual(standby.zones.writes, [{ zoneId: "nzo1", gateways: [B] }]);
    });

    it("goes by the snapshot where it has heard nothing", async () => {
        const stored = remembered([grant(A, 3), grant(B)]);
        await using standby = openStandby(stored);
        standby.source.isBroken = true;
        standby.lead();
        await standby.clock.pass(3 * MINUTE);
        assert.deepEqual(standby.zones.writes, [{ zoneId: "nzo1", gateways: [B] }]);
    });
});

describe("an agent that leads at once", () => {
    it("reads the source once", async () => {
        await using first = openStandby();
        let reads = 0;
        const { read } = first.source;
        first.source.read = (signal) => {
            reads++;
            return read.call(first.source, signal);
        };
        first.lead();
        await first.clock.pass(2000);
        assert.equal(reads, 1);
        assert.equal(first.zones.writes.length, 0);
    });
});
