import { hasCode } from "../../core/errors/errors";
import { backoffMs } from "../../core/time/backoff";

/** What went wrong, by its name and in a sentence, and when. */
export interface Failure {
    readonly code: string;
    readonly message: string;
    readonly at: string;
}

const PAUSES = { firstMs: 1000, longestMs: 60_000 };

/**
 * How long to leave Okta alone after one more failure, beside so many in a row before it.
 *
 * @param windowMs How long Okta's rate limit keeps the agent from asking.
 * @param random From 0 up to, but not including, 1.
 */
export function pauseAfter(error: unknown, failures: number, windowMs: number, random: number): number {
    const ms = backoffMs(failures + 1, PAUSES, 0);
    return (hasCode(error, "okta-throttled") ? Math.max(ms, windowMs) : ms) * (1 + random / 4);
}
