import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { Context } from "mocha";

import { FORMATS, type Format } from "../../src/core/ranges/formats/formats";
import type { Cell } from "../../src/core/ranges/oktaRanges";

/** Where the tools of administrators are, although not everybody has it on the path. */
const PATH = [process.env.PATH, "/usr/sbin", "/sbin"].join(delimiter);

/** Skips a test or a suite, with the reason in its title. */
export function skip(context: Context, reason: string): never {
    const { test } = context;
    const isHook = test !== undefined && "type" in test && test.type === "hook";
    const tests = isHook ? (test.parent?.tests ?? []) : [test];
    for (const each of tests) if (each !== undefined) each.title += ` (skipped: ${reason})`;
    return context.skip();
}

/** Skips where one of the programs is not there. */
export function need(context: Context, ...programs: readonly string[]): void {
    const folders = PATH.split(delimiter);
    const lacking = programs.find((program) => !folders.some((folder) => existsSync(join(folder, program))));
    if (lacking !== undefined) skip(context, `there is no ${lacking} on PATH`);
}

export interface Ended {
    readonly status: number;
    /** Both outputs, one after the other. */
    readonly output: string;
}

/** Runs a program until it ends, at most half a minute. */
export function runTool(program: string, args: readonly string[], directory: string, env = {}): Promise<Ended> {
    const options = {
        cwd: directory,
        timeout: 60_000,
        killSignal: "SIGKILL",
        env: { PATH, HOME: directory, ...env },
    } as const;
    return new Promise((resolve) => {
        execFile(program, args, options, (error, stdout, stderr) => {
            const code = error?.code;
            resolve({
                status: error === null ? 0 : typeof code === "number" ? code : -1,
                output: `${stdout}${stderr}`,
            });
        });
    });
}

/** A folder that is gone at the end, and files in it. */
export async function openFolder() {
    const path = await mkdtemp(join(tmpdir(), "zonekeeper-ranges-"));
    return {
        path,
        write: (name: string, text: string) => writeFile(join(path, name), text),
        read: (name: string) => readFile(join(path, name), "utf8"),
        /** Writes these cells in a format, and gives the path of the file. */
        async format(format: Format, cells: readonly Cell[], name: string = format): Promise<string> {
            const view = {
                cells,
                cut: "published",
                from: "ranges.json",
                asOf: "2026-07-01",
                command: "zonekeeper",
            } as const;
            await writeFile(join(path, name), FORMATS[format](view).text ?? "");
            return join(path, name);
        },
        [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
    };
}
