/** The longest that one reconciliation takes, waits for Okta's rate limit included. */
const DEADLINE_MS = 180_000;

/**
 * Stops, as soon as the work has come to an end, all that it began: when one
 * zone cannot be read, nobody waits for the rate limit of another.
 */
export async function untilSettled<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const stop = new AbortController();
    const late = () => stop.abort(new DOMException("the time for one reconciliation is over", "TimeoutError"));
    const timer = setTimeout(late, DEADLINE_MS);
    try {
        return await work(stop.signal);
    } finally {
        clearTimeout(timer);
        stop.abort();
    }
}
