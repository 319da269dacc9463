import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { startEmulator } from "../emulator/emulator";
import { SENTINEL } from "../src/core/zones/zone";
import { manyGrants } from "./accept";
import { BENCH_ZONE } from "./agentStage";
import { writeGrants } from "./grantsFile";
import { summaryOf } from "./measure";
import { type Bench, figures, type Section, thousands } from "./section";

const SIZES = [1_000, 100_000];

const STARTS = 5;

/** Between two looks at `/readyz`. */
const LOOK_MS = 2;

/** Milliseconds from the start of the process. */
interface Start {
    readonly listeningMs: number;
    readonly acceptedMs: number;
    readonly readyMs: number;
}

/** How long `zonekeeper agent` takes from its process to its first write, and until it says that it is ready. */
export async function starting(bench: Bench): Promise<Section> {
    const rows: string[][] = [];
    for (const size of SIZES) {
        const grants = join(bench.scratch, `grants-${size}.json`);
        await writeGrants(grants, manyGrants(size));
        const used = await mkdtemp(join(bench.scratch, "state-"));
        await startOnce(bench, grants, used);
        const states: readonly (readonly [what: string, state: () => Promise<string>])[] = [
            ["new", () => mkdtemp(join(bench.scratch, "state-"))],
            ["used", async () => used],
        ];
        for (const [what, state] of states) {
            const starts: Start[] = [];
            for (let start = 0; start < STARTS; start++) starts.push(await startOnce(bench, grants, await state()));
            const add = (until: string, ms: (start: Start) => number) =>
                rows.push([thousands(size), what, until, ...figures(summaryOf(starts.map(ms)))]);
            add("it listens", ({ listeningMs }) => listeningMs);
            add("its write is accepted", ({ acceptedMs }) => acceptedMs);
            add("/readyz is 200", ({ readyMs }) => readyMs);
        }
    }
    return {
        title: "zonekeeper agent, from its process on, in milliseconds",
        headings: ["grants", "state folder", "until", "minimum", "median", "maximum"],
        rows,
        note: [
            `${STARTS} starts of the command by a configuration with a JSON file of grants, a lock file and a zone that holds the`,
            "sentinel alone, each in an Okta emulator of its own. A lock file has to be a second old before anybody leads",
            "by it, which a new state folder waits for.",
        ],
    };
}

async function startOnce({ directory, scratch, env, now }: Bench, grants: string, state: string): Promise<Start> {
    const gateways = [{ type: "CIDR" as const, value: SENTINEL }];
    await using emulator = await startEmulator({ seed: { zones: [{ id: BENCH_ZONE, name: "Bench", gateways }] } });
    const config = join(scratch, "agent.json");
    const okta = { url: emulator.url, apiToken: "env:BENCH_TOKEN" };
    const source = { type: "file", path: grants };
    await writeFile(config, JSON.stringify({ okta, zones: [BENCH_ZONE], source, listen: "127.0.0.1:0", state }));
    const begunMs = now();
    const command = [join(directory, "bin", "zonekeeper.cjs"), "agent", "--json", "--config", config];
    const child = spawn(process.execPath, command, {
        env: { ...env, BENCH_TOKEN: "any-token-will-do" },
        stdio: ["ignore", "pipe", "inherit"],
    });
    const ended = once(child, "exit");
    const lines = createInterface({ input: child.stdout });
    try {
        const seen = await Promise.race([follow(lines, () => now() - begunMs), ended]);
        if (Array.isArray(seen)) throw new Error("the agent ended before it was ready");
        return seen;
    } finally {
        child.kill("SIGTERM");
        await ended;
    }
}

/** Reads the agent's log until it has written, and asks it whether it is ready from the moment at which it listens. */
async function follow(lines: AsyncIterable<string>, elapsedMs: () => number): Promise<Start> {
    let listeningMs = Number.NaN;
    let ready: Promise<number> | undefined;
    for await (const line of lines) {
        const { msg, type } = JSON.parse(line) as { readonly msg: string; readonly type?: string };
        const [, url] = /^listening on (\S+)$/.exec(msg) ?? [];
        if (url !== undefined) {
            listeningMs = elapsedMs();
            ready = untilReady(url, elapsedMs);
        }
        if (type === "write.accepted" && ready !== undefined) {
            return { listeningMs, acceptedMs: elapsedMs(), readyMs: await ready };
        }
    }
    throw new Error("the agent said nothing of a write");
}

async function untilReady(url: string, elapsedMs: () => number): Promise<number> {
    for (;;) {
        const { status } = await fetch(`${url}/readyz`);
        if (status === 200) return elapsedMs();
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
}
