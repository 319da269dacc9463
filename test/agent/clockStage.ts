import type { AgentEvent } from "../../src/agent/events/events";
import { createMembership, type Membership } from "../../src/agent/membership";
import { openTimeCheck, openTimeRecord } from "../../src/agent/timeCheck";
import { openCheckedClock } from "../../src/checkedClock";
import type { Grant } from "../../src/core/grants/grants";
import { parseRules } from "../../src/core/membership/rules";
import type { ZoneStore } from "../../src/okta/zones/zones";
import { NOW } from "../support/grants";
import { type MemorySource, memorySource } from "../support/memorySource";
import { type MemoryZones, memoryZones } from "../support/memoryZones";
import { zone } from "../support/rounds";
import { type VirtualClock, virtualClock } from "../support/virtualClock";

export interface ClockStage extends AsyncDisposable {
    readonly membership: Membership;
    /** The clock of the agent's machine; `jump` sets it. */
    readonly clock: VirtualClock;
    readonly source: MemorySource;
    readonly zones: MemoryZones;
    readonly okta: OktaTime;
    readonly events: readonly AgentEvent[];
    /** The machine is suspended for so long: its elapsed time stands still. */
    suspend(ms: number): void;
    /** Begins to lead. */
    lead(): void;
    gateways(): readonly string[];
    /** `clock.departed` and `clock.agrees`, in order. */
    told(): readonly string[];
}

export interface OktaTime {
    /** Replaces the Date of the next answers, one each: so many milliseconds off Okta's time, or none. */
    readonly wrongDates: (number | "none")[];
    /** The same for all answers. */
    always: number | "none" | undefined;
}

export interface ClockStageOptions {
    readonly grants: readonly Grant[];
    readonly gateways: readonly string[];
    /** How wrong the machine's clock is at the start. @default 0 */
    readonly wrongMs?: number;
}

/** A membership at work, with an Okta in memory whose answers have a Date. What time it is really begins with NOW. */
export function openClockStage({ grants, gateways, wrongMs = 0 }: ClockStageOptions): ClockStage {
    const clock = virtualClock(NOW + wrongMs);
    const zones = memoryZones([zone("nzo1", gateways)]);
    const source = memorySource(grants);
    const events: AgentEvent[] = [];
    const record = async (event: AgentEvent) => void events.push(event);
    const okta: OktaTime = { wrongDates: [], always: undefined };
    let suspendedMs = 0;
    const time = openCheckedClock(clock);
    const answer = time.hearing(async () => {
        const off = okta.wrongDates.shift() ?? okta.always ?? 0;
        const realMs = NOW + clock.elapsedMs() + suspendedMs;
        return new Response(null, off === "none" ? {} : { headers: { date: new Date(realMs + off).toUTCString() } });
    });
    const store: ZoneStore = {
        async read(id, signal) {
            const found = await zones.read(id, signal);
            await answer("");
            return found;
        },
        async write(before, gateways, signal) {
            const receipt = await zones.write(before, gateways, signal);
            await answer("");
            return receipt;
        },
    };
    const budget = { waitMs: () => 0, mayAsk: () => true, perMinute: () => 600 };
    const membership = createMembership({
        settings: {
            zones: ["nzo1"],
            rules: parseRules({}),
            drift: "heal",
            onRevoke: "keep-sessions",
            maxStaleMs: undefined,
            pollMs: 30_000,
            firstContact: "apply",
        },
        source,
        sourceType: "memory",
        zones: store,
        budget,
        rateLimit: () => undefined,
        memories: { read: async () => undefined, write: async () => undefined },
        record,
        unsettled: async () => new Map(),
        clock: time,
        time: openTimeCheck({
            time,
            ask: (signal) => store.read("nzo1", signal),
            budget,
            tell: openTimeRecord(time, record),
        }),
        newId: () => `w${events.length}`,
    });
    const stop = new AbortController();
    let ended: Promise<void> = Promise.resolve();
    return {
        membership,
        clock,
        source,
        zones,
        okta,
        events,
        suspend(ms) {
            suspendedMs += ms;
            clock.jump(ms);
        },
        lead() {
            ended = membership.run(stop.signal, new AbortController().signal);
            ended.catch(() => {});
        },
        gateways: () => zones.writes.at(-1)?.gateways ?? gateways,
        told: () => events.flatMap(({ type }) => (type.startsWith("clock.") ? [type] : [])),
        async [Symbol.asyncDispose]() {
            stop.abort();
            await ended;
        },
    };
}
