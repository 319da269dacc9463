import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

import { manyGrants, newcomer } from "./accept";
import { openAgentStage } from "./agentStage";
import { writeGrants } from "./grantsFile";
import { type Bench, figure, type Section, thousands } from "./section";
import { MEMBERSHIPS, spread } from "./severalStage";

const SIZES = [1_000, 100_000];

/** What agentAtRest.ts prints: milliseconds of its processor's time, and MiB of memory. */
interface Rest {
    readonly cpuMs: number;
    readonly rssMiB: number;
    readonly requests: number;
}

/** What an agent needs that has nothing to do. */
export async function resting(bench: Bench): Promise<Section> {
    const rows: string[][] = [];
    for (const size of SIZES) {
        const path = join(bench.scratch, `grants-${size}.json`);
        await writeGrants(path, spread(manyGrants(size)));
        for (const memberships of [1, MEMBERSHIPS]) {
            const { cpuMs, rssMiB, requests } = await restOf(bench, path, memberships);
            rows.push([String(memberships), thousands(size), figure(cpuMs), figure(rssMiB), String(requests)]);
        }
    }
    return {
        title: "An agent at rest, with its grants in a JSON file",
        headings: ["memberships", "grants in all", "CPU of 10 minutes, ms", "memory, MiB", "requests in 10 minutes"],
        rows,
        note: [
            "The ten minutes are of a clock that runs as fast as it can, after a start and one minute: the file is read every",
            "30 s, and each zone is looked at every 30 s; Okta's stand-in is in the same process. Thirty memberships have a zone",
            "each and share the file. Memory is what the process has in RAM after 90 s more in which nothing happens: V8 gives",
            "memory back when it is not used for a minute.",
        ],
    };
}

async function restOf({ directory, env }: Bench, path: string, memberships: number): Promise<Rest> {
    const script = join(directory, "bench", "agentAtRest.ts");
    const { stdout } = await promisify(execFile)(
        process.execPath,
        ["--require", "./tsx.cjs", script, path, String(memberships)],
        {
            cwd: directory,
            env: { ...env },
            timeout: 300_000,
        },
    );
    return JSON.parse(stdout) as Rest;
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
