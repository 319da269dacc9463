import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";

/** The checkout. */
export const ROOT = join(__dirname, "../..");

/** The command zonekeeper: as `npm test` built it for the run, which starts sooner, or else as the checkout has it. */
export const BIN = process.env.ZONEKEEPER_TEST_BIN ?? join(ROOT, "bin/zonekeeper.cjs");

/** No process of a test lives longer. */
const DEADLINE_MS = 110_000;

export interface RunOptions {
    /** All of its environment but PATH and what makes Node start sooner. @default nothing */
    readonly env?: Readonly<Record<string, string>>;
    /** @default the checkout */
    readonly directory?: string;
    /** What it reads. @default nothing */
    readonly input?: string;
}

/** A process that ended. */
export interface Ran {
    /** Null where a signal ended it. */
    readonly status: number | null;
    readonly stdout: string;
    readonly stderr: string;
}

/** Runs Node with these arguments until it ends. */
export async function run(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
    return start(args, options).ended;
}

/** A process that goes on until somebody ends it. */
export interface Running extends AsyncDisposable {
    readonly child: ChildProcess;
    /** The first line of its output; rejects where it ends without one. */
    readonly firstLine: Promise<string>;
    readonly ended: Promise<Ran>;
}

/** Starts Node with these arguments; `await using` ends it. */
export function start(args: readonly string[], { env = {}, directory = ROOT, input = "" }: RunOptions = {}): Running {
    const { PATH = "", NODE_COMPILE_CACHE } = process.env;
    const child = spawn(process.execPath, args, {
        cwd: directory,
        env: { PATH, ...(NODE_COMPILE_CACHE !== undefined && { NODE_COMPILE_CACHE }), ...env },
        timeout: DEADLINE_MS,
        killSignal: "SIGKILL",
    });
    child.stdin.end(input);
    const closed = once(child, "close");
    const ended = Promise.all([closed, text(child.stdout), text(child.stderr)]).then(([[status], stdout, stderr]) => {
        return { status: status as number | null, stdout, stderr };
    });
    return {
        child,
        firstLine: firstLineOf(child, ended),
        ended,
        async [Symbol.asyncDispose]() {
            child.kill("SIGKILL");
            await ended;
        },
    };
}

function firstLineOf(child: ChildProcess, ended: Promise<Ran>): Promise<string> {
    return new Promise((resolve, reject) => {
        let seen = "";
        child.stdout?.on("data", (chunk) => {
            seen += chunk;
            const end = seen.indexOf("\n");
            if (end >= 0) resolve(seen.slice(0, end));
        });
        ended.then(({ stderr }) => reject(new Error(`it ended without a line: ${stderr}`)), reject);
    });
}
