import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { type Child, type ChildOptions, COMPILE_CACHE, type StartChild, startChild } from "./child";

/** Processes that run one script after the other. */
export interface ReusedProcesses {
    /** As startChild, in a process that has ended its last script, if there is one. */
    readonly start: StartChild;
    /** Ends them all. */
    close(): void;
}

/** A line that no script prints. */
const END = "\u0000the script has ended";

const HOST = join(__dirname, "host.cjs");

/** Variables that Node reads when it starts. */
const AT_START = /^(NODE_|TZ$|SSL_)/;

/**
 * Starts Node processes that are kept when their script ends well, and run the next one: to load Node, tsx, Pulumi's SDK
 * and its packages takes longer than most scripts run. For tests; a script that ends badly ends its process.
 */
export function reusedProcesses(): ReusedProcesses {
    const idle = new Map<string, Host[]>();
    const all = new Set<Host>();

    function hostFor(options: ChildOptions, script: Script): { readonly host: Host; readonly key: string } {
        const atStart = Object.entries(options.env).filter(([name]) => AT_START.test(name));
        // Arguments of Node may be paths that are relative to the folder.
        const key = JSON.stringify([options.node, script.nodeArgs, options.directory, options.stdin, atStart.sort()]);
        const found = idle.get(key)?.pop();
        if (found !== undefined) return { host: found, key };
        const host = startHost(options, script);
        all.add(host);
        void host.closed.then(() => all.delete(host));
        return { host, key };
    }

    return {
        start(options) {
            const script = scriptIn(options.args);
            if (script === undefined) return startChild(options);
            const { host, key } = hostFor(options, script);
            const { exited, stop } = host.run(options, script);
            void exited.then(() => {
                if (!host.isOver()) idle.set(key, [...(idle.get(key) ?? []), host]);
            });
            return { exited, stop };
        },
        close() {
            for (const host of all) host.kill();
        },
    };
}

interface Script {
    readonly nodeArgs: readonly string[];
    readonly script: string;
    readonly args: readonly string[];
}

/** Divides `--require a.cjs main.js x` into the arguments of Node and those of the script. */
function scriptIn(args: readonly string[]): Script | undefined {
    const at = args.findIndex((arg, index) => /\.[cm]?js$/.test(arg) && args[index - 1] !== "--require");
    const script = args[at];
    return script === undefined ? undefined : { nodeArgs: args.slice(0, at), script, args: args.slice(at + 1) };
}

interface Host {
    run(options: ChildOptions, script: Script): Child;
    isOver(): boolean;
    kill(): void;
    readonly closed: Promise<number | null>;
}

function startHost({ node, env, directory, stdin }: ChildOptions, { nodeArgs }: Script): Host {
    const child = spawn(node, [...nodeArgs, HOST], {
        cwd: directory,
        env: { NODE_COMPILE_CACHE: COMPILE_CACHE, ...env },
        stdio: [stdin === "held" ? "pipe" : "ignore", "pipe", "pipe", "ipc"],
    });
    const kill = () => void child.kill("SIGKILL");
    process.once("exit", kill);
    let isOver = false;
    const closed = new Promise<number | null>((resolve) => {
        child.once("close", (status) => resolve(status));
        child.once("error", () => resolve(null));
    }).finally(() => {
        isOver = true;
        process.off("exit", kill);
    });
    let onLine: ChildOptions["onLine"] = () => {};
    let onEnd: () => void = () => {};
    for (const stream of ["stdout", "stderr"] as const) {
        const input = child[stream];
        if (input === null) continue;
        createInterface({ input }).on("line", (line) => (line === END ? onEnd() : onLine(line, stream)));
    }
    return {
        closed,
        isOver: () => isOver,
        kill,
        run(options, { script, args }) {
            onLine = options.onLine;
            const exited = Promise.race([closed, endOf(child, (listener) => (onEnd = listener))]);
            child.send({ script, args, directory: options.directory, env: options.env, end: END });
            let isEnded = false;
            void exited.then(() => {
                isEnded = true;
            });
            return {
                exited,
                async stop() {
                    if (isEnded) return;
                    if (options.stdin === "held" && !isOver) child.send("stop");
                    else child.kill("SIGTERM");
                    await exited;
                },
            };
        },
    };
}

/** The status of the script, once all that it printed has been read. */
function endOf(child: ChildProcess, listen: (listener: () => void) => void): Promise<number | null> {
    const printed = new Promise<void>((resolve) => {
        let left = 2;
        listen(() => {
            left -= 1;
            if (left === 0) resolve();
        });
    });
    const status = new Promise<number | null>((resolve) => {
        child.once("message", (message) => resolve((message as { readonly status: number }).status));
    });
    return Promise.all([status, printed]).then(([each]) => each);
}
