import type { Clock } from "../../clock";
import { hasCode } from "../../core/errors/errors";
import type { ZonePlan } from "../../core/membership/plan";
import type { Purpose } from "../../core/pace";
import type { ZoneStore } from "../../okta/zones/zones";
import type { RecordEvent } from "../events/events";
import { tellFailure } from "../events/format";
import type { AddressChange } from "../events/zoneEvents";
import type { Budget } from "../requestBudget";
import { type KnownZones, noKnownZones } from "./knownZones";
import { eventsOfLook, isWorthARound } from "./observationEvents";
import { afterLook, afterLoss, afterSilence, afterWrite, type PendingWrite, unread, type ZoneState } from "./zoneState";

export interface ZoneTrackerOptions {
    readonly zones: ZoneStore;
    /** The shards of the membership, in order. */
    readonly zoneIds: readonly string[];
    readonly budget: Pick<Budget, "mayAsk" | "perMinute">;
    readonly clock: Clock;
    readonly record: RecordEvent;
    /** Names a write, differently each time. */
    readonly newId: () => string;
    /** Whether what somebody else wrote is undone. */
    readonly drift: "heal" | "report";
    /** Who else wrote a zone last, where that is known. @default none */
    readonly lastWriter?: (zoneId: string) => string | undefined;
    /** Zones that an earlier process has seen. @default none */
    readonly seen?: KnownZones;
}

/** The zones of the membership: what they are taken to hold, looks at them, and writes. */
export interface ZoneTracker {
    beliefs(): readonly ZoneState[];
    /** Whether a decision can go on from what is known; if not, look first. */
    isKnown(): boolean;
    /** When to look at some zone next. */
    nextLookMs(): number;
    /**
     * Looks at the zones that are due, as far as the budget goes.
     *
     * @param purpose What the looks are for: those that a write waits for are as urgent as the write.
     * @returns how many there were, and whether a decision is due because of them
     * @throws `okta-*`; `zone-missing` and `zone-unfit` for a zone that was never seen, by no process
     */
    look(purpose: Purpose, signal: AbortSignal): Promise<{ readonly looks: number; readonly isWorth: boolean }>;
    /** Looks at all of them soon: somebody may have written one. */
    hint(): void;
    /** The clock was set back: nobody can tell any more how old a read is, nor when the next one is due. */
    forgetTimes(): void;
    /**
     * Nothing that was believed holds any longer: another agent may have led.
     *
     * @param unsettled The last write of each zone, by its id, of which nobody knows what became.
     */
    forget(unsettled: ReadonlyMap<string, PendingWrite>): void;
    /** Writes one zone and does not verify it: a look does. @throws `okta-*`, `zone-*` */
    write(plan: ZonePlan, why: WriteReason, signal: AbortSignal): Promise<void>;
}

export interface WriteReason {
    readonly changes: readonly AddressChange[];
    /** When the source's event came that the write answers, in milliseconds. */
    readonly sinceMs: number | undefined;
    /** When the first of the grants reached its end that the write takes out, in milliseconds. */
    readonly endedMs: number | undefined;
}

/**
 * How old a read may be for a write to go on from it, since what the zone is called, say, goes back as it was
 * read. Twice the time between two looks where that is more, or with many zones none would ever be young enough.
 */
const TRUST_MS = 60_000;

/** How often to look at a zone that shows what it should, if the budget allows. */
const LOOK_EVERY_MS = 30_000;

/** Failures of a write after which Okta has surely not carried it out. */
const NOT_CARRIED_OUT = [
    "okta-throttled",
    "okta-refused",
    "okta-forbidden",
    "okta-unauthorized",
    "zone-missing",
    "zone-unfit",
    "bad-input",
    "bad-range",
] as const;

export function openZoneTracker(options: ZoneTrackerOptions): ZoneTracker {
    const { zones, zoneIds, budget, clock, record, seen = noKnownZones } = options;
    const beliefs = new Map(zoneIds.map((id) => [id, unread(id)]));
    const all = () => [...beliefs.values()];
    /** Whether a look has shown what a decision is due for: outlasts a line that cannot be written, and a look that fails. */
    let isWorth = false;
    const isBlind = ({ state, readAtMs }: ZoneState) =>
        state === "unread" ||
        state === "open" ||
        (state !== "gone" && clock.now() - readAtMs > Math.max(TRUST_MS, 2 * everyMs()));
    const isDue = (belief: ZoneState) => isBlind(belief) || belief.lookAtMs <= clock.now();
    // Half of the budget is for looks, so many zones are looked at less often.
    const everyMs = () => Math.max(LOOK_EVERY_MS, (zoneIds.length * 120_000) / budget.perMinute());

    /** Those without which there is no decision, the oldest first: with few requests, the first are due again before the last. */
    const byUrgency = (one: ZoneState, other: ZoneState) =>
        Number(isBlind(other)) - Number(isBlind(one)) || one.readAtMs - other.readAtMs || 0;

    /** The other zones go on without one that is gone; one that was never there is a mistake in the settings. */
    async function lose(belief: ZoneState, error: unknown): Promise<boolean> {
        if (!hasCode(error, "zone-missing", "zone-unfit")) return false;
        if (belief.zone === undefined && !(await seen.has(belief.id))) return false;
        beliefs.set(belief.id, afterLoss(belief, tellFailure(error).why, clock.now()));
        if (belief.state !== "gone") await record({ type: "zone.lost", zone: belief.id, ...tellFailure(error) });
        return true;
    }

    async function lookAt(before: ZoneState, signal: AbortSignal): Promise<void> {
        const zone = await zones.read(before.id, signal).catch(async (error: unknown) => {
            if (await lose(before, error)) return undefined;
            throw error;
        });
        if (zone === undefined) {
            isWorth ||= before.state !== "gone";
            return;
        }
        const { belief, sighting } = afterLook(before, zone, clock.now(), everyMs());
        beliefs.set(before.id, belief);
        isWorth ||= isWorthARound(sighting, options.drift);
        await seen.add(before.id);
        if (before.state === "gone") await record({ type: "zone.found", zone: before.id });
        for (const event of eventsOfLook(before.id, sighting, zone, options.drift, options.lastWriter?.(before.id)))
            await record(event);
    }

    return {
        beliefs: all,
        isKnown: () => !all().some(isBlind),
        nextLookMs: () =>
            isWorth ? -Infinity : Math.min(...all().map((belief) => (isBlind(belief) ? -Infinity : belief.lookAtMs))),
        async look(purpose, signal) {
            let looks = 0;
            for (const belief of all().filter(isDue).sort(byUrgency)) {
                if (!budget.mayAsk(purpose)) break;
                await lookAt(belief, signal);
                looks++;
            }
            const wasWorth = isWorth;
            isWorth = false;
            return { looks, isWorth: wasWorth };
        },
        hint() {
            for (const belief of all()) beliefs.set(belief.id, { ...belief, lookAtMs: -Infinity });
        },
        forgetTimes() {
            for (const belief of all()) beliefs.set(belief.id, { ...belief, lookAtMs: -Infinity, readAtMs: -Infinity });
        },
        forget(unsettled) {
            for (const { id, zone } of all()) beliefs.set(id, { ...unread(id, unsettled.get(id)), zone });
        },
        async write({ id, gateways }, reason, signal) {
            const belief = beliefs.get(id);
            if (belief?.zone === undefined) return;
            const write = { id: options.newId(), before: belief.zone.gateways, after: gateways };
            const named = { write: write.id, zone: id };
            const { before, after } = write;
            await record({ type: "write.intended", ...named, before, after, changes: reason.changes });
            const receipt = await zones.write(belief.zone, gateways, signal).catch(async (error: unknown) => {
                const isOpen = !hasCode(error, ...NOT_CARRIED_OUT);
                if (isOpen) beliefs.set(id, afterSilence(belief, write, clock.now()));
                await lose(belief, error);
                await record({ type: "write.failed", ...named, isOpen, ...tellFailure(error) });
                throw error;
            });
            beliefs.set(id, afterWrite(belief, belief.zone, write, clock.now()));
            await record({ type: "write.accepted", ...named, ...receipt, ...timesOf(reason, clock.now()) });
        },
    };
}

function timesOf({ sinceMs, endedMs }: WriteReason, nowMs: number) {
    return {
        ...(sinceMs !== undefined && { latencySeconds: Math.max(0, nowMs - sinceMs) / 1000 }),
        ...(endedMs !== undefined && { overstaySeconds: Math.max(0, nowMs - endedMs) / 1000 }),
    };
}
