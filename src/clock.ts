import { uptime } from "node:os";
import { performance } from "node:perf_hooks";
import { setTimeout } from "node:timers/promises";

/** Time and randomness, as parameters. */
export interface Clock {
    /** Milliseconds since 1970 in UTC. */
    now(): number;
    /** Milliseconds of a monotonic clock, which setting the wall clock does not change. */
    elapsedMs(): number;
    /** Resolves after `ms`. Rejects when `signal` aborts. */
    sleep(ms: number, signal: AbortSignal): Promise<void>;
    /** From 0 up to, but not including, 1: spreads the retries of many callers. */
    random(): number;
}

export const systemClock: Clock = {
    now: () => Date.now(),
    // On Linux performance.now() stands still while the machine is suspended. The uptime goes on, in steps of 10 ms.
    elapsedMs: process.platform === "linux" ? () => Math.round(uptime() * 1000) : () => performance.now(),
    sleep: (ms, signal) => setTimeout(ms, undefined, { signal }),
    random: () => Math.random(),
};
