import type { PortalGrant } from "./types";

/** What an agent says of the grants that it read from the portal's store, and that it lives. */
export interface AgentReport {
    /** Milliseconds since 1970: when the agent last said anything. */
    readonly heartbeatAtMs: number;
    /** By grant id. */
    readonly grants: Readonly<Record<string, ReportedGrant>>;
    /** The agent's name of the Okta org that it is about. */
    readonly org?: string;
    readonly sessionsEnded?: EndedSessions;
}

/** What became of the orders to end somebody's sessions at Okta, by their ids: `why` where they could not be ended. */
export type EndedSessions = Readonly<Record<string, { readonly atMs: number; readonly why?: string }>>;

export interface ReportedGrant {
    readonly state: "pending" | "accepted" | "effective" | "waiting" | "leaving" | "refused";
    /** When Okta took the write, and when it should have spread it to all its servers. */
    readonly acceptedAtMs?: number;
    readonly effectiveAtMs?: number;
    readonly why?: string;
}

export type GrantState =
    | "scheduled"
    | "pending"
    | "accepted"
    | "effective"
    | "waiting"
    | "leaving"
    | "ended"
    | "refused";

export interface ShownState {
    readonly state: GrantState;
    readonly acceptedAtMs?: number;
    readonly effectiveAtMs?: number;
    readonly why?: string;
    /** Whether an agent has said so within the last minute. */
    readonly isConfirmed: boolean;
}

const SILENT_MS = 60_000;

/**
 * The state of a grant, by the store and by what the agents say. Of several agents, each with zones of its own, the one that is
 * furthest behind counts.
 *
 *   the store says         agents say                 state
 *   starts later           anything                   scheduled
 *   in force               nothing                    pending
 *   in force               accepted, effective, …     the same
 *   ended                  it is inside               leaving
 *   ended                  nothing, and some live     ended
 *   ended                  nothing, and none lives    leaving for a minute, then ended, not confirmed
 */
export function grantState(grant: PortalGrant, reports: readonly AgentReport[], nowMs: number): ShownState {
    const alive = reports.filter(({ heartbeatAtMs }) => nowMs - heartbeatAtMs <= SILENT_MS);
    const isConfirmed = alive.length > 0;
    const told = reports.flatMap(({ grants }) => grants[grant.id] ?? []);
    const endMs = Math.min(grant.endedAtMs ?? Infinity, grant.expiresAtMs);
    if (nowMs >= endMs) {
        const isInside = told.some(({ state }) => ["accepted", "effective", "leaving"].includes(state));
        return { state: isInside ? "leaving" : "ended", isConfirmed };
    }
    if (nowMs < grant.startsAtMs || grant.isUnconfirmed === true) return { state: "scheduled", isConfirmed };
    const [slowest] = [...told].sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state));
    if (slowest === undefined) return { state: "pending", isConfirmed };
    // What was accepted becomes effective with time, also between two reports.
    const { effectiveAtMs } = slowest;
    const isEffective = slowest.state === "accepted" && effectiveAtMs !== undefined && effectiveAtMs <= nowMs;
    return { ...slowest, state: isEffective ? "effective" : slowest.state, isConfirmed };
}

const ORDER: readonly GrantState[] = ["refused", "waiting", "pending", "leaving", "accepted", "effective"];
