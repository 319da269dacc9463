import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { BIN } from "../support/run";

/** A command in a terminal, and what it printed so far. */
export interface Terminal {
    /** @throws where it ends before it printed these lines, in this order */
    printed(lines: readonly string[]): Promise<void>;
    readonly ended: Promise<{ readonly status: number | null; readonly output: string }>;
}

export interface Terminals extends AsyncDisposable {
    open(command: string): Terminal;
}

const DEADLINE_MS = 60_000;

/** Shells in a folder in which `npx zonekeeper` is the checkout's. @param normalize What is the same in each run */
export async function openTerminals(
    directory: string,
    normalize: (text: string) => string = (text) => text,
): Promise<Terminals> {
    const bin = join(directory, "bin");
    await mkdir(bin);
    const [node, zonekeeper] = [process.execPath, BIN];
    await writeFile(join(bin, "npx"), `#!/bin/sh\nshift\nexec '${node}' '${zonekeeper}' "$@"\n`);
    await chmod(join(bin, "npx"), 0o755);
    const opened: { readonly child: ChildProcess; readonly closed: Promise<unknown> }[] = [];
    return {
        open(command) {
            const child = spawn("/bin/sh", ["-c", command], {
                cwd: directory,
                env: { PATH: `${bin}:${process.env.PATH}`, HOME: directory },
                stdio: ["ignore", "pipe", "pipe"],
                // A group of its own, so that the shell ends with what it started.
                detached: true,
            });
            const closed = once(child, "close");
            opened.push({ child, closed });
            return terminalOf(child, closed, normalize);
        },
        async [Symbol.asyncDispose]() {
            for (const { child, closed } of opened.reverse()) {
                if (child.exitCode === null && child.signalCode === null) process.kill(-Number(child.pid), "SIGTERM");
                await closed;
            }
        },
    };
}

function terminalOf(child: ChildProcess, closed: Promise<unknown>, normalize: (text: string) => string): Terminal {
    let output = "";
    const hear = (data: Buffer) => {
        output += data.toString();
        child.emit("printed");
    };
    child.stdout?.on("data", hear);
    child.stderr?.on("data", hear);
    const deadline = AbortSignal.timeout(DEADLINE_MS);
    const ended = closed.then(() => ({ status: child.exitCode, output }));
    return {
        ended,
        async printed(lines) {
            const hasAll = () => isWithin(lines.map(normalize), normalize(output).split("\n"));
            while (!hasAll()) {
                const printed = once(child, "printed", { signal: deadline }).catch(() => undefined);
                const more = await Promise.race([printed, ended.then(() => undefined)]);
                if (more === undefined && !hasAll()) {
                    throw new Error(`it did not print\n${lines.join("\n")}\nbut\n${output}`);
                }
            }
        },
    };
}

/** Whether lines are among others, in their order. */
function isWithin(lines: readonly string[], all: readonly string[]): boolean {
    let next = 0;
    for (const line of all) if (line === lines[next]) next += 1;
    return next === lines.length;
}
