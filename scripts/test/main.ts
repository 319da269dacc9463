import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { cpus } from "node:os";
import { basename, join } from "node:path";
import Mocha from "mocha";

import mochaOptions from "../../.mocharc.json";
import { buildCommand } from "./builtCommand";
import { slowFirst } from "./slowFiles";

/** TypeScript 7, which checks in a third of the time. What Pulumi loads needs the API of an older one: see docs/decisions.md. */
const COMPILER = join("node_modules", "typescript-7", "bin", "tsc");
const LINTER = join("node_modules", "@biomejs", "biome", "bin", "biome");

/** With four workers two cores were idle for half of the time. */
const MORE_JOBS = 5;

/** The compiler keeps what it found, and the next run checks only the files that a change can affect. */
const TYPES = ["--noEmit", "--incremental", "--tsBuildInfoFile", "node_modules/.cache/tsc.tsbuildinfo"];

/** `npm test`: types, lint, then every test; `npm test -- FILE…`: just the tests of these files. The last line counts them. */
async function main(files: readonly string[]): Promise<number> {
    const missing = files.filter((file) => !existsSync(file));
    if (missing.length > 0) {
        print(
            `npm test: there is no file ${missing.join(", ")}; name test files, such as test/core/addresses/ip.test.ts`,
        );
        return 2;
    }
    await using command = files.length > 0 ? undefined : await buildCommand(process.cwd());
    if (command !== undefined) {
        process.env.ZONEKEEPER_TEST_BIN = command.bin;
        // What V8 compiled of the command and its packages is kept for the next process of the run, which starts in half the time.
        process.env.NODE_COMPILE_CACHE = command.compiled;
    }
    const checks = files.length > 0 ? [] : [check(COMPILER, TYPES), check(LINTER, ["check", "--error-on-warnings"])];
    const { passes, failures } = await runTests(files.length > 0 ? files : slowFirst(allTests()));
    const broken = (await Promise.all(checks)).filter(({ isBroken }) => isBroken);
    for (const { output } of broken) print(output);
    print(`${passes} passed, ${failures + broken.length} failed`);
    return failures + broken.length === 0 ? 0 : 1;
}

/** Runs beside the tests; what it says comes after theirs. */
function check(
    script: string,
    args: readonly string[],
): Promise<{ readonly isBroken: boolean; readonly output: string }> {
    const child = spawn(process.execPath, [script, ...args]);
    const output = [`${basename(script)} ${args.join(" ")}\n`];
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => output.push(String(text)));
    return new Promise((resolve) => {
        const end = (status: number | null) => resolve({ isBroken: status !== 0, output: output.join("") });
        child.on("error", ({ message }) => {
            output.push(message);
            end(1);
        });
        child.on("close", end);
    });
}

function allTests(): readonly string[] {
    return readdirSync("test", { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(".test.ts"))
        .sort()
        .map((file) => join("test", file));
}

/** Files run side by side, more than there are cores, since many wait for a process or a moment; the tests of a file stay in their order. */
function runTests(files: readonly string[]): Promise<{ passes: number; failures: number }> {
    const parallel = files.length > 1 ? { parallel: true, jobs: cpus().length + MORE_JOBS } : {};
    const mocha = new Mocha({ ...mochaOptions, forbidOnly: true, ...parallel });
    for (const file of files) mocha.addFile(file);
    return new Promise((resolve) => {
        const runner = mocha.run(() => resolve({ passes: 0, failures: 1, ...runner.stats }));
    });
}

function print(line: string): void {
    process.stdout.write(`${line}\n`);
}

void main(process.argv.slice(2)).then((status) => process.exit(status));
