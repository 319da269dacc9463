import type { Clock } from "../../src/clock";

export interface FakeClock extends Clock {
    /** Resolves once somebody sleeps, with how long they mean to. */
    asleep(): Promise<number>;
    /** Moves the time on and wakes the sleeper. */
    pass(ms: number): void;
}

/** A clock that moves only when the test says so, and without chance. It serves one sleeper at a time. */
export function fakeClock(startMs: number): FakeClock {
    let nowMs = startMs;
    let asleep = promised<number>();
    let night = promised<void>();
    return {
        now: () => nowMs,
        elapsedMs: () => nowMs - startMs,
        sleep(ms, signal) {
            night = promised<void>();
            const { promise, reject } = night;
            if (signal.aborted) reject(signal.reason);
            signal.addEventListener("abort", () => reject(signal.reason), { once: true });
            asleep.resolve(ms);
            return promise;
        },
        random: () => 0,
        asleep: () => asleep.promise,
        pass(ms) {
            nowMs += ms;
            asleep = promised<number>();
            night.resolve();
        },
    };
}

/** A promise, and the ways to keep and to break it. */
export function promised<T>() {
    let resolve!: (value: T) => void;
    let reject!: (reason: unknown) => void;
    const promise = new Promise<T>((keep, leave) => {
        [resolve, reject] = [keep, leave];
    });
    return { promise, resolve, reject };
}
