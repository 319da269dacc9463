import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

import { type Checkout, type LastDeployment, lastDeployment } from "./deployed";

/** Reading a history or asking git. */
const SHORT_MS = 60_000;

/** A preview or an up of the whole program, Okta's rate limit included. */
const LONG_MS = 20 * 60_000;

/** The entries of the history that are searched for a deployment. */
const HISTORY_PAGE = "20";

/** How a program ended, and all that it printed. */
export interface Ended {
    readonly status: number;
    readonly stdout: string;
    readonly stderr: string;
}

/** The tools that promotion works with, in one checkout. */
export interface Tools {
    /** @throws where the directory is no checkout of git */
    checkout(): Promise<Checkout>;
    /** @throws when Pulumi cannot tell */
    history(stack: string): Promise<LastDeployment | undefined>;
    /** Runs a command that takes its time, and shows what it prints; never asks back. */
    pulumi(args: readonly string[]): Promise<Ended>;
}

/** @param print Takes what the long commands print, line by line. */
export function openTools(directory: string, env: NodeJS.ProcessEnv, print: (line: string) => void): Tools {
    const options = { directory, env: { ...env, PULUMI_EXPERIMENTAL: "true", PULUMI_SKIP_UPDATE_CHECK: "true" } };
    const quiet = async (command: string, args: readonly string[]) => {
        const { status, stdout, stderr } = await run(command, args, { ...options, timeoutMs: SHORT_MS });
        if (status !== 0) throw new Error(`${command} ${args.join(" ")} failed: ${stderr.trim()}`);
        return stdout;
    };
    return {
        async checkout() {
            const commit = (await quiet("git", ["rev-parse", "HEAD"])).trim();
            return { commit, dirty: (await quiet("git", ["status", "--porcelain"])) !== "" };
        },
        history: async (stack) =>
            lastDeployment(
                await quiet("pulumi", ["stack", "history", "--stack", stack, "--json", "--page-size", HISTORY_PAGE]),
            ),
        pulumi: (args) => run("pulumi", [...args, "--non-interactive"], { ...options, timeoutMs: LONG_MS, print }),
    };
}

interface RunOptions {
    readonly directory: string;
    readonly env: NodeJS.ProcessEnv;
    readonly timeoutMs: number;
    readonly print?: (line: string) => void;
}

function run(command: string, args: readonly string[], options: RunOptions): Promise<Ended> {
    const { directory, env, timeoutMs, print } = options;
    return new Promise((resolve, reject) => {
        const child = spawn(command, args, {
            cwd: directory,
            env,
            stdio: ["ignore", "pipe", "pipe"],
            timeout: timeoutMs,
        });
        const printed = { stdout: "", stderr: "" };
        for (const name of ["stdout", "stderr"] as const) {
            createInterface({ input: child[name] }).on("line", (line) => {
                printed[name] += `${line}\n`;
                print?.(line);
            });
        }
        child.on("error", (cause) => reject(new Error(`${command} cannot be started`, { cause })));
        child.on("close", (status, signal) => {
            if (signal === null) return resolve({ status: status ?? 1, ...printed });
            reject(
                new Error(
                    `${command} ${args[0]} was ended by ${signal}, after ${timeoutMs / 60_000} minutes or by hand`,
                ),
            );
        });
    });
}
