import type { AgentView, GrantView, ZoneView } from "../../src/agent/status/view";
import { NOW } from "./grants";

/** A moment so many seconds from NOW, as the agent's view says it. */
export function at(seconds: number): string {
    return new Date(NOW + seconds * 1000).toISOString();
}

/** What an agent knows on a good day: one zone, two people in, one to come. */
export function agentView(changes: Partial<AgentView> = {}): AgentView {
    return {
        zones: [zoneView()],
        grants: [
            grantView("g-101", {
                user: "ana@example.com",
                ip: ["203.0.113.7/32"],
                reason: "INC-4711",
                expiresAt: at(840),
            }),
            grantView("g-102", {
                user: "bo@example.com",
                ip: ["198.51.100.20/32"],
                expiresAt: at(7200),
                state: "accepted",
            }),
            grantView("g-103", {
                user: "cy@example.com",
                ip: ["203.0.113.7/32"],
                startsAt: at(3600),
                expiresAt: at(7200),
                state: "scheduled",
            }),
        ],
        source: { type: "file", healthy: true, lastReadAt: at(-2) },
        okta: { rateLimit: { limit: 600, remaining: 588, resetAt: at(31) } },
        clock: { aheadSeconds: 0.2, follows: "wall" },
        isLeading: true,
        held: [],
        holds: [],
        staticGateways: [],
        refused: [],
        unusable: [],
        clearings: [],
        notReady: [],
        lastSuccessAt: at(-2),
        eachState() {
            return this.grants;
        },
        eachGrant() {
            return this.grants;
        },
        ...changes,
    };
}

export function zoneView(changes: Partial<ZoneView> = {}): ZoneView {
    return {
        id: "nzo1",
        name: "Staff",
        gateways: ["198.51.100.20/32", "203.0.113.7/32"],
        proxies: [],
        limit: 150,
        inForceSince: at(-30),
        acceptedAt: at(-30),
        effectiveAt: at(30),
        ...changes,
    };
}

export function grantView(id: string, changes: Partial<GrantView> = {}): GrantView {
    return { id, ip: ["203.0.113.7/32"], state: "effective", ...changes };
}
