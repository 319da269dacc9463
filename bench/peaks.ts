import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";

/** The most memory that each of some processes had in RAM. */
export interface Peaks {
    /** For the processes: Node loads what reports the peak before their own code. */
    readonly env: Readonly<Record<string, string>>;
    /** The peaks of the processes that ended since the last time, in MiB. */
    take(): Promise<readonly Peak[]>;
}

export interface Peak {
    /** The path of what the process ran; empty for one that ran no file. */
    readonly script: string;
    readonly mib: number;
}

/** @param scratch Where the processes write their peaks. */
export function openPeaks(scratch: string): Peaks {
    const path = join(scratch, "peaks.jsonl");
    const hook = join(__dirname, "peak.cjs");
    return {
        env: { NODE_OPTIONS: `--require ${JSON.stringify(hook)}`, ZONEKEEPER_BENCH_PEAKS: path },
        async take() {
            const lines = (await readFile(path, "utf8")).trim().split("\n");
            await rm(path);
            return lines.map((line) => {
                const { script, peakKiB } = JSON.parse(line) as { script: string; peakKiB: number };
                return { script, mib: peakKiB / 1024 };
            });
        },
    };
}
