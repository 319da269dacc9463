import { hasCode } from "../../core/errors/errors";
import type { Zone } from "../../okta/zones/zones";
import { tellFailure } from "../events/format";
import { effectOfLook, eventsOfLook, isWorthARound } from "../zones/observationEvents";
import { afterLook, afterLoss, type PendingWrite, unread, type ZoneState } from "../zones/zoneState";
import type { Known } from "./grantsNow";
import type { RecordTask, ZoneTask } from "./lanes";
import { line } from "./source";
import type { Turn } from "./turn";

/**
 * How old a read may be for a write to go on from it, since what the zone is called, say, goes back as it was
 * read. Twice the time between two looks where that is more, or with many zones none would ever be young enough.
 */
const TRUST_MS = 60_000;

/**
 * How old a read may be for a write to go on from it at once. With an older one the zone is looked at once more: what a
 * person did meanwhile, such as a deactivation, would be undone.
 */
const FRESH_MS = 1000;

/** How often to look at a zone that shows what it should, if the budget allows. */
const LOOK_EVERY_MS = 30_000;

/** Half of the budget is for looks, so many zones are looked at less often. */
function everyMs({ settings, moment }: Known): number {
    return Math.max(LOOK_EVERY_MS, (settings.zoneIds.length * 120_000) / moment.requestsPerMinute());
}

/** Whether too little is known of a zone for a decision to go on from. */
function isBlind(known: Known, { state, readAtMs }: ZoneState): boolean {
    if (state === "unread" || state === "open") return true;
    return state !== "gone" && known.moment.nowMs - readAtMs > Math.max(TRUST_MS, 2 * everyMs(known));
}

/** Whether a decision can go on from what is known; if not, look first. */
export function areZonesKnown(known: Known): boolean {
    return !known.state.zones.some((zone) => isBlind(known, zone));
}

/** Whether to look at a zone once more before it is written. Where requests are few, writes need them more. */
export function isWorthALook({ moment }: Known, { readAtMs }: ZoneState): boolean {
    return moment.nowMs - readAtMs > FRESH_MS && moment.waitMs("look") === 0;
}

/** When to look at some zone next, in milliseconds. */
export function nextLookMs(known: Known): number {
    const { isLookWorthARound, zones } = known.state;
    if (isLookWorthARound) return -Infinity;
    return Math.min(...zones.map((zone) => (isBlind(known, zone) ? -Infinity : zone.lookAtMs)));
}

/** Those without which there is no decision first, then the oldest: with few requests, the first are due again before the last. */
export function zonesToLookAt(known: Known): readonly string[] {
    const blind = (zone: ZoneState) => Number(isBlind(known, zone));
    return known.state.zones
        .filter((zone) => isBlind(known, zone) || zone.lookAtMs <= known.moment.nowMs)
        .sort((one, other) => blind(other) - blind(one) || one.readAtMs - other.readAtMs || 0)
        .map(({ id }) => id);
}

export function zoneOf({ state }: Pick<Known, "state">, id: string): ZoneState {
    return state.zones.find((zone) => zone.id === id) ?? unread(id);
}

export function setZone(turn: Turn, changed: ZoneState): void {
    const zones = turn.state.zones.map((zone) => (zone.id === changed.id ? changed : zone));
    turn.state = { ...turn.state, zones };
}

/** What Okta showed. @returns what is to be done because of it */
export function looked(turn: Turn, id: string, seen: Zone): readonly ZoneTask[] {
    const { settings, moment } = turn;
    const before = zoneOf(turn, id);
    const { next, observation } = afterLook(before, seen, moment.nowMs, everyMs(turn));
    setZone(turn, next);
    if (isWorthARound(observation, settings.drift)) turn.state = { ...turn.state, isLookWorthARound: true };
    return [
        { do: "mark-seen", zone: id },
        ...(before.state === "gone" ? [line({ type: "zone.found", zone: id })] : []),
        ...effectOfLook(id, before.zone, seen, moment.lastWriter(id)).map(line),
        ...eventsOfLook(id, observation, seen, settings.drift, moment.lastWriter(id)).map(line),
    ];
}

/**
 * The other zones go on without one that is gone; one that was never there is a mistake in the settings.
 *
 * @param isSeen Whether it was there ever, by any process.
 * @returns the lines that it is worth; undefined where it is not gone
 */
export function lost(turn: Turn, id: string, error: unknown, isSeen: boolean): readonly RecordTask[] | undefined {
    if (!hasCode(error, "zone-missing", "zone-unfit")) return undefined;
    const before = zoneOf(turn, id);
    if (before.zone === undefined && !isSeen) return undefined;
    setZone(turn, afterLoss(before, tellFailure(error).why, turn.moment.nowMs));
    return before.state === "gone" ? [] : [line({ type: "zone.lost", zone: id, ...tellFailure(error) })];
}

/** Another writer may have changed a zone: all are looked at soon. */
export function suspect(turn: Turn): void {
    const zones = turn.state.zones.map((zone) => ({ ...zone, lookAtMs: -Infinity }));
    turn.state = { ...turn.state, zones };
}

/** The clock was set back: nobody can tell any more how old a read is, nor when the next one is due. */
export function forgetReadTimes(turn: Turn): void {
    const zones = turn.state.zones.map((zone) => ({ ...zone, lookAtMs: -Infinity, readAtMs: -Infinity }));
    turn.state = { ...turn.state, zones };
}

/**
 * Nothing that was believed holds any longer: another agent may have led.
 *
 * @param unsettled The last write of each zone, by its id, of which nobody knows what became.
 */
export function forgetZones(turn: Turn, unsettled: ReadonlyMap<string, PendingWrite>): void {
    const zones = turn.state.zones.map(({ id, zone }) => ({ ...unread(id, unsettled.get(id)), zone }));
    turn.state = { ...turn.state, zones };
}
