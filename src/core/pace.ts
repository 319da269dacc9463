/**
 * A purse of requests that fills by itself, so that no minute, wherever it begins,
 * sees more than `perMinute` of them: half may be spent at once, and the other half
 * comes in over the minute. The first change after a quiet time goes out at once,
 * and a flood of changes is spread, so that each write carries more of them.
 */
export interface Pace {
    readonly tokens: number;
    /** When that was true, in milliseconds. */
    readonly atMs: number;
}

/**
 * What a request is for. When the purse is short, whoever has to go comes before
 * whoever wants in, and both come before a look.
 */
export type Purpose = "remove" | "add" | "look";

/** Requests that each purpose leaves to those before it. */
const RESERVE: Readonly<Record<Purpose, number>> = { remove: 0, add: 1, look: 2 };

const MINUTE_MS = 60_000;

/** What is filled bit by bit may be short by so much after just the time that it takes; what is spent stays owed. */
const ROUNDING = 1e-9;

/** With fewer requests a minute, a look would never find enough in the purse. */
const LEAST_PER_MINUTE = 8;

/** The most requests in a minute for a share of the org's limit, in percent. */
export function perMinuteOf(limit: number, sharePercent: number): number {
    return Math.max(LEAST_PER_MINUTE, Math.floor((limit * sharePercent) / 100));
}

export function fullPace(perMinute: number, nowMs: number): Pace {
    return { tokens: perMinute / 2, atMs: nowMs };
}

/** The purse as it is now. A clock that was set back fills nothing. */
export function paceAt({ tokens, atMs }: Pace, perMinute: number, nowMs: number): Pace {
    const gained = (Math.max(0, nowMs - atMs) / MINUTE_MS) * (perMinute / 2);
    return { tokens: Math.min(perMinute / 2, tokens + gained), atMs: nowMs };
}

/** The purse after a request. It may go below zero: a request that was made counts, whether it was planned or not. */
export function spend(pace: Pace, perMinute: number, nowMs: number): Pace {
    const { tokens } = paceAt(pace, perMinute, nowMs);
    return { tokens: tokens - 1, atMs: nowMs };
}

/**
 * How long until there is enough for such a request, in milliseconds; 0 for now.
 *
 * @param before Requests that come before it. @default none
 */
export function paceWaitMs(pace: Pace, perMinute: number, nowMs: number, purpose: Purpose, before = 0): number {
    const missing = 1 + RESERVE[purpose] + before - paceAt(pace, perMinute, nowMs).tokens;
    return missing <= ROUNDING ? 0 : Math.ceil((missing / (perMinute / 2)) * MINUTE_MS);
}
