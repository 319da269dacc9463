import { hasCode } from "../../core/errors/errors";

/** What went wrong, by its name and in a sentence, and when. */
export interface Failure {
    readonly code: string;
    readonly message: string;
    readonly at: string;
}

/** The shortest and the longest wait after a round that failed, in milliseconds. */
const [FIRST_PAUSE_MS, LAST_PAUSE_MS] = [1000, 60_000];

/**
 * How long to leave Okta alone after so many failures in a row.
 *
 * @param windowMs How long Okta's rate limit keeps the agent from asking.
 * @param random From 0 up to, but not including, 1.
 */
export function pauseAfter(error: unknown, failures: number, windowMs: number, random: number): number {
    const ms = Math.min(LAST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(failures, 10));
    return (hasCode(error, "okta-throttled") ? Math.max(ms, windowMs) : ms) * (1 + random / 4);
}
