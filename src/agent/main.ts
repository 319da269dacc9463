import { resolve } from "node:path";
import { openCheckedClock } from "../checkedClock";
import { codeNamed, sentenceOf } from "../core/errors/codes";
import type { AgentSettings } from "../core/settings/agentSettings";
import type { Denials } from "./denials/denials";
import { openDenying } from "./denials/denying";
import { type AgentDenials, openAgentDenials } from "./denials/open";
import { type Environment, secretAt } from "./environment";
import { tellFailure } from "./events/format";
import { startServer } from "./http/server";
import type { ServerOptions } from "./http/types";
import type { Leadership, LockState } from "./leadership/leadership";
import { openLeadership } from "./leadership/open";
import { whileLeading } from "./leadership/whileLeading";
import { openLeaderLedger } from "./ledger/leaderLedger";
import { openLog } from "./logging/log";
import { openRedaction } from "./logging/secretsInConfig";
import { openMembership } from "./openMembership";
import { openPortalReports } from "./portalReports";
import { openReload } from "./reload";
import { readSettingsFile } from "./settingsFile";
import { openMetrics } from "./status/metrics";

export interface RunAgentOptions extends Environment {
    /** The configuration; a relative path hangs on the directory. */
    readonly config: string;
    /** Replaces the org's address, for an emulator. */
    readonly oktaUrl?: string | undefined;
    /** Takes whole lines of the log. */
    readonly write: (line: string) => void;
    /** `json`: a JSON document a line; `text`: a sentence a line. */
    readonly format: "json" | "text";
    /** Ends the agent; its reason is what the ledger says. */
    readonly stop: AbortSignal;
    /** Is given what reads the configuration again. */
    readonly onReload: (reload: () => void) => void;
    /** Hears where the agent listens, once it does. */
    readonly onListening: (url: string) => void;
}

/**
 * The agent as a process: keeps one membership around the clock until it is told
 * to stop, and answers over HTTP. What it opens, it closes, the last first.
 *
 * @throws `bad-input` for settings that cannot be used; what makes going on senseless, see Loop
 */
export async function runAgent(options: RunAgentOptions): Promise<void> {
    const read = () => readSettingsFile(resolve(options.directory, options.config));
    const settings = await read();
    const denials = await openAgentDenials(settings, options);
    const closers: (() => Promise<unknown>)[] = [];
    try {
        let leadership: Leadership | undefined;
        const lockState = () => leadership?.lockState?.();
        const { log, book, time, metrics, members } = openParts(settings, options, read, { denials, lockState });
        closers.push(() => members.close());
        options.onReload(() => void members.reload());
        denials.subscribe(() => members.current().wake());
        closers.push(denials.follow((problem) => log.error(`the denials of another agent cannot be read: ${problem}`)));
        const lock = openLeadership(settings.leader, { ...options, state: settings.state, onTrouble: log.warn });
        leadership = lock;
        closers.push(() => lock.close());
        const desk = await startServer(deskOptions(settings, options, { log, book, time, metrics, members, denials }));
        closers.push(() => desk.close());
        log.info(`listening on ${desk.url}`);
        options.onListening(desk.url);
        const toPortal = openPortalReports(settings, {
            ...options,
            subscribe: book.subscribe,
            view: () => members.current().view(),
            onTrouble: (problem) => log.warn(String(problem)),
        });
        if (toPortal !== undefined) closers.push(toPortal.close);
        await whileLeading(
            {
                leadership: book.during(lock),
                record: book.record,
                standBy: members.standBy,
                clock: options.clock,
                onGivenBack: (error) => log.warn(`gave the lead back: ${sentenceOf(error)}`),
            },
            options.stop,
            (lost) => lead(lost, options, { settings, book, members }),
        );
    } finally {
        for (const close of closers.reverse()) await close();
    }
}

/** The code of a configuration that a reload does not take. */
const { code: WRONG } = codeNamed("agent-config-wrong");

type Parts = ReturnType<typeof openParts>;

function openParts(
    settings: AgentSettings,
    options: RunAgentOptions,
    read: () => Promise<AgentSettings>,
    known: { readonly denials: Denials; readonly lockState: () => LockState | undefined },
) {
    const { clock, version, write, format } = options;
    const { conceal, learn } = openRedaction(options);
    learn(settings);
    const log = openLog({ level: settings.log, format, write, now: clock.now, conceal });
    const book = openLeaderLedger(settings, options);
    const time = openCheckedClock(clock);
    const metrics = openMetrics({ version, view: () => members.current().view() });
    for (const listener of [log.tell, metrics.tell]) book.subscribe(listener);
    const members = openReload({
        settings,
        read: async () => {
            const now = await read();
            learn(now);
            log.setLevel(now.log);
            return now;
        },
        open: (now) =>
            openMembership(now, {
                ...options,
                ...book,
                ...known,
                time,
                onRound: metrics.countRound,
                onTrouble: (trouble) =>
                    trouble === undefined
                        ? log.info("the zones are as they should be again")
                        : log.error(`the zones cannot be kept for now: ${trouble.message}`, { code: trouble.code }),
                onRequest: metrics.countRequest,
                onWait: log.info,
                onWarning: log.warn,
            }),
        record: book.record,
        onReloaded: (outcome, sentence) =>
            outcome === "kept" ? log.error(`${sentence} [${WRONG}]`) : log.info(sentence),
    });
    return { log, book, time, metrics, members };
}

function deskOptions(
    settings: AgentSettings,
    options: RunAgentOptions,
    { log, book, time, metrics, members, denials }: Parts & { readonly denials: AgentDenials },
): ServerOptions {
    const view = () => members.current().view();
    return {
        listen: settings.listen,
        version: options.version,
        clock: time,
        metrics,
        view,
        subscribe: book.subscribe,
        recentLedger: book.recent,
        confirm: async (held, by, reason) => ({ confirmed: await members.current().confirm(held, by, reason) }),
        denials: openDenying({
            denials,
            isShared: denials.isShared,
            isLeading: () => view().isLeading,
            record: book.record,
            onUnrecorded: (error) => log.error("a denial is not in the ledger yet", { ...tellFailure(error) }),
        }),
        webhook: {
            screen: (headers) => members.current().webhook.screen(headers),
            authenticate: (request) => members.current().webhook.authenticate(request),
            accept: (request) => members.current().webhook.accept(request),
        },
        token: () => (settings.token === undefined ? undefined : secretAt(settings.token, options)),
        report: (error) => log.error("an answer over HTTP failed", { ...tellFailure(error) }),
    };
}

/** One time of leading, with its beginning and its end in the ledger. */
async function lead(
    lost: AbortSignal,
    { stop, version }: RunAgentOptions,
    { settings, book, members }: Pick<Parts, "book" | "members"> & { readonly settings: AgentSettings },
): Promise<void> {
    const source = members.current().source.name;
    await book.record({ type: "agent.started", zones: settings.zones, source, version });
    try {
        await members.run(stop, lost);
    } catch (error) {
        // What ended it counts, even if it cannot be written down.
        await book.record({ type: "agent.stopped", why: tellFailure(error).why }).catch(() => {});
        throw error;
    }
    if (!lost.aborted) await book.record({ type: "agent.stopped", why: String(stop.reason) });
}
