import { randomUUID } from "node:crypto";

import { version } from "../../package.json";
import { dryRun } from "../agent/dryRun";
import { runAgent } from "../agent/main";
import { systemClock } from "../clock";
import { outgoingFetch } from "../outgoing/outgoingFetch";
import { untilSettled } from "./deadline";
import { describeRound } from "./describeRound";
import { roundDocument } from "./sync";
import { STATUS, type Terminal } from "./terminal";

export interface AgentFlags {
    readonly config: string;
    readonly okta?: string;
    readonly json?: boolean;
    readonly dryRun?: boolean;
}

/** Keeps zones around the clock, until the process is asked to end; SIGHUP reads the configuration again. */
export async function agent({ config, okta, json, dryRun: isDry }: AgentFlags, terminal: Terminal): Promise<number> {
    if (isDry) return rehearse({ config, ...(okta !== undefined && { okta }), ...(json && { json }) }, terminal);
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

/** Says what the first round would do. The status is that of `sync --dry-run`. */
async function rehearse({ config, okta, json }: AgentFlags, terminal: Terminal): Promise<number> {
    const { directory, env, err, out } = terminal;
    const fetches = { fetch: outgoingFetch(env), directFetch: outgoingFetch({}) };
    const common = {
        config,
        oktaUrl: okta,
        directory,
        env,
        clock: systemClock,
        ...fetches,
        nonce: randomUUID,
        version,
    };
    const round = await untilSettled((signal) =>
        dryRun({ ...common, signal, onWarning: (text) => err(`warning: ${text}`) }),
    );
    out(json ? JSON.stringify(roundDocument(round)) : describeRound(round, "plan"));
    return round.refused.length > 0 ? STATUS.refused : STATUS.done;
}
