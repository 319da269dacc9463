import { randomUUID } from "node:crypto";
import { resolve } from "node:path";

import { version } from "../../package.json";
import { runAgent } from "../agent/main";
import { systemClock } from "../clock";
import { fail, hasCode } from "../core/errors/errors";
import type { PortalSettings } from "../core/portal/settings/portalSettings";
import { outgoingFetch } from "../outgoing/outgoingFetch";
import { portalInFile } from "../portal/settingsFile";
import { configuredRounds } from "./configuredRounds";
import { whyOfOkta } from "./facts/whyOfOkta";
import { STATUS, type Terminal } from "./terminal/terminal";

export interface AgentFlags {
    readonly config: string;
    readonly membership?: string;
    readonly okta?: string;
    readonly json?: boolean;
    readonly dryRun?: boolean;
}

/** Keeps zones around the clock, until the process is asked to end; SIGHUP reads the configuration again. */
export async function agent({ dryRun: isDry, ...flags }: AgentFlags, terminal: Terminal): Promise<number> {
    if (isDry) return configuredRounds(flags, terminal);
    const { config, membership, okta, json } = flags;
    if (membership !== undefined) fail("bad-input", "an agent keeps every membership: --membership is for --dry-run");
    const stop = new AbortController();
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => stop.abort(signal));
    const path = resolve(terminal.directory, config);
    const served = await portalInFile(path);
    const options = {
        config,
        oktaUrl: okta,
        directory: terminal.directory,
        env: terminal.env,
        clock: systemClock,
        fetch: outgoingFetch(terminal.env),
        directFetch: outgoingFetch({}),
        nonce: randomUUID,
        version,
        write: (line: string) => terminal.out(line.trimEnd()),
        format: json ? "json" : "text",
        stop: stop.signal,
        onReload: (reload: () => void) => void process.on("SIGHUP", reload),
        whyOfOkta: whyOfOkta(okta, terminal),
        onListening: () => {},
    } as const;
    // One that fails ends the other: half of what was asked for is not what was asked for.
    const ending = (work: Promise<void>) =>
        work.catch((error: unknown) => {
            stop.abort("the other part of the process failed");
            throw error;
        });
    const portal = served === undefined ? [] : [ending(loadPortal().keepPortal(served, () => portalOf(path), options))];
    const all = await Promise.allSettled([ending(runAgent(options).catch(inConfiguration(config))), ...portal]);
    const failed = all.find((each) => each.status === "rejected");
    if (failed !== undefined) throw failed.reason;
    return STATUS.done;
}

/** Names the configuration in the sentence about a setting of it that only shows when it is used, such as a source. */
function inConfiguration(config: string): (error: unknown) => never {
    return (cause) => {
        if (!hasCode(cause, "bad-input") || cause.message.includes(config)) throw cause;
        return fail("bad-input", `cannot use the configuration ${config}: ${cause.message}`, { cause });
    };
}

/** The portal of a configuration that is read again. @throws as portalInFile; `bad-input` where it has none by now */
async function portalOf(path: string): Promise<PortalSettings> {
    const found = await portalInFile(path);
    return found ?? fail("bad-input", `${path} no longer has portal: settings; to end it, restart the agent`);
}

/** On demand: most agents serve no portal. */
function loadPortal(): typeof import("../portal/main") {
    return require("../portal/main");
}
