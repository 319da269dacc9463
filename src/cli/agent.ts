import { randomUUID } from "node:crypto";

import { version } from "../../package.json";
import { runAgent } from "../agent/main";
import { systemClock } from "../clock";
import { fail } from "../core/errors/errors";
import { outgoingFetch } from "../outgoing/outgoingFetch";
import { rehearseAgent } from "./rehearseAgent";
import { STATUS, type Terminal } from "./terminal";

export interface AgentFlags {
    readonly config: string;
    readonly membership?: string;
    readonly okta?: string;
    readonly json?: boolean;
    readonly dryRun?: boolean;
}

/** Keeps zones around the clock, until the process is asked to end; SIGHUP reads the configuration again. */
export async function agent({ dryRun: isDry, ...flags }: AgentFlags, terminal: Terminal): Promise<number> {
    if (isDry) return rehearseAgent(flags, terminal);
    const { config, membership, okta, json } = flags;
    if (membership !== undefined) fail("bad-input", "an agent keeps every membership: --membership is for --dry-run");
    const stop = new AbortController();
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => stop.abort(signal));
    await runAgent({
        config,
        oktaUrl: okta,
        directory: terminal.directory,
        env: terminal.env,
        clock: systemClock,
        fetch: outgoingFetch(terminal.env),
        directFetch: outgoingFetch({}),
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
