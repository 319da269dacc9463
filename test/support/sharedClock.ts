import type { Clock } from "../../src/clock";

/** A clock that moves only when the test says so, for any number of sleepers. */
export interface SharedClock extends Clock {
    /** Lets time pass, from sleeper to sleeper, until a promise settles. Fails after two days. */
    until<T>(promise: Promise<T>): Promise<T>;
    /** Resolves once somebody sleeps. */
    asleep(): Promise<void>;
}

export function sharedClock(): SharedClock {
    let nowMs = 0;
    const waiting: (() => void)[] = [];
    const sleepers = new Set<{ readonly atMs: number; readonly wake: () => void }>();

    return {
        now: () => nowMs,
        elapsedMs: () => nowMs,
        random: () => 0.5,
        sleep: (ms, signal) =>
            new Promise((resolve, reject) => {
                if (signal.aborted) return reject(signal.reason);
                const sleeper = { atMs: nowMs + ms, wake: resolve };
                sleepers.add(sleeper);
                for (const tell of waiting.splice(0)) tell();
                return signal.addEventListener("abort", () => {
                    sleepers.delete(sleeper);
                    reject(signal.reason);
                });
            }),
        asleep: () =>
            new Promise((resolve) => {
                if (sleepers.size > 0) resolve();
                else waiting.push(resolve);
            }),
        async until(promise) {
            let isOver = false;
            const over = () => {
                isOver = true;
            };
            promise.then(over, over);
            for (;;) {
                for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
                if (isOver) return promise;
                const next = [...sleepers].sort((a, b) => a.atMs - b.atMs)[0];
                if (next === undefined || nowMs > 172_800_000) throw new Error("it never comes to that");
                sleepers.delete(next);
                nowMs = next.atMs;
                next.wake();
            }
        },
    };
}
