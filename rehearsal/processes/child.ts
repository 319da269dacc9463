import { type ChildProcess, spawn } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** A Node process of a rehearsal. */
export interface Child {
    /** The exit status, or null if a signal ended it. Never rejects. */
    readonly exited: Promise<number | null>;
    /** Ends the process, by force if it does not go; resolves when it is gone. */
    stop(): Promise<void>;
}

export interface ChildOptions {
    readonly node: string;
    readonly args: readonly string[];
    readonly directory: string;
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly onLine: (line: string, stream: "stdout" | "stderr") => void;
    /** `held` leaves the child's standard input open for as long as this process lives. @default "none" */
    readonly stdin?: "none" | "held";
}

/** Starts a process; see startChild. */
export type StartChild = (options: ChildOptions) => Child;

/** How long a process may take to end when asked to. */
const GRACE_MS = 2_000;

/** Where Node keeps the compiled form of Pulumi's packages, which takes a quarter off the start of a program. */
export const COMPILE_CACHE = join(tmpdir(), "node-compile-cache");

/** Starts a process that does not outlive this one, even if this one ends without calling stop. */
export function startChild({ node, args, directory, env, onLine, stdin = "none" }: ChildOptions): Child {
    const child = spawn(node, args, {
        cwd: directory,
        env: { NODE_COMPILE_CACHE: COMPILE_CACHE, ...env },
        stdio: [stdin === "held" ? "pipe" : "ignore", "pipe", "pipe"],
    });
    const kill = () => child.kill("SIGKILL");
    process.once("exit", kill);
    for (const stream of ["stdout", "stderr"] as const) {
        const input = child[stream];
        if (input !== null) createInterface({ input }).on("line", (line) => onLine(line, stream));
    }
    const exited = endOf(child).finally(() => process.off("exit", kill));
    return {
        exited,
        async stop() {
            child.kill("SIGTERM");
            const force = setTimeout(kill, GRACE_MS);
            await exited;
            clearTimeout(force);
        },
    };
}

/** `close` comes after `exit`, when the last line has been read; `error` when the process could not start. */
function endOf(child: ChildProcess): Promise<number | null> {
    return new Promise((resolve) => {
        child.once("close", (status) => resolve(status));
        child.once("error", () => resolve(null));
    });
}
