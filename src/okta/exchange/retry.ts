import { type BackoffLimits, backoffMs } from "../../core/time/backoff";

/** The headers of a 429, and how many this request has received before. */
export interface Throttle {
    /** The header `X-Rate-Limit-Reset`: whole seconds since 1970, by Okta's clock. */
    readonly reset: string | null;
    /** The header `Date` of the same answer, by the same clock, so that this machine's clock does not matter. */
    readonly date: string | null;
    /** 0 for the first 429 of a request. */
    readonly attempt: number;
    /** Jitter; from 0 up to, but not including, 1. */
    readonly random: number;
}

/** The pauses after a 429 that does not state a reset. */
const UNTOLD = { firstMs: 1000, longestMs: 60_000 };

/** Okta's window is 60 s. A reset further away than this is invalid, such as one in milliseconds. */
const LONGEST_WINDOW_MS = 10 * 60_000;

/**
 * How long to wait after a 429, in milliseconds, at least 1000.
 *
 *   reset        date       wait
 *   in 8 s       present    9 s, and up to 1 s at random
 *   in the past  present    1 s, and up to 1 s at random
 *   missing, doubled ("a, b"), nonsense, or no date
 *                           1 s, 2 s, 4 s … and up to a quarter more at random, at most 60 s
 *
 * Source of the formula: all official SDKs of Okta wait from Date to Reset and one second more.
 */
export function throttleWaitMs({ reset, date, attempt, random }: Throttle): number {
    const resetMs = resetTimeMs(reset);
    const dateMs = Date.parse(date ?? "");
    const untilReset = resetMs === undefined ? Number.NaN : resetMs - dateMs + 1000;
    if (Number.isNaN(untilReset) || untilReset > LONGEST_WINDOW_MS) {
        return Math.min(backoffMs(attempt + 1, UNTOLD, random), UNTOLD.longestMs);
    }
    return Math.max(untilReset, 1000) + Math.round(random * 1000);
}

/** The moment in an `X-Rate-Limit-Reset`, in milliseconds since 1970; undefined where it holds no single moment. */
export function resetTimeMs(reset: string | null): number | undefined {
    return reset !== null && /^\d{9,11}$/.test(reset.trim()) ? Number(reset) * 1000 : undefined;
}

/** The pauses after a 5xx or a lost connection: 250 ms, 500 ms, 1 s, and so on. */
export const LOST: BackoffLimits = { firstMs: 250 };
