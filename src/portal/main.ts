import { randomBytes } from "node:crypto";
import { resolve } from "node:path";

import { type Environment, secretAt } from "../agent/environment";
import { openFolderLedger } from "../agent/ledger/folder";
import { type Log, openLog } from "../agent/logging/log";
import { openRedaction } from "../agent/logging/secretsInConfig";
import { sentenceOf } from "../core/errors/codes";
import { fail } from "../core/errors/errors";
import type { PortalEvent } from "../core/portal/events";
import type { PortalSettings } from "../core/portal/settings/portalSettings";
import { databaseOf } from "../sources/open";
import { openReports, openStore } from "../sources/portal/openStore";
import type { PortalContext } from "./context";
import { startPortalServer } from "./http/server";
import { openProvider } from "./oidc/provider";
import { openReportCache } from "./reportCache";
import { openSeal } from "./seal";
import { sentenceOfEvent } from "./sentence";
import { readPortalSettingsFile } from "./settingsFile";

export interface RunPortalOptions extends Environment {
    /** The configuration; a relative path is relative to the directory. */
    readonly config: string;
    /** Takes whole lines of the log. */
    readonly write: (line: string) => void;
    readonly format: "json" | "text";
    /** Ends the portal; its reason is what the ledger says. */
    readonly stop: AbortSignal;
    /** Hears where the portal listens, once it does. */
    readonly onListening: (url: string) => void;
}

/** The portal as a process of its own. @throws `bad-input`, `ledger-*`, `source-unreadable` */
export async function runPortal(options: RunPortalOptions): Promise<void> {
    await servePortal(await readPortalSettingsFile(resolve(options.directory, options.config)), options);
}

/** Serves a portal until it is told to stop. What it opens, it closes, the last first. */
export async function servePortal(settings: PortalSettings, options: RunPortalOptions): Promise<void> {
    const { clock, directory, env, fetch, version, stop } = options;
    const closers: (() => Promise<unknown>)[] = [];
    const over = new AbortController();
    try {
        const log = openPortalLog(settings, options);
        const ledger = await openFolderLedger({
            state: resolve(directory, settings.state),
            now: clock.now,
            rotateBytes: 16_777_216,
            keepFiles: 0,
        });
        closers.push(() => ledger.close());
        const opening = { ...clock, directory, databaseOf: (url: string) => databaseOf(url, { directory, env }) };
        const store = openStore(settings.store, opening);
        closers.push(() => store.close());
        // A store that cannot be used is told of at once, and not at the first sign-in.
        await store.transact(() => ({ changes: [], result: undefined }));
        const reports = openReportCache(openReports(settings.store, opening), clock, (error) =>
            log.warn(sentenceOf(error)),
        );
        closers.push(() => reports.close());
        const audit = async (event: PortalEvent) => {
            await ledger.record(event as never);
            log.info(sentenceOfEvent(event), { ...event });
        };
        const context: PortalContext = {
            settings,
            store,
            reports: reports.latest,
            provider: openProvider({
                login: settings.login,
                clientSecret: () => settings.login.clientSecret && secretAt(settings.login.clientSecret, options),
                fetch,
                now: clock.now,
            }),
            seal: openSeal(requireSecret(settings.session.secret, options), clock.now),
            now: clock.now,
            newId: (prefix) => `${prefix}${randomBytes(12).toString("hex")}`,
            newSecret: () => randomBytes(32).toString("base64url"),
            audit,
            report: (error) => log.error(sentenceOf(error)),
            version,
        };
        const changes = openChanges();
        const watching = store.watch(changes.tell, over.signal).catch((error) => log.error(sentenceOf(error)));
        closers.push(async () => {
            over.abort();
            await watching;
        });
        reports.subscribe(changes.tell);
        const server = await startPortalServer(context, {
            fetch,
            subscribe: changes.subscribe,
            notReady: readiness(context),
        });
        closers.push(() => server.close());
        await audit({ type: "portal.started", why: version });
        log.info(`listening on ${server.url}, known as ${settings.url}`);
        options.onListening(server.url);
        await stopped(stop);
        await audit({ type: "portal.stopped", why: String(stop.reason) });
    } finally {
        over.abort();
        for (const close of closers.reverse()) await close();
    }
}

function openPortalLog(settings: PortalSettings, options: RunPortalOptions): Log {
    const { conceal, learn } = openRedaction(options);
    learn(settings);
    const { write, format, clock } = options;
    return openLog({ level: settings.log, format, write, now: clock.now, conceal });
}

/** A short secret could be guessed, and with it every cookie could be made. @throws `bad-input` */
function requireSecret(setting: string, environment: Pick<Environment, "directory" | "env">): string {
    const secret = secretAt(setting, environment);
    if (secret.length >= 32) return secret;
    return fail(
        "bad-input",
        `session.secret (${setting}) is shorter than 32 characters: make one with openssl rand -base64 32`,
    );
}

/** Who is told when something in the store or in a report may have changed. */
function openChanges() {
    const listeners = new Set<() => void>();
    return {
        tell: () => {
            for (const listener of listeners) listener();
        },
        subscribe: (listener: () => void) => {
            listeners.add(listener);
            return () => listeners.delete(listener);
        },
    };
}

function readiness({ store, reports, now }: PortalContext): () => Promise<readonly string[]> {
    return async () => {
        const reasons: string[] = [];
        await store.read(AbortSignal.timeout(5_000)).catch((error) => reasons.push(sentenceOf(error)));
        const latest = Math.max(0, ...reports().map(({ heartbeatAtMs }) => heartbeatAtMs));
        if (now() - latest > 60_000) reasons.push("no agent has said anything for a minute");
        return reasons;
    };
}

function stopped(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
        if (signal.aborted) resolve();
        else signal.addEventListener("abort", () => resolve(), { once: true });
    });
}
