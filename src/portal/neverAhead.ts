import type { Clock } from "../clock";

/**
 * The wall clock, but never ahead of elapsed time: a store throws away what has been over for long, and a clock that was set
 * forward must not make it throw away a grant that lasts.
 */
export function neverAhead({ now, elapsedMs }: Pick<Clock, "now" | "elapsedMs">): () => number {
    const aheadMs = now() - elapsedMs();
    return () => Math.min(now(), elapsedMs() + aheadMs);
}
