import { resolve } from "node:path";

import type { CheckedClock } from "../checkedClock";
import type { Clock } from "../clock";
import type { AgentSettings, MembershipSettings } from "../core/settings/agentSettings";
import { httpSessions, type Sessions } from "../okta/sessions";
import { isWebhook } from "../sources/open";
import type { GrantSource } from "../sources/source";
import { boundMembership, openGroupOf } from "./boundMembership";
import { concurrently, until } from "./concurrently";
import type { Environment } from "./environment";
import { NOT_LEADING } from "./http/answers/standby";
import type { WebhookAnswer, WebhookReceiver } from "./http/types";
import { createMembership, type Membership, type MembershipOptions, NO_DENIALS } from "./membership";
import { agentMemory, isFolderShared } from "./memory/agentMemory";
import { folderOf } from "./memory/folderOf";
import type { UsedSource } from "./openSources";
import type { Org } from "./org";
import { clearSessions, keepSessions } from "./revocation";
import { openSessionClearing } from "./sessions/clearing";
import { queueFile } from "./sessions/queueFile";
import { openTimeCheck } from "./timeCheck";
import { knownZonesFile } from "./zones/knownZones";

export interface OpenMembershipOptions
    extends Pick<Environment, "directory" | "nonce">,
        Pick<MembershipOptions, "record" | "unsettled" | "denials" | "lockState" | "others" | "onRound" | "onTrouble"> {
    readonly process: Pick<AgentSettings, "state" | "leader">;
    readonly org: Org;
    readonly source: UsedSource;
    /** Receives warnings, each a sentence. */
    readonly onWarning: (sentence: string) => void;
    /** The clock by which grants start and end. It survives a reload of the configuration. */
    readonly time: CheckedClock;
    /** See openTimeRecord. */
    readonly tellTime: () => Promise<void>;
}

/** A membership with its Okta org and its source. */
export interface OpenMembership extends Membership {
    readonly settings: MembershipSettings;
    readonly source: GrantSource;
    /** See sourceIdentity. */
    readonly sourceIdentity: string;
    /** The sessions of users at its org. */
    readonly sessions: Sessions;
    /** Receives deliveries for the source. */
    readonly webhook: WebhookReceiver;
    /** Reads zones that are new in the settings. @throws what reading throws */
    checkZones(zoneIds: readonly string[]): Promise<void>;
    close(): Promise<void>;
}

/** Opens a membership. No request is made yet. */
export function openMembership(settings: MembershipSettings, options: OpenMembershipOptions): OpenMembership {
    const { directory, process, org, source, time: clock, nonce } = options;
    const state = folderOf(process.state, settings.name);
    const { zones, http, rateLimit, writers } = org;
    const budget = org.budget.join(settings.name, settings.zones.length, () => membership.resume());
    const isStateShared = isFolderShared(process);
    const file = queueFile(resolve(directory, state, "sessions.json"), settings.zones);
    const isKept = settings.onRevoke === "keep-sessions";
    const clearing = () => openSessionClearing({ ...options, clock, sessions, file });
    const revoking = isKept ? keepSessions : clearSessions(clearing);
    const sessions = httpSessions(http);
    const time = openTimeCheck({
        time: clock,
        ask: async (signal) => settings.zones[0] && zones.read(settings.zones[0], signal),
        budget,
        tell: options.tellTime,
    });
    const bound = openGroupOf(settings, { ...options, clock, onNews: () => membership.redecide() });
    const membership: Membership = createMembership({
        ...options,
        clock,
        time,
        settings,
        source: source.member,
        sourceType: source.type,
        zones,
        budget,
        rateLimit,
        memories: agentMemory({ ...process, state, zones: settings.zones }, { ...options, clock }),
        isStateShared,
        seen: knownZonesFile(resolve(directory, state, "zones.json"), options.onWarning),
        newId: nonce,
        ...(bound && { bound: bound.group, denials: bound.group.denials(options.denials ?? NO_DENIALS) }),
        onInForce: revoking.inForce,
        clearings: revoking.pending,
        lastWriter: writers.lastWriter,
    });
    const watching = (signal: AbortSignal) => writers.follow(settings.zones, membership.suspect, signal);
    const withGroup = bound === undefined ? membership : boundMembership(membership, bound.group);
    const besides = [revoking.run, watching];
    return {
        ...withGroup,
        settings,
        source: source.whole,
        sourceIdentity: source.identity,
        sessions,
        run: (stop, lost) => concurrently(until(lost, besides), () => withGroup.run(stop, lost)),
        webhook: webhookOf(source.whole, membership, clock),
        async checkZones(zoneIds) {
            const { signal } = new AbortController();
            for (const id of zoneIds) await zones.read(id, signal);
            await bound?.group.check(signal);
        },
        async close() {
            budget.leave();
            bound?.leave();
            await source.leave();
        },
    };
}

/** A standby accepts deliveries only into a store that the leader shares: others would be lost. */
function webhookOf(source: GrantSource, membership: Membership, { now }: Pick<Clock, "now">): WebhookReceiver {
    if (!isWebhook(source)) {
        const answer = { status: 404, body: { error: "this agent's source is not a webhook" } };
        return { screen: () => answer, authenticate: async () => answer, accept: async () => answer };
    }
    const standby = (): WebhookAnswer | undefined => {
        if (source.isShared || membership.view().isLeading) return undefined;
        const error =
            "this agent stands by, and shares no store with the one that leads: send it there, or again later";
        return { status: 503, body: { error, code: NOT_LEADING } };
    };
    return {
        screen: (headers) => standby() ?? source.screen(headers, now()),
        authenticate: (request) => source.authenticate(request, now()),
        accept: async (request) => standby() ?? source.accept(request, now()),
    };
}
