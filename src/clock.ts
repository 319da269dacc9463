import { setTimeout } from "node:timers/promises";

/** Time and chance, as everything that waits knows them. */
export interface Clock {
    /** Milliseconds since 1970 in UTC. */
    now(): number;
    /** Resolves after `ms`. Rejects when `signal` aborts. */
    sleep(ms: number, signal: AbortSignal): Promise<void>;
    /** From 0 up to, but not including, 1: spreads the retries of many callers. */
    random(): number;
}

export const systemClock: Clock = {
    now: () => Date.now(),
    sleep: (ms, signal) => setTimeout(ms, undefined, { signal }),
    random: () => Math.random(),
};
