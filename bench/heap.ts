import { GCProfiler, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/**
 * Does the work once.
 *
 * @returns the most heap that was in use at a time beyond what was in use before, in
 * MiB. Garbage counts until it is collected, so some 16 MiB, which Node lets gather, are little.
 */
export function heapUse(work: () => unknown): number {
    const profiler = new GCProfiler();
    collector()();
    const before = heapUsed();
    profiler.start();
    work();
    const after = heapUsed();
    const seen = profiler.stop()?.statistics.map(({ beforeGC }) => beforeGC.heapStatistics.usedHeapSize) ?? [];
    return (Math.max(after, ...seen) - before) / 2 ** 20;
}

/** The garbage collector, which Node shows only to those who ask for it. */
function collector(): () => void {
    setFlagsFromString("--expose-gc");
    return runInNewContext("gc") as () => void;
}

function heapUsed(): number {
    return process.memoryUsage().heapUsed;
}
