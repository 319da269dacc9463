import { randomUUID } from "node:crypto";
import { resolve } from "node:path";

import { version } from "../../package.json";
import { systemClock } from "../clock";
import { judgePortal } from "../core/portal/judgePortal";
import { outgoingFetch } from "../outgoing/outgoingFetch";
import { acceptStore } from "../portal/acceptStore";
import { runPortal } from "../portal/main";
import { secretProblems } from "../portal/secretProblems";
import { readPortalSettingsFile } from "../portal/settingsFile";
import { STATUS, type Terminal } from "./terminal/terminal";

export interface PortalFlags {
    readonly config?: string;
    readonly check?: string;
    readonly json?: boolean;
    readonly acceptStore?: boolean;
}

/** Serves the portal until the process is asked to end; SIGHUP reads the configuration again. With --check only judges its configuration. */
export async function portal({ config, check, json, acceptStore }: PortalFlags, terminal: Terminal): Promise<number> {
    if (check !== undefined) return checkConfiguration(check, json === true, terminal);
    if (acceptStore === true) return acceptPresentStore(config ?? "", json === true, terminal);
    const { directory, env } = terminal;
    const stop = new AbortController();
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => stop.abort(signal));
    // A SIGHUP before the configuration is read must not end the process.
    let reload = () => {};
    process.on("SIGHUP", () => reload());
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
        onReload: (again) => {
            reload = again;
        },
        onListening: () => {},
    });
    return STATUS.done;
}

async function acceptPresentStore(config: string, isJson: boolean, terminal: Terminal): Promise<number> {
    const { directory, env } = terminal;
    const accepted = await acceptStore({ config, directory, env, clock: systemClock });
    const { name, grants, ended } = accepted;
    terminal.out(
        isJson
            ? JSON.stringify(accepted)
            : `${name}: accepted as it is, with ${grants} live grants; ${ended} that had been ended stay ended. Everybody signs in again.`,
    );
    return STATUS.done;
}

/** Judges a configuration by the same kind of list as the policies for stacks. */
async function checkConfiguration(path: string, isJson: boolean, terminal: Terminal): Promise<number> {
    const settings = await readPortalSettingsFile(resolve(terminal.directory, path), "judge");
    // Where a pipeline checks, the secrets of production may well be absent.
    const secrets = secretProblems(settings, terminal).map(
        ({ where, sentence }) => ({ level: "warn", policy: "portal-secrets-readable", where, sentence }) as const,
    );
    const findings = [...judgePortal(settings), ...secrets];
    const refused = findings.filter(({ level }) => level === "refuse");
    if (isJson) terminal.out(JSON.stringify({ findings }));
    else {
        for (const { level, policy, where, sentence } of findings) {
            terminal.out(`${level === "refuse" ? "refused" : "warning"}  ${policy}  ${where}: ${sentence}`);
        }
        const { length } = settings.accesses;
        const warnings = findings.length - refused.length;
        terminal.out(
            `${path}: ${length} ${length === 1 ? "access" : "accesses"}, ${refused.length} refused, ${warnings} ${warnings === 1 ? "warning" : "warnings"}`,
        );
    }
    return refused.length > 0 ? STATUS.refused : STATUS.done;
}
