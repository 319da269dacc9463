import type { AgentEvent } from "../../../src/agent/events/events";
import { type GrantCacheOptions, openGrantCache } from "../../../src/agent/grants/grantCache";
import { type MembershipMemory, openMembershipMemory } from "../../../src/agent/memory/membershipMemory";
import { type Decider, openDecider } from "../../../src/agent/reconciler/decision";
import type { Failure } from "../../../src/agent/reconciler/failures";
import { createLoop, type Loop } from "../../../src/agent/reconciler/loop";
import type { InForce, RoundResult } from "../../../src/agent/reconciler/round";
import { openZoneTracker, type ZoneTracker, type ZoneTrackerOptions } from "../../../src/agent/zones/zoneTracker";
import type { Grant } from "../../../src/core/grants/grants";
import type { Denial } from "../../../src/core/membership/denials";
import type { Remembered } from "../../../src/core/membership/memory";
import { parseRules, type RulesText } from "../../../src/core/membership/rules";
import type { Purpose } from "../../../src/core/pace";
import type { SeedZone } from "../../okta/zones/contract";
import { NOW } from "../../support/grants";
import { type MemorySource, memorySource } from "../../support/memorySource";
import { type MemoryZones, memoryZones } from "../../support/memoryZones";
import { type VirtualClock, virtualClock } from "../../support/virtualClock";

export interface Stage extends AsyncDisposable {
    readonly keeper: Loop;
    readonly kept: ZoneTracker;
    readonly clock: VirtualClock;
    readonly source: MemorySource;
    readonly zones: MemoryZones;
    readonly events: readonly AgentEvent[];
    readonly results: readonly (RoundResult | "failed")[];
    readonly troubles: readonly (Failure | undefined)[];
    readonly inForce: readonly InForce[];
    /** What the agent remembers now, and each memory that it wrote down, the latest last. */
    readonly remembering: MembershipMemory;
    readonly deciding: Decider;
    readonly stored: readonly Remembered[];
    /** Replaces the denials in force, as the kill switch does. */
    deny(denials: readonly Denial[]): void;
    /** Another writer replaces the gateways of a zone. */
    overwrite(zoneId: string, gateways: readonly string[]): Promise<void>;
    /** Lets the budget say no to requests for these purposes, or to all, for so long from now. */
    starve(ms: number, purposes?: readonly Purpose[]): void;
    /** What was recorded of one type, in order. */
    told<Type extends AgentEvent["type"]>(type: Type): readonly Extract<AgentEvent, { readonly type: Type }>[];
    /** Rejects with what ended the keeper, if something did. */
    readonly ended: Promise<void>;
    readonly stop: AbortController;
    readonly lost: AbortController;
}

export interface StageOptions {
    readonly zones: readonly SeedZone[];
    readonly grants?: readonly Grant[];
    readonly rules?: RulesText;
    /** What an earlier process has written down. @default nothing: every zone is met for the first time */
    readonly stored?: Remembered;
    /** @default "hold", as in the product */
    readonly firstContact?: "hold" | "apply";
    /** @default a folder of its own */
    readonly isStateShared?: boolean;
    readonly more?: Partial<GrantCacheOptions & ZoneTrackerOptions>;
}

const ALL: readonly Purpose[] = ["remove", "add", "look"];

const NEVER = new AbortController().signal;

/** A keeper at work on zones in memory, by a clock that the test moves. It has begun when the clock first moves. */
export function openStage(options: StageOptions): Stage {
    const { zones: seed, grants = [], rules: text = {}, more = {} } = options;
    const clock = virtualClock(NOW);
    const source = memorySource(grants);
    const zones = memoryZones(seed);
    const rules = parseRules(text);
    const events: AgentEvent[] = [];
    const record = async (event: AgentEvent) => {
        events.push(event);
        await more.record?.(event);
    };
    let starved = { untilMs: 0, purposes: ALL };
    const waitMs = (purpose: Purpose) =>
        starved.purposes.includes(purpose) ? Math.max(0, starved.untilMs - clock.now()) : 0;
    const mayAsk = (purpose: Purpose) => waitMs(purpose) === 0;
    const budget = { waitMs, mayAsk, perMinute: () => 600 };
    const stored: Remembered[] = options.stored === undefined ? [] : [options.stored];
    const store = {
        read: async () => stored.at(-1),
        write: async (now: Remembered) => void stored.push(now) as undefined,
    };
    const remembering = openMembershipMemory({ store, read: () => inForce.read() });
    const inForce = openGrantCache({
        source,
        remembering,
        known: () => remembering.memory()?.grants ?? [],
        clock,
        pollMs: 30_000,
        maxStaleMs: undefined,
        ...more,
        record,
    });
    const zoneIds = seed.map(({ id }) => id);
    let writes = 0;
    const newId = () => `w${++writes}`;
    const kept = openZoneTracker({ zones, zoneIds, budget, clock, newId, drift: "heal", ...more, record });
    let denied: { readonly list: readonly Denial[]; readonly version: number } = { list: [], version: 0 };
    const denials = { list: () => denied.list, version: () => denied.version };
    const { firstContact = "hold", isStateShared = false } = options;
    const deciding = openDecider({
        rules,
        firstContact,
        grants: inForce,
        remembering,
        isStateShared,
        denials,
        clock,
        record,
    });
    const results: (RoundResult | "failed")[] = [];
    const troubles: (Failure | undefined)[] = [];
    const told: InForce[] = [];
    const keeper = createLoop({
        grants: inForce,
        zones: kept,
        deciding,
        remembering,
        denials,
        rules,
        budget,
        clock,
        onRound: (result) => results.push(result),
        onTrouble: (trouble) => troubles.push(trouble),
        onInForce: async (now) => void told.push(now),
    });
    const [stop, lost] = [new AbortController(), new AbortController()];
    const begin = async () => {
        await inForce.restore(await remembering.restore());
        await keeper.run(stop.signal, lost.signal);
    };
    const ended = begin();
    ended.catch(() => {});
    return {
        keeper,
        kept,
        clock,
        source,
        zones,
        events,
        results,
        troubles,
        inForce: told,
        remembering,
        deciding,
        stored,
        starve(ms, purposes = ALL) {
            starved = { untilMs: clock.now() + ms, purposes };
        },
        deny(list) {
            denied = { list, version: denied.version + 1 };
            keeper.wake();
        },
        async overwrite(zoneId, gateways) {
            await zones.write(await zones.read(zoneId, NEVER), gateways, NEVER);
        },
        told: (type) => events.filter((event): event is never => event.type === type),
        ended,
        stop,
        lost,
        async [Symbol.asyncDispose]() {
            stop.abort();
            await ended.catch(() => {});
        },
    };
}
