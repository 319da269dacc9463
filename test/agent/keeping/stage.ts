import { openDeciding } from "../../../src/agent/keeping/deciding";
import { type GrantsInForceOptions, openGrantsInForce, type Snapshot } from "../../../src/agent/keeping/grantsInForce";
import { createKeeper, type Keeper } from "../../../src/agent/keeping/keeper";
import type { InForce, RoundResult } from "../../../src/agent/keeping/rounds";
import type { Trouble } from "../../../src/agent/keeping/troubles";
import { openZonesKept, type ZonesKept, type ZonesKeptOptions } from "../../../src/agent/keeping/zonesKept";
import type { AgentEvent } from "../../../src/agent/telling/events";
import type { Grant } from "../../../src/core/grants/grants";
import { parseRules, type RulesText } from "../../../src/core/membership/rules";
import type { Purpose } from "../../../src/core/pace";
import type { SeedZone } from "../../okta/zones/contract";
import { NOW } from "../../support/grants";
import { type MemorySource, memorySource } from "../../support/memorySource";
import { type MemoryZones, memoryZones } from "../../support/memoryZones";
import { type VirtualClock, virtualClock } from "../../support/virtualClock";

export interface Stage extends AsyncDisposable {
    readonly keeper: Keeper;
    readonly kept: ZonesKept;
    readonly clock: VirtualClock;
    readonly source: MemorySource;
    readonly zones: MemoryZones;
    readonly events: readonly AgentEvent[];
    readonly results: readonly (RoundResult | "failed")[];
    readonly troubles: readonly (Trouble | undefined)[];
    readonly inForce: readonly InForce[];
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
    readonly stored?: Snapshot;
    readonly more?: Partial<GrantsInForceOptions & ZonesKeptOptions>;
}

const ALL: readonly Purpose[] = ["remove", "add", "look"];

/** A keeper at work on zones in memory, by a clock that the test moves. It has begun when the clock first moves. */
export function openStage({ zones: seed, grants = [], rules: text = {}, stored, more = {} }: StageOptions): Stage {
    const clock = virtualClock(NOW);
    const source = memorySource(grants);
    const zones = memoryZones(seed);
    const rules = parseRules(text);
    const events: AgentEvent[] = [];
    const record = async (event: AgentEvent) => {
        events.push(event);
        await more.record?.(event);
    };
    const store = { read: async () => stored, write: async () => {} };
    let starved = { untilMs: 0, purposes: ALL };
    const waitMs = (purpose: Purpose) =>
        starved.purposes.includes(purpose) ? Math.max(0, starved.untilMs - clock.now()) : 0;
    const budget = { waitMs, perMinute: () => 600 };
    const inForce = openGrantsInForce({
        source,
        store,
        clock,
        pollMs: 30_000,
        maxStaleMs: undefined,
        ...more,
        record,
    });
    const zoneIds = seed.map(({ id }) => id);
    let writes = 0;
    const newId = () => `w${++writes}`;
    const kept = openZonesKept({ zones, zoneIds, budget, clock, newId, drift: "heal", ...more, record });
    const deciding = openDeciding({ rules, grants: inForce, record });
    const results: (RoundResult | "failed")[] = [];
    const troubles: (Trouble | undefined)[] = [];
    const told: InForce[] = [];
    const keeper = createKeeper({
        grants: inForce,
        zones: kept,
        deciding,
        rules,
        budget,
        clock,
        onRound: (result) => results.push(result),
        onTrouble: (trouble) => troubles.push(trouble),
        onInForce: async (now) => void told.push(now),
    });
    const [stop, lost] = [new AbortController(), new AbortController()];
    const ended = inForce.restore().then(() => keeper.run(stop.signal, lost.signal));
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
        starve(ms, purposes = ALL) {
            starved = { untilMs: clock.now() + ms, purposes };
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
