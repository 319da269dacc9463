import { resolve } from "node:path";
import { openCheckedClock } from "../checkedClock";
import { codeNamed, sentenceOf } from "../core/errors/codes";
import type { AgentSettings, MembershipSettings } from "../core/settings/agentSettings";
import type { Answer } from "../core/why/why";
import type { MembershipAnswer } from "../core/why/whyOfSeveral";
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
import { membershipOpener } from "./membershipOpener";
import { type Memberships, openMemberships } from "./memberships";
import { openPortalReports } from "./portalReports";
import { readSettingsFile } from "./settingsFile";
import { openMetrics } from "./status/metrics";
import type { AskOkta } from "./status/oktaAnswers";
import type { AgentView } from "./status/view";
import { webhookFor } from "./webhookFor";

export interface RunAgentOptions extends Environment {
    /** The path of the configuration, relative to the directory. */
    readonly config: string;
    /** Replaces the org's address, for an emulator. */
    readonly oktaUrl?: string | undefined;
    /** Receives the lines of the log. */
    readonly write: (line: string) => void;
    /** `json`: a JSON document a line; `text`: a sentence a line. */
    readonly format: "json" | "text";
    /** Ends the agent; its reason is recorded in the ledger. */
    readonly stop: AbortSignal;
    /** Receives a function that reloads the configuration. */
    readonly onReload: (reload: () => void) => void;
    /** Answers `why` with facts from Okta. @default answers use only what the agent has in memory */
    readonly whyOfOkta?: WhyOfOkta;
    /** Receives the URL of the agent when it listens. */
    readonly onListening: (url: string) => void;
}

/** Answers for one membership with the agent's state and facts from Okta. @throws `bad-input`, `okta-*` */
export type WhyOfOkta = (question: {
    readonly subject: string;
    readonly membership: MembershipSettings;
    readonly settings: AgentSettings;
    readonly view: AgentView;
    readonly signal: AbortSignal;
}) => Promise<Answer>;

/**
 * The agent as a process: runs its memberships until `stop` aborts, and serves HTTP.
 * What it opens, it closes in reverse order.
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
        denials.subscribe(() => members.wake());
        closers.push(denials.follow((problem) => log.error(`the denials of another agent cannot be read: ${problem}`)));
        const lock = openLeadership(settings.leader, { ...options, state: settings.state, onTrouble: log.warn });
        leadership = lock;
        closers.push(() => lock.close());
        const server = await startServer(
            serverOptions(settings, options, { log, book, time, metrics, members, denials }),
        );
        closers.push(() => server.close());
        log.info(`listening on ${server.url}`);
        options.onListening(server.url);
        const toPortals = openPortalReports({
            ...options,
            clock: time,
            members: members.all,
            ...book,
            onTrouble: log.warn,
        });
        closers.push(toPortals.close);
        await whileLeading(
            {
                leadership: book.during(lock),
                record: book.record,
                standBy: members.standBy,
                clock: options.clock,
                onGivenBack: (error) => log.warn(`gave the lead back: ${sentenceOf(error)}`),
            },
            options.stop,
            (lost) => lead(lost, options, { book, members }),
        );
    } finally {
        for (const close of closers.reverse()) await close();
    }
}

/** The code of a configuration that a reload refuses. */
const { code: WRONG } = codeNamed("agent-config-wrong");

type Parts = ReturnType<typeof openParts>;

interface Known {
    readonly denials: Denials;
    readonly lockState: () => LockState | undefined;
}

function openParts(
    settings: AgentSettings,
    options: RunAgentOptions,
    read: () => Promise<AgentSettings>,
    known: Known,
) {
    const { clock, version, write, format } = options;
    const { redact, learn } = openRedaction(options);
    learn(settings);
    const log = openLog({ level: settings.log, format, write, now: clock.now, redact });
    const book = openLeaderLedger(settings, options);
    const time = openCheckedClock(clock);
    const metrics = openMetrics({ version, view: () => members.view(), memberships: () => members.several() });
    for (const listener of [log.tell, metrics.tell]) book.subscribe(listener);
    const members: Memberships = openMemberships({
        settings,
        read: async () => {
            const now = await read();
            learn(now);
            log.setLevel(now.log);
            return now;
        },
        open: membershipOpener({ ...options, ...known, memberships: () => members.all(), book, log, metrics, time }),
        record: book.record,
        clock,
        onReloaded: (outcome, sentence) =>
            outcome === "kept" ? log.error(`${sentence} [${WRONG}]`) : log.info(sentence),
        onFailed: (membership, { code, message }) =>
            log.error(`the membership ${membership} cannot be kept for now: ${message}`, { code, membership }),
    });
    return { log, book, time, metrics, members };
}

function serverOptions(
    settings: AgentSettings,
    options: RunAgentOptions,
    { log, book, time, metrics, members, denials }: Parts & { readonly denials: AgentDenials },
): ServerOptions {
    const view = () => members.view();
    return {
        listen: settings.listen,
        version: options.version,
        clock: time,
        metrics,
        view,
        memberships: () => members.several(),
        subscribe: book.subscribe,
        recentLedger: book.recent,
        confirm: async (held, by, reason, membership) => ({
            confirmed: await members.confirm(held, by, reason, membership),
        }),
        denials: openDenying({
            denials,
            isShared: denials.isShared,
            isLeading: () => view().isLeading,
            record: book.record,
            onUnrecorded: (error) => log.error("a denial is not in the ledger yet", { ...tellFailure(error) }),
        }),
        ...(options.whyOfOkta !== undefined && { askOkta: askOktaFor(options.whyOfOkta, members) }),
        webhook: (membership) => webhookFor(members.all(), membership),
        token: () => (settings.token === undefined ? undefined : secretAt(settings.token, options)),
        report: (error) => log.error("an answer over HTTP failed", { ...tellFailure(error) }),
    };
}

/** Asks for one membership after the other, to spare the rate limit. */
function askOktaFor(whyOfOkta: WhyOfOkta, members: Memberships): AskOkta {
    return async (subject, name, signal) => {
        const settings = members.settings();
        const answers: MembershipAnswer[] = [];
        for (const running of members.all()) {
            const membership = running.settings;
            if (name !== undefined && membership.name !== name) continue;
            const view = running.view();
            const answer = await whyOfOkta({ subject, membership, settings, view, signal });
            answers.push({ membership: settings.form === "several" ? membership.name : undefined, ...answer });
        }
        return answers;
    };
}

/** Runs a term, with its beginning and its end in the ledger. */
async function lead(
    lost: AbortSignal,
    { stop, version }: RunAgentOptions,
    { book, members }: Pick<Parts, "book" | "members">,
): Promise<void> {
    const all = members.all();
    const source = [...new Set(all.map((each) => each.source.name))].join(", ");
    const memberships = all.map((each) => each.settings.name);
    await book.record({
        type: "agent.started",
        zones: all.flatMap((each) => each.settings.zones),
        source,
        ...(members.several() !== undefined && { memberships }),
        version,
    });
    try {
        await members.run(stop, lost);
    } catch (error) {
        // The error that ended it is thrown, even if it cannot be recorded.
        await book.record({ type: "agent.stopped", ...tellFailure(error) }).catch(() => {});
        throw error;
    }
    if (!lost.aborted) await book.record({ type: "agent.stopped", why: String(stop.reason) });
}
