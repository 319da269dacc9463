import type { Clock } from "./clock";
import { fail } from "./core/errors/errors";
import { type Grant, nextChangeMs } from "./core/grants/grants";
import type { Unusable } from "./core/grants/grantsDocument";
import { type Decision, type DecisionInput, decideMembership } from "./core/membership/decide";
import type { Held } from "./core/membership/held";
import { isOfOtherZones, type Memory, type MemoryStore, NO_MEMORY } from "./core/membership/memory";
import { changes, type Plan, type Refusal, type ZoneNow, type ZonePlan } from "./core/membership/plan";
import type { Rules } from "./core/membership/rules";
import { writeOrder } from "./core/membership/writeOrder";
import { GATEWAY_LIMIT } from "./core/zones/zone";
import { setGateways } from "./okta/zones/setGateways";
import type { ZoneLock } from "./okta/zones/zoneLock";
import type { Zone, ZoneStore } from "./okta/zones/zones";
import type { GrantSource } from "./sources/source";

type DecidedBy = "isConfirmed" | "firstContact" | "denials" | "others" | "isBound" | "endsSessions" | "idOfUser";

export interface ReconcileOptions extends Pick<DecisionInput, DecidedBy> {
    readonly source: GrantSource;
    readonly zones: ZoneStore;
    readonly lock: ZoneLock;
    /** The shards of the membership, in order. */
    readonly zoneIds: readonly string[];
    readonly rules: Rules;
    /** Stores the memory from one round to the next. @default nothing is remembered */
    readonly memory?: MemoryStore;
    readonly clock: Pick<Clock, "now" | "sleep" | "elapsedMs">;
    readonly signal: AbortSignal;
    /** `plan` stops before anything is written. @default "write" */
    readonly mode?: "write" | "plan";
}

/** What happened, for people, logs and the next wait. */
export interface Round {
    readonly zones: readonly ZoneRound[];
    readonly active: number;
    readonly refused: readonly Refusal[];
    readonly unusable: readonly Unusable[];
    /** What stays in the zones until its removal is confirmed. */
    readonly held: readonly Held[];
    readonly nextChangeMs: number | undefined;
    /** The grants in effect, active or not, without denied ones. */
    readonly grants: readonly Grant[];
}

export interface ZoneRound extends ZonePlan {
    readonly name: string;
    readonly status: Zone["status"];
    readonly usage: Zone["usage"];
    readonly written: boolean;
}

/**
 * Makes the zones of a membership equal to its grants, once:
 *
 *   1. ask the source for the desired state: all grants;
 *   2. ask Okta for the actual state: the zones;
 *   3. decide, by what is remembered, what the zones become;
 *   4. remember it, write the zones that it changes, and read them back.
 *
 * A step that throws ends the round with the zones as they were. So a source
 * that cannot be read never empties a zone.
 */
export async function reconcile(options: ReconcileOptions): Promise<Round> {
    const { source, zones, lock, zoneIds, signal, clock, mode = "write" } = options;
    return lock(zoneIds, async () => {
        const remembered = await options.memory?.read();
        checkMembership(remembered?.memory, zoneIds);
        const reading = await source.read(signal);
        const actual = await Promise.all(zoneIds.map((id) => zones.read(id, signal)));
        const decision = decideMembership({
            ...options,
            memory: options.memory === undefined ? undefined : (remembered?.memory ?? NO_MEMORY),
            reading,
            zones: actual.map(zoneNow),
            nowMs: clock.now(),
            elapsedMs: clock.elapsedMs(),
        });
        if (mode === "write") {
            await options.memory?.write({ source: source.name, readAtMs: clock.now(), memory: decision.memory });
        }
        const written =
            mode === "write" ? await writePlan({ ...options, actual, plan: decision.plan }) : new Set<string>();
        return roundOf(decision, actual, written, {
            unusable: reading.unusable,
            nextChangeMs: nextChangeMs(decision.grants, clock.now()),
            grants: decision.grants,
        });
    });
}

/** @throws `bad-input` for a memory of another membership */
function checkMembership(memory: Memory | undefined, zoneIds: readonly string[]): void {
    if (memory === undefined || !isOfOtherZones(memory, zoneIds)) return;
    const others = Object.keys(memory.unknown).join(", ");
    fail("bad-input", `the state folder remembers the grants of other zones (${others}); give each membership its own`);
}

function roundOf(
    { plan, active, refused, held }: Decision,
    actual: readonly Zone[],
    written: ReadonlySet<string>,
    more: Pick<Round, "unusable" | "nextChangeMs" | "grants">,
): Round {
    const zones = plan.zones.map((zone, index) => ({
        ...zone,
        name: actual[index]?.name ?? zone.id,
        status: actual[index]?.status ?? "ACTIVE",
        usage: actual[index]?.usage ?? "POLICY",
        written: written.has(zone.id),
    }));
    return { zones, active, refused, held, ...more };
}

/** A zone that was read, with the limit that Okta sets. */
export function zoneNow({ id, usage, gateways }: Pick<Zone, "id" | "usage" | "gateways">): ZoneNow {
    return { id, gateways, limit: GATEWAY_LIMIT[usage] };
}

export interface WritePlanOptions {
    readonly zones: ZoneStore;
    readonly actual: readonly Zone[];
    readonly plan: Pick<Plan, "zones">;
    readonly clock: Pick<Clock, "sleep">;
    readonly signal: AbortSignal;
}

/**
 * Writes what the plan changes, zone by zone, in the order of `writeOrder`: an address that moves to another shard is
 * never outside both.
 *
 * @returns the ids of the zones that were written
 */
export async function writePlan({ zones, actual, plan, clock, signal }: WritePlanOptions): Promise<Set<string>> {
    const written = new Set<string>();
    for (const { id, gateways } of writeOrder(plan.zones.filter(changes), "enough")) {
        const zone = actual.find((each) => each.id === id);
        if (zone === undefined) continue;
        await setGateways({ zones, zone, gateways, sleep: clock.sleep, signal });
        written.add(id);
    }
    return written;
}
