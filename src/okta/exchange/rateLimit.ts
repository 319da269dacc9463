import { resetTimeMs } from "./retry";

/** Okta's rate limit for a kind of requests, as the headers of an answer state it. */
export interface RateLimit {
    /** Requests in a window. */
    readonly limit: number;
    /** How many of these are left. */
    readonly remaining: number;
    /** When the window ends, by Okta's clock. */
    readonly resetAtMs: number;
    /** The same in elapsed time: the time from the answer's `Date` to the reset, added to when the answer came. */
    readonly endsAtMs: number;
}

/** Okta's window (recorded); where an answer has no date, the window is taken to begin with the answer. */
const WINDOW_MS = 60_000;

/** Undefined where the headers state no limit. @param elapsedMs when the answer came */
export function rateLimitIn(headers: Headers, elapsedMs: number): RateLimit | undefined {
    const [limit, remaining] = ["x-rate-limit-limit", "x-rate-limit-remaining"].map((name) => headers.get(name) ?? "");
    const resetAtMs = resetTimeMs(headers.get("x-rate-limit-reset"));
    if (!/^\d+$/.test(limit ?? "") || !/^\d+$/.test(remaining ?? "") || resetAtMs === undefined) return undefined;
    const dateMs = Date.parse(headers.get("date") ?? "");
    const leftMs = Number.isNaN(dateMs) ? WINDOW_MS : Math.max(0, resetAtMs - dateMs);
    return { limit: Number(limit), remaining: Number(remaining), resetAtMs, endsAtMs: elapsedMs + leftMs };
}
