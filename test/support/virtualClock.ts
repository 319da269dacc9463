import { setImmediate } from "node:timers/promises";

import type { Clock } from "../../src/clock";

export interface VirtualClock extends Clock {
    /** Lets so much time pass, and waits for all that the sleepers do meanwhile, each at its moment. */
    pass(ms: number): Promise<void>;
    /** Sets the clock, as an administrator would: nobody wakes, and nobody sleeps longer or shorter for it. */
    jump(ms: number): void;
    /** How many sleep now. */
    sleepers(): number;
}

interface Sleeper {
    readonly wakeAtMs: number;
    readonly wake: () => void;
}

/** So many wakings without time passing are taken for a loop that spins. */
const SPINNING = 10_000;

/** A clock with any number of sleepers that moves only when the test says so, and without chance. */
export function virtualClock(startMs: number): VirtualClock {
    let monotonicMs = 0;
    let offsetMs = startMs;
    const sleeping = new Set<Sleeper>();
    return {
        now: () => monotonicMs + offsetMs,
        elapsedMs: () => monotonicMs,
        random: () => 0,
        sleep(ms, signal) {
            return new Promise((resolve, reject) => {
                if (signal.aborted) return reject(signal.reason);
                const end = (settle: () => void) => () => {
                    sleeping.delete(sleeper);
                    signal.removeEventListener("abort", stop);
                    settle();
                };
                const sleeper = { wakeAtMs: monotonicMs + ms, wake: end(resolve) };
                const stop = end(() => reject(signal.reason));
                signal.addEventListener("abort", stop, { once: true });
                sleeping.add(sleeper);
            });
        },
        async pass(ms) {
            const target = monotonicMs + ms;
            await setImmediate();
            for (let wakings = 0; ; wakings++) {
                const next = earliest(sleeping);
                if (next === undefined || next.wakeAtMs > target) break;
                if (next.wakeAtMs > monotonicMs) wakings = 0;
                if (wakings > SPINNING) throw new Error("somebody sleeps for no time, again and again");
                monotonicMs = Math.max(monotonicMs, next.wakeAtMs);
                next.wake();
                await setImmediate();
            }
            monotonicMs = target;
        },
        jump(ms) {
            offsetMs += ms;
        },
        sleepers: () => sleeping.size,
    };
}

function earliest(sleeping: ReadonlySet<Sleeper>): Sleeper | undefined {
    let first: Sleeper | undefined;
    for (const sleeper of sleeping) if (first === undefined || sleeper.wakeAtMs < first.wakeAtMs) first = sleeper;
    return first;
}
