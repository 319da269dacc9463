import { setImmediate } from "node:timers/promises";

/** The time of a simulated world. It moves only when nobody has anything left to do at the moment that it is. */
export interface WorldTime {
    /** Milliseconds since the world began. */
    now(): number;
    /** Resolves after `ms`; rejects when `signal` aborts. */
    sleep(ms: number, signal?: AbortSignal): Promise<void>;
    /** Does it at that moment, or at once if that is over. */
    at(ms: number, work: () => void): void;
    /** Work that takes none of this time, however many turns of the event loop it needs. */
    instantly<T>(work: () => Promise<T>): Promise<T>;
    /** Lets time pass up to this moment, with all that happens meanwhile. */
    passUntil(ms: number): Promise<void>;
}

interface Sleeper {
    readonly wakeAtMs: number;
    readonly wake: () => void;
}

/** So many wakings without time passing are taken for a loop that spins. */
const SPINNING = 2000;

export function worldTime(): WorldTime {
    let nowMs = 0;
    let working = 0;
    const sleeping = new Set<Sleeper>();

    /** Promises that wait for nothing but each other are done after one turn; what works says so itself. */
    async function settle(): Promise<void> {
        do await setImmediate();
        while (working > 0);
    }

    function next(): Sleeper | undefined {
        let first: Sleeper | undefined;
        for (const sleeper of sleeping) if (first === undefined || sleeper.wakeAtMs < first.wakeAtMs) first = sleeper;
        return first;
    }

    return {
        now: () => nowMs,
        sleep(ms, signal) {
            return new Promise((resolve, reject) => {
                if (signal?.aborted) return reject(signal.reason);
                const end = (settle: () => void) => () => {
                    sleeping.delete(sleeper);
                    signal?.removeEventListener("abort", stop);
                    settle();
                };
                const sleeper = { wakeAtMs: nowMs + Math.max(0, ms), wake: end(resolve) };
                const stop = end(() => reject(signal?.reason));
                signal?.addEventListener("abort", stop, { once: true });
                sleeping.add(sleeper);
            });
        },
        at(ms, work) {
            const sleeper = {
                wakeAtMs: Math.max(ms, nowMs),
                wake: () => {
                    sleeping.delete(sleeper);
                    work();
                },
            };
            sleeping.add(sleeper);
        },
        async instantly(work) {
            working += 1;
            try {
                return await work();
            } finally {
                working -= 1;
            }
        },
        async passUntil(ms) {
            await settle();
            for (let wakings = 0; ; wakings++) {
                const first = next();
                if (first === undefined || first.wakeAtMs > ms) break;
                if (first.wakeAtMs > nowMs) wakings = 0;
                if (wakings > SPINNING) throw new Error(`at ${nowMs} ms somebody sleeps for no time, again and again`);
                nowMs = Math.max(nowMs, first.wakeAtMs);
                first.wake();
                await settle();
            }
            nowMs = Math.max(nowMs, ms);
        },
    };
}
