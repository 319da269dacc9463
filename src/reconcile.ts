import type { Clock } from "./clock";
import { nextChangeMs, selectedGrants } from "./core/grants/grants";
import type { Reading, Unusable } from "./core/grants/grantsDocument";
import { changes, type Plan, planGateways, type Refusal, type ZonePlan } from "./core/membership/plan";
import type { Rules } from "./core/membership/rules";
import { GATEWAY_LIMIT } from "./core/zones/zone";
import { setGateways } from "./okta/zones/setGateways";
import type { ZoneLock } from "./okta/zones/zoneLock";
import type { Zone, ZoneStore } from "./okta/zones/zones";
import type { GrantSource } from "./sources/source";

export interface ReconcileOptions {
    readonly source: GrantSource;
    readonly zones: ZoneStore;
    readonly lock: ZoneLock;
    /** The shards of the membership, in order. */
    readonly zoneIds: readonly string[];
    readonly rules: Rules;
    /** Whether somebody confirmed a change that `maxRemovals` would hold. @default false */
    readonly isConfirmed?: boolean;
    readonly clock: Clock;
    readonly signal: AbortSignal;
    /** `plan` stops before the write. @default "write" */
    readonly mode?: "write" | "plan";
}

/** What happened, for people, logs and the next wait. */
export interface Round {
    readonly zones: readonly ZoneRound[];
    readonly active: number;
    readonly refused: readonly Refusal[];
    readonly unusable: readonly Unusable[];
    /** What `maxRemovals` kept in the zones. */
    readonly held: readonly string[];
    readonly nextChangeMs: number | undefined;
}

export interface ZoneRound extends ZonePlan {
    readonly name: string;
    readonly status: Zone["status"];
    readonly usage: Zone["usage"];
    readonly written: boolean;
}

/**
 * Brings the zones of a membership to its grants, once:
 *
 *   1. ask the source for the desired state: all grants;
 *   2. ask Okta for the actual state: the zones;
 *   3. plan the way from the actual to the desired;
 *   4. write the zones that the plan changes, and read them back.
 *
 * A step that throws ends the round with the zones as they were. So a source
 * that cannot be read never empties a zone.
 */
export async function reconcile(options: ReconcileOptions): Promise<Round> {
    const { source, zones, lock, zoneIds, signal, clock, mode = "write" } = options;
    return lock(zoneIds, async () => {
        const reading = await source.read(signal);
        const actual = await Promise.all(zoneIds.map((id) => zones.read(id, signal)));
        const plan = decide({ ...options, reading, actual, nowMs: clock.now() });
        const written = mode === "write" ? await writePlan({ ...options, actual, plan }) : new Set<string>();
        return {
            zones: plan.zones.map((zone, index) => ({
                ...zone,
                name: actual[index]?.name ?? zone.id,
                status: actual[index]?.status ?? "ACTIVE",
                usage: actual[index]?.usage ?? "POLICY",
                written: written.has(zone.id),
            })),
            active: plan.active,
            refused: plan.refused,
            unusable: reading.unusable,
            held: plan.held,
            nextChangeMs: nextChangeMs(reading.grants, clock.now()),
        };
    });
}

export interface DecideOptions {
    readonly reading: Reading;
    readonly actual: readonly Pick<Zone, "id" | "usage" | "gateways">[];
    readonly rules: Rules;
    readonly nowMs: number;
    readonly isConfirmed?: boolean;
}

/** The plan for zones that were read, with the limits that Okta and people set. */
export function decide({ reading, actual, rules, nowMs, isConfirmed = false }: DecideOptions): Plan {
    return planGateways({
        zones: actual.map(({ id, usage, gateways }) => ({ id, gateways, limit: GATEWAY_LIMIT[usage] })),
        grants: selectedGrants(reading.grants, rules.selector),
        nowMs,
        staticGateways: rules.staticGateways,
        deny: rules.deny,
        timeToLive: rules.timeToLive,
        maxRemovals: rules.maxRemovals,
        isConfirmed,
    });
}

export interface WritePlanOptions {
    readonly zones: ZoneStore;
    readonly actual: readonly Zone[];
    readonly plan: Pick<Plan, "zones">;
    readonly clock: Clock;
    readonly signal: AbortSignal;
}

/**
 * Writes what the plan changes, zone by zone. Zones that gain come first, so
 * that an address that moves to another shard is never outside of both.
 *
 * @returns the ids of the zones that were written
 */
export async function writePlan({ zones, actual, plan, clock, signal }: WritePlanOptions): Promise<Set<string>> {
    const written = new Set<string>();
    const changed = plan.zones.filter(changes).sort((a, b) => Number(b.add.length > 0) - Number(a.add.length > 0));
    for (const { id, gateways } of changed) {
        const zone = actual.find((each) => each.id === id);
        if (zone === undefined) continue;
        await setGateways({ zones, zone, gateways, sleep: clock.sleep, signal });
        written.add(id);
    }
    return written;
}
