import type { CheckedClock } from "../checkedClock";
import type { AgentSettings } from "../core/settings/agentSettings";
import { findOkta } from "../okta/connection";
import type { RateLimit } from "../okta/exchange/rateLimit";
import { type GroupStore, httpGroups } from "../okta/groups";
import { type OktaHttp, oktaHttp } from "../okta/http";
import { whoAmI } from "../okta/org";
import { httpZones } from "../okta/zones/httpZones";
import { readZoneChanges } from "../okta/zones/zoneLog";
import type { ZoneStore } from "../okta/zones/zones";
import { type Environment, plainOrSecret } from "./environment";
import { findingOf } from "./orgConnection";
import { type OrgBudget, openOrgBudget } from "./requestBudget";
import { type OtherWriters, openOtherWriters } from "./zones/otherWriters";

export interface OpenOrgOptions extends Environment {
    readonly name: string;
    readonly settings: AgentSettings;
    /** Replaces the org's address, for an emulator. */
    readonly oktaUrl?: string | undefined;
    /** Receives the status of each answer of Okta; `none` if there was no answer. */
    readonly onRequest: (method: string, status: number | "none") => void;
    /** Receives the reason for each wait of the HTTP client. */
    readonly onWait: (text: string) => void;
    readonly time: CheckedClock;
}

/** An Okta org, whose memberships share its rate limit. */
export interface Org {
    readonly zones: ZoneStore;
    /**
     * For requests that the budget does not count, such as those for sessions and logs, which have limits of their own.
     */
    readonly http: OktaHttp;
    readonly budget: OrgBudget;
    /** Groups and their members, whose rate limit is separate from that of zones. */
    readonly groups: { readonly store: GroupStore; readonly budget: OrgBudget };
    readonly writers: OtherWriters;
    rateLimit(): RateLimit | undefined;
}

/** Opens an org; no request is made yet. @throws `bad-input` for credentials that cannot be used */
export function openOrg(options: OpenOrgOptions): Org {
    const { name, settings, env, oktaUrl, time: clock, fetch, onWait } = options;
    const finding = findingOf(name, settings, { env, oktaUrl, secret: (text) => plainOrSecret(text, options) });
    const connection = findOkta(finding);
    const asking = connection.isHttpProxy ? (options.directFetch ?? fetch) : fetch;
    const counting = counted(clock.hearing(asking), options.onRequest);
    const http = oktaHttp({ connection, ...clock, fetch: counting, maxThrottleWaitMs: 20_000, onWait });
    const budgeted = () => {
        // They depend on each other: the budget needs the rate limit of the client, and the client sends through the budget.
        let told: Pick<OktaHttp, "rateLimit"> = { rateLimit: undefined };
        const rateLimit = () => told.rateLimit;
        const budget = openOrgBudget({ fetch: counting, clock, sharePercent: settings.rateShare, rateLimit });
        // The agent decides again after a wait, as the write may be outdated by then.
        const client = oktaHttp({ connection, ...clock, fetch: budget.fetch, maxThrottleWaitMs: 0, onWait });
        told = client;
        return { http: client, budget, rateLimit };
    };
    const [ofZones, ofGroups] = [budgeted(), budgeted()];
    const clientId = finding.config("clientId") ?? finding.env.OKTA_API_CLIENT_ID;
    return {
        zones: httpZones(ofZones.http),
        http,
        budget: ofZones.budget,
        groups: { store: httpGroups(http, ofGroups.http), budget: ofGroups.budget },
        rateLimit: ofZones.rateLimit,
        writers: openOtherWriters({
            read: (sinceMs, untilMs, signal) => readZoneChanges(http, { sinceMs, untilMs }, signal),
            // An API token acts for a user, an OAuth app for itself; Okta refuses the other request.
            ourselves: async (signal) => [clientId ?? (await whoAmI(http, signal)).id],
            clock,
            onEnd: onWait,
        }),
    };
}

function counted(fetch: typeof globalThis.fetch, onRequest: OpenOrgOptions["onRequest"]): typeof fetch {
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
