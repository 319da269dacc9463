import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

import { startEmulator } from "../emulator/emulator";
import { SENTINEL } from "../src/core/zone";
import { manyGrants, newcomer, quantiles } from "./accept";
import { BENCH_ZONE, openAgentStage } from "./agentStage";
import { writeGrants } from "./grantsFile";
import { type Bench, figure, type Section, thousands } from "./section";

const SIZES = [1_000, 100_000];

const STARTS = 5;

/** What agentAtRest.ts prints: milliseconds of its processor's time, and MiB of memory. */
interface Rest {
    readonly cpuMs: number;
    readonly rssMiB: number;
    readonly requests: number;
}

/** What an agent needs that has nothing to do, and how long its process takes until the zone is known to be right. */
export async function resting(bench: Bench): Promise<Section> {
    const rows: string[][] = [];
    for (const size of SIZES) {
        const path = join(bench.scratch, `grants-${size}.json`);
        await writeGrants(path, manyGrants(size));
        const starts: number[] = [];
        for (let start = 0; start < STARTS; start++) starts.push(await startOf(bench, path));
        const { cpuMs, rssMiB, requests } = await restOf(bench, path);
        const [median = ""] = quantiles(starts);
        rows.push([thousands(size), median, figure(cpuMs), figure(rssMiB), String(requests)]);
    }
    return {
        title: "An agent at rest, with its grants in a JSON file",
        headings: ["grants", "start, ms", "CPU of 10 minutes, ms", "memory, MiB", "requests in 10 minutes"],
        rows,
        note: [
            `Start: from a new process to the first round that ended well, the median of ${STARTS}. The ten minutes are of a`,
            "clock that runs as fast as it can, after a start and one minute: the file is read every 30 s, and the zone,",
            "which is in the same process, is looked at every 30 s. Memory is what the process has in RAM in the end.",
        ],
    };
}

async function startOf({ directory, env, now }: Bench, path: string): Promise<number> {
    const gateways = [{ type: "CIDR" as const, value: SENTINEL }];
    await using emulator = await startEmulator({ seed: { zones: [{ id: BENCH_ZONE, name: "Bench", gateways }] } });
    const begunMs = now();
    await child(directory, ["start", path, emulator.url], env);
    return now() - begunMs;
}

async function restOf({ directory, env }: Bench, path: string): Promise<Rest> {
    return JSON.parse(await child(directory, ["rest", path], env)) as Rest;
}

async function child(directory: string, args: readonly string[], env: Bench["env"]): Promise<string> {
    const script = join(directory, "bench", "agentAtRest.ts");
    const command = ["--require", "tsx/cjs", script, ...args];
    const { stdout } = await promisify(execFile)(process.execPath, command, {
        cwd: directory,
        env: { ...env },
        timeout: 120_000,
    });
    return stdout;
}

/** 1,000 changes, one after the other in so many seconds, and how many writes they come to. */
export async function writes(): Promise<Section> {
    const rows: string[][] = [];
    for (const seconds of [0, 1, 10]) {
        for (const roundTripMs of [0, 50]) {
            rows.push([String(seconds), String(roundTripMs), String(await writesOf(seconds, roundTripMs)), "1000"]);
        }
    }
    return {
        title: "Writes for 1,000 changes",
        headings: ["within, s", "round trip, ms", "agent", "PUT for each grant"],
        rows,
        note: [
            "Each change is a grant more or less. The org's limit is 600 requests a minute, of which the agent uses a",
            "quarter at most; until everything is in force. The other column is what a PUT for each grant comes to.",
        ],
    };
}

async function writesOf(seconds: number, roundTripMs: number): Promise<number> {
    const record = async () => {};
    await using stage = await openAgentStage({ grants: manyGrants(100), roundTripMs, record, rateLimit: 600 });
    const base = manyGrants(100);
    const before = stage.emulator.requests.length;
    for (let change = 1; change <= 1000; change++) {
        stage.change(change % 2 === 1 ? [...base, newcomer(change)] : base);
        if (seconds > 0) await new Promise((resolve) => setTimeout(resolve, seconds));
    }
    const last = stage.next("write.accepted");
    stage.change([...base, newcomer(2000)]);
    await last;
    return stage.emulator.requests.slice(before).filter(({ method }) => method === "PUT").length;
}
