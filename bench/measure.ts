/** What several runs of the same work came to, in the unit of the samples. */
export interface Summary {
    readonly min: number;
    /** The one in the middle; of an even number, the mean of the two there. */
    readonly median: number;
    readonly max: number;
}

export interface MeasureOptions<T> {
    /** Milliseconds of a clock that never goes back. */
    readonly now: () => number;
    /** Runs that are not counted, so that the code is compiled and the disk is read before the others. */
    readonly warmups: number;
    /** At least 1. */
    readonly runs: number;
    /** Makes what the work needs, before each run and outside of its time. */
    readonly prepare: () => T | Promise<T>;
    readonly work: (prepared: T) => unknown;
}

/** How long the work takes, in milliseconds. One run begins when the one before has ended. */
export async function measure<T>({ now, warmups, runs, prepare, work }: MeasureOptions<T>): Promise<Summary> {
    const samples: number[] = [];
    for (let run = 0; run < warmups + runs; run++) {
        const prepared = await prepare();
        const begunMs = now();
        await work(prepared);
        samples.push(now() - begunMs);
    }
    return summaryOf(samples.slice(warmups));
}

/** @param samples At least one, in any order. */
export function summaryOf(samples: readonly number[]): Summary {
    if (samples.length === 0) throw new Error("nothing was measured, so there is nothing to sum up");
    const sorted = [...samples].sort((a, b) => a - b);
    const at = (index: number) => sorted[index] ?? Number.NaN;
    const middle = (sorted.length - 1) / 2;
    return { min: at(0), median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2, max: at(sorted.length - 1) };
}
