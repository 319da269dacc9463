import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

import { startEmulator } from "../emulator/emulator";
import { formatSpan } from "../src/core/addresses/ip";
import { planGateways } from "../src/core/membership/plan";
import { firstPlacing, WORKLOADS } from "./decision";
import { rehearsalEngine } from "./engine";
import { apart, GRANTS } from "./grants";
import { heapUse } from "./heap";
import { summaryOf } from "./measure";
import { openPeaks, type Peak, type Peaks } from "./peaks";
import { type Bench, FIGURES, figures, type Section, thousands } from "./section";
import { emptyProgram, openStage } from "./stage";

const RUNS = 3;

const PROGRAM = /cmd[\\/]run/;
const PROVIDER = /cmd[\\/]dynamic-provider/;
const ANY = /./;

/** How much memory the processes have at their peak, and what the decision needs of it. */
export async function memory(bench: Bench): Promise<Section> {
    const peaks = openPeaks(bench.scratch);
    const empty = await peaksOfUp(bench, peaks, await emptyProgram(bench));
    const program = await peaksOfUp(bench, peaks, bench.directory);
    const few = join(bench.directory, "grants.dev.yaml");
    return {
        title: "Memory, in MiB",
        headings: ["of", ...FIGURES],
        rows: [
            ["peak of up: the process of an empty program", ...of(empty, PROGRAM)],
            ["peak of up: the process of the program", ...of(program, PROGRAM)],
            ["peak of up: the process of the dynamic provider", ...of(program, PROVIDER)],
            ["peak of zonekeeper sync: 3 grants", ...of(await peaksOfSync(bench, peaks, few), ANY)],
            [
                `peak of zonekeeper sync: ${thousands(GRANTS)} grants`,
                ...of(await peaksOfSync(bench, peaks, await manyGrants(bench)), ANY),
            ],
            ...heapRows(),
        ],
        note: [
            `${RUNS} runs; the first up creates everything. A peak is the most that a process had in RAM in all its life.`,
            `The heap is the most that planGateways for ${thousands(GRANTS)} grants takes besides its input, with its garbage.`,
        ],
    };
}

function of(peaks: readonly Peak[], script: RegExp): string[] {
    return figures(summaryOf(peaks.filter((peak) => script.test(peak.script)).map(({ mib }) => mib)));
}

/** The processes of some ups: the first creates everything, the others have nothing to do. */
async function peaksOfUp(bench: Bench, peaks: Peaks, directory: string): Promise<readonly Peak[]> {
    const name = directory === bench.directory ? "program" : "empty";
    await using stage = await openStage(bench, { name, open: rehearsalEngine, directory, env: peaks.env });
    await stage.up("changes");
    for (let run = 1; run < RUNS; run++) await stage.up("none");
    return peaks.take();
}

/** `zonekeeper sync`, each time to a zone that holds nobody yet. */
async function peaksOfSync(bench: Bench, peaks: Peaks, grants: string): Promise<readonly Peak[]> {
    const id = "nzoBench000000000000";
    const gateways = [{ type: "CIDR" as const, value: "192.0.2.0/32" }];
    const command = [join(bench.directory, "bin", "zonekeeper.cjs"), "sync", "--zone", id, "--source", grants];
    for (let run = 0; run < RUNS; run++) {
        await using emulator = await startEmulator({ seed: { zones: [{ id, name: "Bench", gateways }] } });
        await runNode([...command, "--okta", emulator.url], { ...bench.env, ...peaks.env, OKTA_API_TOKEN: "any" });
    }
    return peaks.take();
}

async function runNode(args: readonly string[], env: Bench["env"]): Promise<void> {
    try {
        await promisify(execFile)(process.execPath, [...args], { env: { ...env }, timeout: 30_000 });
    } catch (error) {
        const { stderr = "", message } = error as Error & { stderr?: string };
        throw new Error(`zonekeeper sync failed: ${stderr.trim() || message}`, { cause: error });
    }
}

/** A document of many grants on as many addresses as one zone has room for. */
async function manyGrants({ scratch }: Bench): Promise<string> {
    const path = join(scratch, "grants.json");
    const grants = apart(GRANTS, 150).map(({ id, spans }) => ({ id, ip: spans.map(formatSpan), permanent: true }));
    await writeFile(path, JSON.stringify({ grants }));
    return path;
}

function heapRows(): string[][] {
    return WORKLOADS.map(({ name, grants }) => {
        const input = firstPlacing(grants);
        const uses = Array.from({ length: RUNS }, () => heapUse(() => planGateways(input)));
        return [`heap of planGateways: ${name}`, ...figures(summaryOf(uses))];
    });
}
