import type { Work } from "../core/work";

/** The length of a slice, about in microseconds, see Work: the longest that timers and requests wait. */
const SLICE = 2000;

/** Divides long work into slices, between which timers and I/O run. */
export interface Slices {
    /** Counts a step. If it returns a promise, the caller awaits it before the next step. */
    spend(cost: number): Promise<void> | undefined;
}

/** @param signal Aborts the work at the end of a slice. */
export function openSlices(signal?: AbortSignal): Slices {
    let spent = 0;
    return {
        spend(cost) {
            spent += cost;
            if (spent < SLICE) return undefined;
            spent = 0;
            return new Promise((resolve, reject) => {
                setImmediate(() => (signal?.aborted ? reject(signal.reason) : resolve()));
            });
        },
    };
}

/**
 * Does work in slices.
 *
 * @throws the signal's reason; what the work throws
 */
export async function inSlices<T>(work: Work<T>, signal?: AbortSignal): Promise<T> {
    const slices = openSlices(signal);
    for (;;) {
        const { done, value } = work.next();
        if (done) return value;
        const turn = slices.spend(value);
        if (turn !== undefined) await turn;
    }
}
