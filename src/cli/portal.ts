import { randomUUID } from "node:crypto";
import { resolve } from "node:path";

import { version } from "../../package.json";
import { systemClock } from "../clock";
import { outgoingFetch } from "../outgoing/outgoingFetch";
import { runPortal } from "../portal/main";
import { readPortalSettingsFile } from "../portal/settingsFile";
import { STATUS, type Terminal } from "./terminal";

export interface PortalFlags {
    readonly config?: string;
    readonly check?: string;
    readonly json?: boolean;
}

/** Serves the portal until the process is asked to end; with --check only judges its configuration. */
export async function portal({ config, check, json }: PortalFlags, terminal: Terminal): Promise<number> {
    if (check !== undefined) return checkConfiguration(check, json === true, terminal);
    const { directory, env } = terminal;
    const stop = new AbortController();
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => stop.abort(signal));
    await runPortal({
        config: config ?? "",
        directory,
        env,
        clock: systemClock,
        fetch: outgoingFetch(env),
        directFetch: outgoingFetch({}),
        nonce: randomUUID,
        version,
        write: (line) => terminal.out(line.trimEnd()),
        format: json ? "json" : "text",
        stop: stop.signal,
        onListening: () => {},
    });
    return STATUS.done;
}

async function checkConfiguration(path: string, isJson: boolean, terminal: Terminal): Promise<number> {
    const settings = await readPortalSettingsFile(resolve(terminal.directory, path));
    const { accesses } = settings;
    terminal.out(
        isJson ? JSON.stringify({ accesses: accesses.length, findings: [] }) : `${path}: ${accesses.length} accesses`,
    );
    return STATUS.done;
}
