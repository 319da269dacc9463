import { randomUUID } from "node:crypto";

import { version } from "../../package.json";
import { runAgent } from "../agent/main";
import { systemClock } from "../clock";
import { STATUS, type Terminal } from "./terminal";

export interface AgentFlags {
    readonly config: string;
    readonly okta?: string;
    readonly json?: boolean;
}

/** Keeps zones around the clock, until the process is asked to end; SIGHUP reads the configuration again. */
export async function agent({ config, okta, json }: AgentFlags, terminal: Terminal): Promise<number> {
    const stop = new AbortController();
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => stop.abort(signal));
    await runAgent({
        config,
        oktaUrl: okta,
        directory: terminal.directory,
        env: terminal.env,
        clock: systemClock,
        fetch,
        nonce: randomUUID,
        version,
        write: (line) => terminal.out(line.trimEnd()),
        format: json ? "json" : "text",
        stop: stop.signal,
        onReload: (reload) => void process.on("SIGHUP", reload),
        onListening: () => {},
    });
    return STATUS.done;
}
