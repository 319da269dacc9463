/** Both clocks of a machine at one moment, in milliseconds. */
export interface Clocks {
    /** Since 1970, by the wall clock. */
    readonly wallMs: number;
    /** Of a monotonic clock. */
    readonly elapsedMs: number;
}

/** The `Date` of an answer of Okta, written between two moments of elapsed time, in whole seconds. */
export interface DateSample {
    /** Milliseconds since 1970. */
    readonly dateMs: number;
    readonly sentAtMs: number;
    readonly receivedAtMs: number;
}

/** Bounds of real time minus elapsed time. `atMs` is the elapsed time at which they were this narrow. */
interface Bounds {
    readonly lowMs: number;
    readonly highMs: number;
    readonly atMs: number;
}

/** The state of the time; made by `startTime`, and changed only by the functions below. */
export interface CheckedTime {
    /** By Okta's answers; before the first one by the wall clock. */
    readonly bounds: Bounds;
    /** The value within the bounds that is used if the wall clock is not. */
    readonly offsetMs: number;
    readonly source: "okta" | "elapsed";
    /** The wall clock minus elapsed time when it was last checked; undefined before that. */
    readonly checkedWallMs: number | undefined;
    /** Whether the wall clock is too far off to be used. */
    readonly isApart: boolean;
    /** An answer that contradicts the bounds. It counts when a second one confirms it. */
    readonly disputed: DateSample | undefined;
}

/** The time at one moment. */
export interface TimeReading {
    /** Milliseconds since 1970. */
    readonly nowMs: number;
    /** How far the wall clock is ahead of Okta's time, in milliseconds; 0 before Okta has answered. */
    readonly aheadMs: number;
    /** If the wall clock is not used: how far it is ahead, and of which clock. */
    readonly departure: Departure | undefined;
    /** Whether a decision may use `nowMs`. If not, another `Date` of Okta may change it by more than a minute. */
    readonly isSettled: boolean;
}

export interface Departure {
    readonly byMs: number;
    /** `elapsed`: the wall clock was set, and no answer of Okta has confirmed it since. */
    readonly from: "okta" | "elapsed";
}

/** The wall clock is not used when it is further off than this. */
export const DEPARTS_MS = 60_000;

/** The clocks agree when they are no further apart than this, and two answers of Okta's confirm each other. */
export const AGREES_MS = 10_000;

/** The resolution of `Date` (RFC 9110, section 5.6.7). */
const DATE_STEP_MS = 1000;

/**
 * How much a clock that no time server corrects may gain or lose. Source: RFC 5905, section 7.1, 500 parts in a
 * million.
 */
const DRIFT = 500e-6;

/** A `Date` outside of these years is invalid. */
const [FIRST_MS, LAST_MS] = [Date.UTC(2020, 0), Date.UTC(2200, 0)];

/** An answer that took longer is too imprecise. */
const LONGEST_MS = 30_000;

/** The wall clock is used until Okta answers. */
export function startTime(clocks: Clocks): CheckedTime {
    const offsetMs = offsetOf(clocks);
    return {
        bounds: { lowMs: offsetMs, highMs: offsetMs, atMs: clocks.elapsedMs },
        offsetMs,
        source: "elapsed",
        checkedWallMs: undefined,
        isApart: false,
        disputed: undefined,
    };
}

/**
 * The time at one moment. Okta's time is extrapolated from its last answer by elapsed time.
 *
 *   wall clock is off by                     nowMs
 *   60 s or less, and was not apart          the wall clock
 *   more than 60 s                           Okta's time
 *   more than 10 s, and was apart            Okta's time
 *   10 s or less                             the wall clock
 *
 *   since Okta's last answer                                      isSettled
 *   there was none                                                no
 *   the wall clock moved by more than 60 s against elapsed time   no: it was set, or the machine was suspended
 *   one answer contradicts the time by more than 60 s             no
 *   otherwise                                                     yes
 */
export function timeAt(time: CheckedTime, clocks: Clocks): TimeReading {
    const { isApart, offsetMs, source, checkedWallMs, disputed } = afterClocks(time, clocks);
    const wallMs = offsetOf(clocks);
    const usedMs = isApart ? offsetMs : wallMs;
    const isContradicted = disputed !== undefined && Math.abs(outside(usedMs, boundsOf(disputed))) > DEPARTS_MS;
    const isSettled = !hasMoved(time, clocks) && !isContradicted;
    const byMs = wallMs - offsetMs;
    return {
        nowMs: isApart ? clocks.elapsedMs + offsetMs : clocks.wallMs,
        aheadMs: checkedWallMs === undefined && !isApart ? 0 : byMs,
        departure: isApart ? { byMs, from: isSettled ? source : "elapsed" } : undefined,
        isSettled,
    };
}

/** Detects that the wall clock became wrong, or is right again; to be called at each use of the time. */
export function afterClocks(time: CheckedTime, clocks: Clocks): CheckedTime {
    const bounds = widened(time.bounds, clocks.elapsedMs);
    const isApart = Math.abs(outside(offsetOf(clocks), bounds)) > (time.isApart ? AGREES_MS : DEPARTS_MS);
    return isApart === time.isApart ? time : { ...time, isApart };
}

/**
 * The state after an answer of Okta.
 *
 *   the answer                                                      it
 *   took more than 30 s, or its year is invalid                     is ignored
 *   agrees with the bounds (10 s)                                   narrows them
 *   agrees with the wall clock (60 s), which moved or was never
 *   checked: the machine was suspended, or the clock was corrected  replaces the bounds
 *   contradicts both; the previous answer confirms it, with an
 *   earlier Date                                                    replaces the bounds
 *   contradicts both                                                is disputed
 *
 * So a single wrong Date, of a proxy or a cache, changes nothing, nor does a constant one.
 */
export function afterOktaDate(time: CheckedTime, sample: DateSample, clocks: Clocks): CheckedTime {
    if (!isPlausible(sample)) return time;
    const seen = boundsOf(sample);
    const known = widened(time.bounds, seen.atMs);
    if (distance(seen, known) <= AGREES_MS && time.source === "okta") {
        const bounds = narrowed(known, seen);
        const offsetMs = Math.min(Math.max(time.offsetMs, bounds.lowMs), bounds.highMs);
        return accepted(time, { bounds, offsetMs }, clocks);
    }
    const agrees = distance(seen, known) <= AGREES_MS;
    const isCorrected = hasMoved(time, clocks) && Math.abs(outside(offsetOf(clocks), seen)) <= DEPARTS_MS;
    if (agrees || isCorrected || confirms(sample, time.disputed)) {
        return accepted(time, { bounds: seen, offsetMs: (seen.lowMs + seen.highMs) / 2 }, clocks);
    }
    return { ...time, disputed: sample };
}

/**
 * The state after several answers without a usable `Date`: elapsed time is used, as there is no other
 * source of time.
 */
export function afterNoDate(time: CheckedTime, clocks: Clocks): CheckedTime {
    const source = hasMoved(time, clocks) ? "elapsed" : time.source;
    return { ...time, source, checkedWallMs: offsetOf(clocks), disputed: undefined };
}

function accepted(time: CheckedTime, found: Pick<CheckedTime, "bounds" | "offsetMs">, clocks: Clocks): CheckedTime {
    const checkedWallMs = offsetOf(clocks);
    return afterClocks({ ...time, ...found, source: "okta", checkedWallMs, disputed: undefined }, clocks);
}

function offsetOf({ wallMs, elapsedMs }: Clocks): number {
    return wallMs - elapsedMs;
}

/** Whether the wall clock was set, or the machine suspended, since the last check; also true before the first. */
function hasMoved({ checkedWallMs }: CheckedTime, clocks: Clocks): boolean {
    return checkedWallMs === undefined || Math.abs(offsetOf(clocks) - checkedWallMs) > DEPARTS_MS;
}

function isPlausible({ dateMs, sentAtMs, receivedAtMs }: DateSample): boolean {
    const tookMs = receivedAtMs - sentAtMs;
    return FIRST_MS <= dateMs && dateMs < LAST_MS && 0 <= tookMs && tookMs <= LONGEST_MS;
}

function boundsOf({ dateMs, sentAtMs, receivedAtMs }: DateSample): Bounds {
    return { lowMs: dateMs - receivedAtMs, highMs: dateMs + DATE_STEP_MS - sentAtMs, atMs: receivedAtMs };
}

/** Whether a second answer confirms a disputed one. A constant Date is that of a cache. */
function confirms(sample: DateSample, disputed: DateSample | undefined): boolean {
    if (disputed === undefined || sample.dateMs < disputed.dateMs + DATE_STEP_MS) return false;
    return distance(boundsOf(sample), widened(boundsOf(disputed), sample.receivedAtMs)) <= AGREES_MS;
}

/** The bounds after some time, wider by the drift of elapsed time. */
function widened({ lowMs, highMs, atMs }: Bounds, elapsedMs: number): Bounds {
    const driftMs = Math.max(0, elapsedMs - atMs) * DRIFT;
    return { lowMs: lowMs - driftMs, highMs: highMs + driftMs, atMs: Math.max(atMs, elapsedMs) };
}

/** The intersection of both bounds; if it is empty, the new ones. */
function narrowed(known: Bounds, seen: Bounds): Bounds {
    if (distance(known, seen) > 0) return seen;
    const [lowMs, highMs] = [Math.max(known.lowMs, seen.lowMs), Math.min(known.highMs, seen.highMs)];
    return { lowMs, highMs, atMs: known.atMs };
}

/** How far apart two bounds are; 0 where they overlap. */
function distance(these: Bounds, those: Bounds): number {
    return Math.max(0, these.lowMs - those.highMs, those.lowMs - these.highMs);
}

/** How far a value is above the bounds, or below them as a negative number; 0 within. */
function outside(ms: number, { lowMs, highMs }: Bounds): number {
    return ms > highMs ? ms - highMs : Math.min(0, ms - lowMs);
}
