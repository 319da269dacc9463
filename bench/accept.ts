import { execFile } from "node:child_process";
import { mkdtemp, open } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

import { startEmulator } from "../emulator/emulator";
import { systemClock } from "../src/clock";
import { formatSpan } from "../src/core/addresses/ip";
import type { Grant } from "../src/core/grants/grants";
import { SENTINEL } from "../src/core/zones/zone";
import { memoryFile } from "../src/memoryFile";
import { BENCH_ZONE, openAgentStage, zonesOver } from "./agentStage";
import { benchLedger } from "./benchLedger";
import { apart, grantOf } from "./grants";
import { writeGrants } from "./grantsFile";
import { oneByOne } from "./oneByOne";
import { type Bench, figure, type Section, thousands } from "./section";
import { slowProxy } from "./slowProxy";

/** How many grants there are, on as many addresses as a zone has room for, and one more to come. */
const SIZES = [1_000, 100_000];

const ROUND_TRIPS_MS = [0, 50];

const [CHANGES, PROCESSES] = [100, 5];

/** Between two changes, so that each meets an agent that is done with the one before. */
const PAUSE_MS = 20;

/** After such a pause, more than a second after the look at the last write, the zone is read once more before it is written. */
const RESTED = { changes: 10, pauseMs: 2300 };

/** 203.0.113.0, where nobody else is. */
const NEWCOMER = 203 * 2 ** 24 + 113 * 2 ** 8;

/** From the moment at which the source says that somebody may come in until Okta has said 200 to it. */
export async function accept(bench: Bench): Promise<Section> {
    const rows: string[][] = [];
    for (const size of SIZES) {
        const grants = manyGrants(size);
        for (const roundTripMs of ROUND_TRIPS_MS) {
            const shown = [thousands(size), String(roundTripMs)];
            rows.push(["agent", ...shown, ...toldOf(await byAgent(bench, grants, roundTripMs))]);
            rows.push(["agent, after a rest", ...shown, ...toldOf(await byAgent(bench, grants, roundTripMs, RESTED))]);
            rows.push([
                "sync, a process each time",
                ...shown,
                ...quantiles(await bySync(bench, grants, roundTripMs)),
                "-",
                "-",
            ]);
        }
    }
    for (const roundTripMs of ROUND_TRIPS_MS) {
        const shown = ["-", String(roundTripMs)];
        rows.push(["GET and PUT for each grant", ...shown, ...toldOf(await byLoop(bench, roundTripMs))]);
        rows.push([
            "a synced line and a PUT",
            ...shown,
            ...toldOf(await byBarePut(bench, manyGrants(1000), roundTripMs)),
        ]);
    }
    return {
        title: "From a grant to Okta's 200, in milliseconds",
        headings: ["by", "grants", "round trip", "p50", "p95", "p99", "CPU", "syncs"],
        rows,
        note: [
            `One grant comes or goes at a time: ${CHANGES} times, ${PROCESSES} for sync, over loopback; a round trip of 50 is`,
            `25 ms of waiting each way. After a rest of ${figure(RESTED.pauseMs / 1000)} s (${RESTED.changes} times) the agent reads the zone once more before it`,
            "writes, so that it undoes nothing that a person did meanwhile. The agent writes its ledger and its memory before it",
            "asks Okta to write. CPU is that of this process for a change, with the emulator and all that follows the 200; syncs",
            "are those of the ledger, of which one comes after the 200. sync reads the zone before and after; its time is that of",
            "the whole process. The loops are told what changed.",
        ],
    };
}

export function manyGrants(count: number): Grant[] {
    return apart(count, 100).map((grant) => ({ ...grant, expiresAtMs: Date.now() + 86_400_000 }));
}

export function newcomer(address: number): Grant {
    const { expiresAtMs: _, ...grant } = grantOf(`newcomer ${address}`, NEWCOMER + address);
    return grant;
}

/** What changes of the grants took, one after the other. */
export interface Took {
    /** Until Okta's 200, in milliseconds each. */
    readonly ms: readonly number[];
    /** Of this process, in milliseconds a change: the emulator is in it, too. */
    readonly cpuMs: number;
    /** Syncs of the ledger before Okta's 200 and after it, a change. */
    readonly syncs: number | undefined;
}

export function toldOf({ ms, cpuMs, syncs }: Took): string[] {
    return [...quantiles(ms), figure(cpuMs), syncs === undefined ? "-" : figure(syncs)];
}

/** One change of an agent's grants. */
export interface Step {
    readonly written: Promise<void>;
    change(): void;
}

export interface Pace {
    readonly changes: number;
    readonly pauseMs: number;
}

export async function changesOf(
    now: () => number,
    step: (change: number) => Step,
    syncs: () => number,
    { changes, pauseMs }: Pace = { changes: CHANGES, pauseMs: PAUSE_MS },
): Promise<Took> {
    const took: number[] = [];
    const before = { cpu: process.cpuUsage(), syncs: syncs() };
    for (let change = 0; change < changes; change++) {
        const { written, ...stage } = step(change);
        const begunMs = now();
        stage.change();
        await written;
        took.push(now() - begunMs);
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
    return { ms: took, cpuMs: cpuSince(before.cpu) / changes, syncs: (syncs() - before.syncs) / changes };
}

function cpuSince(before: NodeJS.CpuUsage): number {
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
}

export function memoriesIn(folder: string, name: string) {
    return memoryFile({ path: join(folder, `${name}.json`), clock: systemClock, onSetAside: () => {} });
}

export async function byAgent(
    { scratch, now }: Bench,
    grants: readonly Grant[],
    roundTripMs: number,
    pace?: Pace,
): Promise<Took> {
    const folder = await mkdtemp(join(scratch, "agent-"));
    await using ledger = await benchLedger(folder);
    const memories = memoriesIn(folder, "grants");
    const { record, syncs } = ledger;
    await using stage = await openAgentStage({ grants, roundTripMs, record, memories, rateLimit: 1_000_000 });
    const step = (change: number): Step => ({
        written: stage.nextWrite(),
        change: () => stage.change(change % 2 === 0 ? [...grants, newcomer(change)] : grants),
    });
    return await changesOf(now, step, syncs, pace);
}

async function bySync({ scratch, directory, env, now }: Bench, grants: readonly Grant[], roundTripMs: number) {
    const gateways = [{ type: "CIDR" as const, value: SENTINEL }];
    await using emulator = await startEmulator({ seed: { zones: [{ id: BENCH_ZONE, name: "Bench", gateways }] } });
    await using proxy = await slowProxy(emulator.url, roundTripMs);
    const path = join(scratch, "grants.json");
    const command = [join(directory, "bin", "zonekeeper.cjs"), "sync", "--zone", BENCH_ZONE, "--source", path];
    const took: number[] = [];
    for (let change = 0; change < PROCESSES; change++) {
        await writeGrants(path, [...grants, newcomer(change)]);
        const begunMs = now();
        await promisify(execFile)(process.execPath, [...command, "--okta", proxy.url], {
            env: { ...env, OKTA_API_TOKEN: "any" },
            timeout: 60_000,
        });
        took.push(now() - begunMs);
    }
    return took;
}

async function byLoop({ now }: Bench, roundTripMs: number): Promise<Took> {
    await using emulator = await benchOrg();
    const zones = zonesOver(emulator.url, roundTripMs);
    const took: number[] = [];
    const cpu = process.cpuUsage();
    for (let change = 0; change < CHANGES; change++) {
        const each = change % 2 === 0 ? { add: newcomer(change) } : { remove: newcomer(change - 1) };
        const begunMs = now();
        const signal = AbortSignal.timeout(10_000);
        await oneByOne({ zones, zoneIds: [BENCH_ZONE], changes: [each], signal });
        took.push(now() - begunMs);
    }
    return { ms: took, cpuMs: cpuSince(cpu) / CHANGES, syncs: undefined };
}

/** The least that a write costs of which is known what it was meant to do: one line that is synced, and one PUT. */
async function byBarePut({ scratch, now }: Bench, grants: readonly Grant[], roundTripMs: number): Promise<Took> {
    await using emulator = await benchOrg();
    const zones = zonesOver(emulator.url, roundTripMs);
    const path = await mkdtemp(join(scratch, "bare-"));
    await using file = await open(join(path, "lines.jsonl"), "a");
    const signal = AbortSignal.timeout(600_000);
    const zone = await zones.read(BENCH_ZONE, signal);
    const addresses = [...new Set(grants.flatMap(({ spans }) => spans.map(formatSpan)))];
    const took: number[] = [];
    const cpu = process.cpuUsage();
    for (let change = 0; change < CHANGES; change++) {
        const more = change % 2 === 0 ? newcomer(change).spans.map(formatSpan) : [];
        const begunMs = now();
        await file.appendFile(`${JSON.stringify({ write: change, more })}\n`);
        await file.datasync();
        await zones.write(zone, [...addresses, ...more], signal);
        took.push(now() - begunMs);
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
    return { ms: took, cpuMs: cpuSince(cpu) / CHANGES, syncs: 1 };
}

function benchOrg() {
    const gateways = [{ type: "CIDR" as const, value: SENTINEL }];
    return startEmulator({
        rateLimit: 1_000_000,
        seed: { zones: [{ id: BENCH_ZONE, name: "Bench", gateways }] },
    });
}

/** The nearest rank: of 5 samples, p95 and p99 are the longest. */
export function quantiles(samples: readonly number[]): string[] {
    const sorted = [...samples].sort((a, b) => a - b);
    return [0.5, 0.95, 0.99].map((share) => figure(sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN));
}
