import { randomBytes } from "node:crypto";
import { resolve } from "node:path";

import { type Environment, secretAt } from "../agent/environment";
import type { Ledger } from "../agent/ledger/ledger";
import { type Log, openLog } from "../agent/logging/log";
import { openRedaction } from "../agent/logging/secretsInConfig";
import { sentenceOf } from "../core/errors/codes";
import { fail } from "../core/errors/errors";
import type { PortalEvent } from "../core/portal/events";
import { lacksOffline, type PortalSettings } from "../core/portal/settings/portalSettings";
import { databaseOf } from "../sources/open";
import { openReports, openStore } from "../sources/portal/openStore";
import type { PortalStore } from "../sources/portal/portalStore";
import { memoryOf, portalLedger } from "./acceptStore";
import { openAddressing } from "./addressing";
import { openLogQuestions } from "./askLog";
import { openAudit } from "./audit";
import { openChanges } from "./changes";
import type { PortalContext } from "./context";
import { extendingStore } from "./extendingStore";
import { startPortalServer } from "./http/server";
import { keepServing } from "./keepServing";
import { neverAhead } from "./neverAhead";
import { runNotifier } from "./notifier";
import { openProvider } from "./oidc/provider";
import { readiness } from "./readiness";
import { openReportCache, type ReportCache } from "./reportCache";
import { openSeal } from "./seal";
import { secretProblems } from "./secretProblems";
import { sentenceOfEvent } from "./sentence";
import { requireSecret } from "./sessionSecret";
import { readPortalSettingsFile } from "./settingsFile";

export interface RunPortalOptions extends Environment {
    /** The configuration; a relative path is relative to the directory. */
    readonly config: string;
    /** Takes whole lines of the log. */
    readonly write: (line: string) => void;
    readonly format: "json" | "text";
    /** Ends the portal; its reason is what the ledger says. */
    readonly stop: AbortSignal;
    /** Receives a function that reads the configuration again. @default ignored */
    readonly onReload?: (reload: () => void) => void;
    /** Hears where the portal listens, once it does. */
    readonly onListening: (url: string) => void;
    /** How long a request may take to arrive. @default 10 s */
    readonly requestTimeoutMs?: number;
}

/** The portal as a process of its own. @throws `bad-input`, `ledger-*`, `source-unreadable` */
export async function runPortal(options: RunPortalOptions): Promise<void> {
    const read = () => readPortalSettingsFile(resolve(options.directory, options.config));
    await keepPortal(await read(), read, options);
}

/** Serves a portal until it is told to stop, with the configuration of when it was last read. */
export async function keepPortal(
    first: PortalSettings,
    read: () => Promise<PortalSettings>,
    options: RunPortalOptions,
): Promise<void> {
    const { stop, onReload = () => {}, onListening } = options;
    const log = openPortalLog(first, options);
    await keepServing({
        first,
        read: async () => {
            const found = await read();
            requireSecrets(found, options);
            return found;
        },
        serve: (settings, until, onServing) => {
            const told = (url: string) => {
                onServing();
                onListening(url);
            };
            return servePortal(settings, { ...options, stop: until, onListening: told });
        },
        stop,
        onReload,
        onRefused: (error) => log.error(`the configuration of before stays in force: ${sentenceOf(error)}`),
    });
}

/** @throws `bad-input` with all secrets that cannot be read */
function requireSecrets(settings: PortalSettings, options: RunPortalOptions): void {
    const missing = secretProblems(settings, options);
    if (missing.length === 0) return;
    fail("bad-input", missing.map(({ where, sentence }) => `portal.${where}: ${sentence}`).join("; "));
}

/** Serves a portal until it is told to stop. What it opens, it closes, the last first. */
async function servePortal(settings: PortalSettings, options: RunPortalOptions): Promise<void> {
    const { fetch, version, stop, requestTimeoutMs } = options;
    const closers: (() => Promise<unknown>)[] = [];
    const over = new AbortController();
    try {
        requireSecrets(settings, options);
        const log = openPortalLog(settings, options);
        const parts = await openParts(settings, options, log, closers);
        const context = contextOf(settings, options, log, parts);
        if (lacksOffline(settings.login)) {
            log.warn(
                "login.scopes lacks offline_access: a click after session.recheck needs a new sign-in; add it, or leave out login.scopes",
            );
        }
        const { store, reports } = parts;
        // A store that cannot be used is told of at once, and not at the first sign-in.
        await store.transact(() => ({ changes: [], result: undefined }));
        const changes = openChanges();
        const watching = store.watch(changes.tell, over.signal).catch((error) => log.error(sentenceOf(error)));
        closers.push(async () => {
            over.abort();
            await watching;
        });
        reports.subscribe(changes.tell);
        const notifier = {
            context,
            clock: options.clock,
            fetch,
            secret: (at: string) => secretAt(at, options),
            onGivenUp: log.warn,
        };
        const notifying = runNotifier(notifier, over.signal);
        closers.push(async () => {
            over.abort();
            await notifying;
        });
        const notReady = readiness(context);
        const server = await startPortalServer(context, {
            fetch,
            subscribe: changes.subscribe,
            notReady,
            ...(requestTimeoutMs !== undefined && { requestTimeoutMs }),
        });
        closers.push(() => server.close());
        await context.audit({ type: "portal.started", why: version });
        await context.requireLedger();
        log.info(`listening on ${server.url}, known as ${settings.url}`);
        options.onListening(server.url);
        await stopped(stop);
        await context.audit({ type: "portal.stopped", why: String(stop.reason) });
    } finally {
        over.abort();
        for (const close of closers.reverse()) await close();
    }
}

interface Parts {
    readonly ledger: Ledger;
    readonly store: PortalStore;
    readonly reports: ReportCache;
}

async function openParts(
    settings: PortalSettings,
    { clock, directory, env }: RunPortalOptions,
    log: Log,
    closers: (() => Promise<unknown>)[],
): Promise<Parts> {
    const ledger = await portalLedger(settings, directory, clock);
    closers.push(() => ledger.close());
    const onAccepted = () => {
        const event: PortalEvent = { type: "portal.store-accepted", why: store.name };
        ledger.record(event).catch((error) => log.error(sentenceOf(error)));
        log.warn(sentenceOfEvent(event));
    };
    const opening = {
        ...clock,
        now: neverAhead(clock),
        directory,
        databaseOf: (url: string) => databaseOf(url, { directory, env }),
    };
    const store = openStore(settings.store, { ...opening, memory: memoryOf(settings, directory), onAccepted });
    closers.push(() => store.close());
    const told = openReports(settings.store, opening);
    const reports = openReportCache(told, clock, (error) => log.warn(sentenceOf(error)));
    closers.push(() => reports.close());
    return { ledger, store, reports };
}

function contextOf(
    settings: PortalSettings,
    options: RunPortalOptions,
    log: Log,
    { ledger, store, reports }: Parts,
): PortalContext {
    const { clock, fetch, version } = options;
    const { login, session } = settings;
    const report = (error: unknown) => log.error(sentenceOf(error));
    const askLog = openLogQuestions(settings, options, log.info);
    const { record: audit, require: requireLedger } = openAudit(ledger, log);
    return {
        settings,
        addressing: openAddressing({ settings, now: clock.now, askLog, report }),
        store: extendingStore(store, audit),
        reports: reports.latest,
        provider: openProvider({
            login,
            clientSecret: () => login.clientSecret && secretAt(login.clientSecret, options),
            fetch,
            now: clock.now,
            report,
            onNoOffline: () =>
                log.warn(
                    "the provider refuses offline_access to this client: allow it the refresh token grant, or a click after session.recheck needs a new sign-in",
                ),
        }),
        seal: openSeal(requireSecret(session.secret, options), clock.now),
        now: clock.now,
        sleep: (ms) => clock.sleep(ms, new AbortController().signal),
        process: randomBytes(12).toString("hex"),
        newId: (prefix) => `${prefix}${randomBytes(12).toString("hex")}`,
        newSecret: () => randomBytes(32).toString("base64url"),
        audit,
        requireLedger,
        report,
        warnOnce: openWarnOnce(log),
        version,
    };
}

function openWarnOnce({ warn }: Log): PortalContext["warnOnce"] {
    const said = new Set<string>();
    return (sentence) => {
        if (!said.has(sentence)) warn(sentence);
        said.add(sentence);
    };
}

function openPortalLog(settings: PortalSettings, options: RunPortalOptions): Log {
    const { redact, learn } = openRedaction(options);
    learn(settings);
    const { write, format, clock } = options;
    return openLog({ level: settings.log, format, write, now: clock.now, redact });
}

function stopped(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
        if (signal.aborted) resolve();
        else signal.addEventListener("abort", () => resolve(), { once: true });
    });
}
