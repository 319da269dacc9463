import type { Work } from "../core/work";

/** What a slice costs, about in microseconds, see Work: timers and requests wait for no longer. */
const SLICE = 2000;

/** Lets timers, requests and answers have their turn, in the middle of work that takes long. */
export interface Slices {
    /** Counts a step. To be waited for where it gives something: then the others have their turn. */
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
