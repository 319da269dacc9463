/**
 * A token bucket for requests. No period of a minute has more than `perMinute` of them:
 * the capacity is half of that, and the other half is refilled over the minute. So the
 * first change after a quiet time is written immediately, and a burst of changes is
 * spread over time, with more changes in each write.
 */
export interface Pace {
    readonly tokens: number;
    /** The time of this level, in milliseconds. */
    readonly atMs: number;
}

/**
 * The purpose of a request. When the bucket is low, removals come before additions,
 * and both come before reads.
 */
export type Purpose = "remove" | "add" | "look";

/** The tokens that each purpose leaves for purposes with priority. */
const RESERVE: Readonly<Record<Purpose, number>> = { remove: 0, add: 1, look: 2 };

const MINUTE_MS = 60_000;

/** The rounding error within which the bucket counts as full enough. */
const ROUNDING = 1e-9;

/** With fewer requests a minute, there would never be enough tokens for a read. */
const LEAST_PER_MINUTE = 8;

/** The most requests in a minute for a share of the org's limit, in percent. */
export function perMinuteOf(limit: number, sharePercent: number): number {
    return Math.max(LEAST_PER_MINUTE, Math.floor((limit * sharePercent) / 100));
}

export function fullPace(perMinute: number, nowMs: number): Pace {
    return { tokens: perMinute / 2, atMs: nowMs };
}

/** The bucket now. A clock that was set back refills nothing. */
export function paceAt({ tokens, atMs }: Pace, perMinute: number, nowMs: number): Pace {
    const gained = (Math.max(0, nowMs - atMs) / MINUTE_MS) * (perMinute / 2);
    return { tokens: Math.min(perMinute / 2, tokens + gained), atMs: nowMs };
}

/** The bucket after a request. It may go below zero, as every request counts, planned or not. */
export function spend(pace: Pace, perMinute: number, nowMs: number): Pace {
    const { tokens } = paceAt(pace, perMinute, nowMs);
    return { tokens: tokens - 1, atMs: nowMs };
}

/**
 * How long until there are enough tokens for such a request, in milliseconds; 0 for now.
 *
 * @param before The number of requests with priority. @default none
 */
export function paceWaitMs(pace: Pace, perMinute: number, nowMs: number, purpose: Purpose, before = 0): number {
    const missing = 1 + RESERVE[purpose] + before - paceAt(pace, perMinute, nowMs).tokens;
    return missing <= ROUNDING ? 0 : Math.ceil((missing / (perMinute / 2)) * MINUTE_MS);
}
