import { resolve } from "node:path";

import type { CheckedClock } from "../checkedClock";
import type { Clock } from "../clock";
import type { AgentSettings } from "../core/settings/agentSettings";
import { findOkta } from "../okta/connection";
import { type OktaHttp, oktaHttp } from "../okta/http";
import { whoAmI } from "../okta/org";
import { httpSessions } from "../okta/sessions";
import { httpZones } from "../okta/zones/httpZones";
import { readZoneChanges } from "../okta/zones/zoneLog";
import { isWebhook, openSource } from "../sources/open";
import type { GrantSource } from "../sources/source";
import { parseSourceSpec } from "../sources/spec";
import { concurrently, until } from "./concurrently";
import { type Environment, plainOrSecret } from "./environment";
import { NOT_LEADING } from "./http/standby";
import type { WebhookAnswer, WebhookReceiver } from "./http/types";
import { createMembership, type Membership, type MembershipOptions } from "./membership";
import { agentMemory, isFolderShared } from "./memory/agentMemory";
import { openBudget } from "./requestBudget";
import { clearSessions, keepSessions } from "./revocation";
import { openSessionClearing } from "./sessions/clearing";
import { queueFile } from "./sessions/queueFile";
import { openTimeCheck } from "./timeCheck";
import { knownZonesFile } from "./zones/knownZones";
import { openOtherWriters } from "./zones/otherWriters";

export interface OpenMembershipOptions
    extends Environment,
        Pick<MembershipOptions, "record" | "unsettled" | "denials" | "lockState" | "onRound" | "onTrouble"> {
    /** Replaces the org's address, for an emulator. */
    readonly oktaUrl?: string | undefined;
    /** Hears of each answer of Okta, or that there was none. */
    readonly onRequest: (method: string, status: number | "none") => void;
    /** Hears what the HTTP client waits for. */
    readonly onWait: (text: string) => void;
    /** Hears what somebody should know of, in a sentence. */
    readonly onWarning: (sentence: string) => void;
    /** By what grants start and end. It outlives a reload of the configuration. */
    readonly time: CheckedClock;
}

/** A membership on the real Okta and the real source, with what it holds open. */
export interface OpenMembership extends Membership {
    readonly source: GrantSource;
    /** Takes what is pushed to the source. */
    readonly webhook: WebhookReceiver;
    /** Reads zones that are new in the settings. @throws what reading one of them throws */
    checkZones(zoneIds: readonly string[]): Promise<void>;
    close(): Promise<void>;
}

/**
 * The membership that the settings describe. Nothing is asked yet, but secrets are read.
 *
 * @throws `bad-input`
 */
export function openMembership(settings: AgentSettings, options: OpenMembershipOptions): OpenMembership {
    const { directory, env, time: clock, fetch, nonce } = options;
    const connection = findOkta({
        config: (key) => settings.okta[key] && plainOrSecret(settings.okta[key], options),
        nameOf: (key) => `okta.${key}`,
        env,
        ...urlOf(options.oktaUrl ?? settings.okta.url),
    });
    // Each needs the other: the budget goes by what the client is told, and the client asks through the budget.
    let told: Pick<OktaHttp, "rateLimit"> = { rateLimit: undefined };
    const rateLimit = () => told.rateLimit;
    const asking = connection.isHttpProxy ? (options.directFetch ?? fetch) : fetch;
    const counting = counted(clock.hearing(asking), options.onRequest);
    const budget = openBudget({ fetch: counting, clock, sharePercent: settings.rateShare, rateLimit });
    const { onWait } = options;
    const other = oktaHttp({ connection, ...clock, fetch: counting, maxThrottleWaitMs: 20_000, onWait });
    // The agent decides anew after a wait: what was to be written before it may be wrong by then.
    const http = oktaHttp({ connection, ...clock, fetch: budget.fetch, maxThrottleWaitMs: 0, onWait });
    told = http;
    const spec = parseSourceSpec(settings.source);
    const isStateShared = isFolderShared(settings);
    const { widestPrefix, allowUnroutable } = settings.rules;
    const limits = { widestPrefix, allowUnroutable };
    const source = openSource(spec, {
        directory,
        env,
        ...clock,
        limits,
        state: settings.state,
        isStateShared,
        okta: other,
    });
    const file = queueFile(resolve(directory, settings.state, "sessions.json"), settings.zones);
    const revoking =
        settings.onRevoke === "keep-sessions"
            ? keepSessions
            : clearSessions(() => openSessionClearing({ ...options, clock, sessions: httpSessions(other), file }));
    const foreign = openOtherWriters({
        zoneIds: settings.zones,
        read: (sinceMs, untilMs, signal) => readZoneChanges(other, { sinceMs, untilMs }, signal),
        ourselves: (signal) => ourIds(other, settings.okta.clientId ?? env.OKTA_API_CLIENT_ID, signal),
        clock,
        onForeign: () => membership.suspect(),
        onEnd: onWait,
    });
    const zones = httpZones(http);
    const [firstZone] = settings.zones;
    const time = openTimeCheck({
        time: clock,
        ask: async (signal) => firstZone && zones.read(firstZone, signal),
        budget,
        record: options.record,
    });
    const membership = createMembership({
        ...options,
        clock,
        time,
        settings,
        source,
        sourceType: spec.type,
        zones,
        budget,
        rateLimit,
        memories: agentMemory(settings, { ...options, clock }),
        isStateShared,
        seen: knownZonesFile(resolve(directory, settings.state, "zones.json"), options.onWarning),
        newId: nonce,
        onInForce: revoking.inForce,
        clearings: revoking.pending,
        lastWriter: foreign.lastWriter,
    });
    return {
        ...membership,
        source,
        run: (stop, lost) => concurrently(until(lost, [revoking.run, foreign.run]), () => membership.run(stop, lost)),
        webhook: webhookOf(source, membership, clock),
        async checkZones(zoneIds) {
            const { signal } = new AbortController();
            for (const id of zoneIds) await zones.read(id, signal);
        },
        close: async () => source.close?.(),
    };
}

/** One that stands by takes in only what the one that leads gets to know: anything else would be lost. */
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

/** An API token acts for a user, an OAuth app for itself; to whom the other answer does not apply, Okta refuses it. */
async function ourIds(http: OktaHttp, clientId: string | undefined, signal: AbortSignal): Promise<readonly string[]> {
    if (clientId !== undefined) return [clientId];
    return [(await whoAmI(http, signal)).id];
}

function urlOf(url: string | undefined) {
    return url === undefined ? {} : { url };
}

function counted(fetch: typeof globalThis.fetch, onRequest: OpenMembershipOptions["onRequest"]): typeof fetch {
    return async (input, init) => {
        const method = init?.method ?? "GET";
        try {
            const response = await fetch(input, init);
            onRequest(method, response.status);
            return response;
        } catch (error) {
            onRequest(method, "none");
            throw error;
        }
    };
}
