import type { AgentEvent, RecordEvent } from "../../../src/agent/events/events";
import { openMembershipMemory } from "../../../src/agent/memory/membershipMemory";
import type { RoundResult } from "../../../src/agent/reconciler/event";
import type { Failure } from "../../../src/agent/reconciler/failures";
import type { InForce } from "../../../src/agent/reconciler/inForce";
import { openReconciler, type Reconciler } from "../../../src/agent/reconciler/reconciler";
import type { ReconcilerState } from "../../../src/agent/reconciler/state";
import type { Budget } from "../../../src/agent/requestBudget";
import { type KnownZones, noKnownZones } from "../../../src/agent/zones/knownZones";
import type { Grant } from "../../../src/core/grants/grants";
import type { Denial } from "../../../src/core/membership/denials";
import type { Remembered } from "../../../src/core/membership/memory";
import { parseRules, type RulesText } from "../../../src/core/membership/rules";
import type { Purpose } from "../../../src/core/pace";
import type { GrantSource } from "../../../src/sources/source";
import type { SeedZone } from "../../okta/zones/contract";
import { NOW } from "../../support/grants";
import { type MemorySource, memorySource } from "../../support/memorySource";
import { type MemoryZones, memoryZones } from "../../support/memoryZones";
import { momentAt } from "../../support/moment";
import { type VirtualClock, virtualClock } from "../../support/virtualClock";

export interface Stage extends AsyncDisposable {
    readonly reconciler: Reconciler;
    state(): ReconcilerState;
    readonly clock: VirtualClock;
    readonly source: MemorySource;
    readonly zones: MemoryZones;
    readonly events: readonly AgentEvent[];
    readonly results: readonly (RoundResult | "failed")[];
    readonly troubles: readonly (Failure | undefined)[];
    readonly inForce: readonly InForce[];
    /** Each memory that the agent wrote down, the latest last. */
    readonly stored: readonly Remembered[];
    /** Replaces the denials in force, as the kill switch does. */
    deny(denials: readonly Denial[]): void;
    /** Another writer replaces the gateways of a zone. */
    overwrite(zoneId: string, gateways: readonly string[]): Promise<void>;
    /** Lets the budget say no to requests for these purposes, or to all, for so long from now. */
    starve(ms: number, purposes?: readonly Purpose[]): void;
    /** What was recorded of one type, in order. */
    told<Type extends AgentEvent["type"]>(type: Type): readonly Extract<AgentEvent, { readonly type: Type }>[];
    /** Rejects with what ended the reconciler, if something did. */
    readonly ended: Promise<void>;
    /** Leads again, with what was remembered. */
    leadAgain(stop: AbortSignal): Promise<void>;
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
    readonly more?: More;
}

export interface More {
    readonly source?: GrantSource;
    readonly record?: RecordEvent;
    readonly seen?: KnownZones;
    readonly budget?: Pick<Budget, "waitMs" | "mayAsk" | "perMinute">;
    readonly drift?: "heal" | "report";
    readonly maxStaleMs?: number;
}

const ALL: readonly Purpose[] = ["remove", "add", "look"];

const NEVER = new AbortController().signal;

/** A reconciler at work on zones in memory, by a clock that the test moves. It has begun when the clock first moves. */
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
    const { budget = { waitMs, mayAsk, perMinute: () => 600 }, drift = "heal", seen = noKnownZones } = more;
    const stored: Remembered[] = options.stored === undefined ? [] : [options.stored];
    const store = {
        read: async () => stored.at(-1),
        write: async (now: Remembered) => void stored.push(now) as undefined,
    };
    const { name: sourceName } = more.source ?? source;
    const remembering = openMembershipMemory({
        store,
        read: () => ({ source: sourceName, readAtMs: state().source.lastReadAtMs }),
    });
    let writes = 0;
    let denied: { readonly list: readonly Denial[]; readonly version: number } = { list: [], version: 0 };
    const { firstContact = "hold", isStateShared = false } = options;
    const results: (RoundResult | "failed")[] = [];
    const troubles: (Failure | undefined)[] = [];
    const told: InForce[] = [];
    const reconciler = openReconciler(
        {
            zoneIds: seed.map(({ id }) => id),
            rules,
            drift,
            firstContact,
            isBound: false,
            endsSessions: false,
            isStateShared,
            sourceName,
            pollMs: 30_000,
            maxStaleMs: more.maxStaleMs,
            toldOf: undefined,
        },
        {
            source: more.source ?? source,
            zones,
            seen,
            remembering,
            record,
            budget,
            unsettled: async () => new Map(),
            settleTime: async () => {},
            newId: () => `w${++writes}`,
            clock,
            moment: () =>
                momentAt(clock.now(), {
                    elapsedMs: clock.elapsedMs(),
                    random: clock.random,
                    waitMs: budget.waitMs,
                    requestsPerMinute: budget.perMinute,
                    denials: denied,
                }),
            onRound: (result) => results.push(result),
            onTrouble: (trouble) => troubles.push(trouble),
            onInForce: async (now) => void told.push(now),
            onDecided: () => {},
        },
    );
    const state = () => reconciler.known().state;
    const [stop, lost] = [new AbortController(), new AbortController()];
    const lead = async (until: AbortSignal, lostLead: AbortSignal) =>
        reconciler.lead(until, lostLead, { remembered: await remembering.restore(), heard: undefined });
    const ended = lead(stop.signal, lost.signal);
    ended.catch(() => {});
    return {
        reconciler,
        state,
        clock,
        source,
        zones,
        events,
        results,
        troubles,
        inForce: told,
        stored,
        starve(ms, purposes = ALL) {
            starved = { untilMs: clock.now() + ms, purposes };
        },
        deny(list) {
            denied = { list, version: denied.version + 1 };
            reconciler.hint();
        },
        async overwrite(zoneId, gateways) {
            await zones.write(await zones.read(zoneId, NEVER), gateways, NEVER);
        },
        told: (type) => events.filter((event): event is never => event.type === type),
        ended,
        leadAgain: (until) => lead(until, new AbortController().signal),
        stop,
        lost,
        async [Symbol.asyncDispose]() {
            stop.abort();
            await ended.catch(() => {});
        },
    };
}
