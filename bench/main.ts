import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { accept } from "./accept";
import { chains } from "./chains";
import { decision } from "./decision";
import { deploying } from "./deploying";
import { looking } from "./looking";
import { memberships } from "./memberships";
import { memory } from "./memory";
import { merging } from "./merging";
import { million } from "./million";
import { pipeline } from "./pipeline";
import { portal } from "./portal";
import { pushes } from "./pushes";
import { ranges } from "./ranges";
import { reading } from "./reading";
import { requests } from "./requests";
import { resting, writes } from "./resting";
import { type Bench, describe, type Section } from "./section";
import { starting } from "./starting";
import { tableChanges } from "./tableChanges";

const MEASURES: Readonly<Record<string, (bench: Bench) => Promise<Section>>> = {
    decision,
    merging,
    chains,
    ranges,
    reading,
    requests,
    looking,
    deploying,
    pipeline,
    memory,
    accept,
    memberships,
    pushes,
    tables: tableChanges,
    writes,
    resting,
    starting,
    portal,
};

/** Measured only where they are named: they take more memory than a usual machine has to spare. */
const ON_REQUEST: typeof MEASURES = { million };

/** `npm run bench`: all measures, one after the other; `npm run bench -- merging memory`: only those. */
async function main(names: readonly string[]): Promise<void> {
    const all = { ...MEASURES, ...ON_REQUEST };
    const unknown = names.find((name) => !(name in all));
    if (unknown !== undefined) {
        throw new Error(`there is no measure "${unknown}", only ${Object.keys(all).join(", ")}`);
    }
    const scratch = temporaryFolder();
    print(`${machine()}\n`);
    for (const [name, measure] of Object.entries(names.length > 0 ? all : MEASURES)) {
        if (names.length > 0 && !names.includes(name)) continue;
        const own = join(scratch, name);
        mkdirSync(own);
        const directory = resolve(__dirname, "..");
        const section = await measure({ directory, scratch: own, env: process.env, now: () => performance.now() });
        print(describe(section));
    }
}

/** Gone at the end, however this process ends; its children end with it. */
function temporaryFolder(): string {
    const path = mkdtempSync(join(tmpdir(), "zonekeeper-bench-"));
    process.once("exit", () => rmSync(path, { recursive: true, force: true }));
    process.once("SIGINT", () => process.exit(130));
    process.once("SIGTERM", () => process.exit(143));
    return path;
}

function machine(): string {
    const cores = cpus();
    const model = cores[0]?.model.trim().replace(/\s+/g, " ") || process.arch;
    const load = process.platform === "win32" ? "" : `, load ${loadavg()[0]?.toFixed(1)} at the start`;
    return `${cores.length} cores (${model}), Node ${process.versions.node}, ${process.platform}${load}`;
}

function print(text: string): void {
    process.stdout.write(`${text}\n`);
}

main(process.argv.slice(2)).then(
    () => process.exit(0),
    (error: Error) => {
        process.stderr.write(`zonekeeper: ${error.message}\n`);
        process.exit(1);
    },
);
