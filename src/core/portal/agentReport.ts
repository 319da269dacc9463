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
    /** Why the state is not confirmed; undefined where a live agent says it, or nothing is to be said yet. */
    readonly doubt?: Doubt;
}

/** `new`: no agent has said anything of a grant that is younger than a minute. */
export type Doubt = "no-agent" | "silent-agent" | "not-taken" | "new";

/** What to do where a doubt stays. */
const REMEDY = "if this stays so for five minutes, tell your IT team";

/** What each doubt means for the person who has the grant, and what to do: the end of a sentence. */
export const DOUBT_TEXT: Readonly<Record<Doubt, string>> = {
    "no-agent": `the service that passes access on to Okta has been silent for over a minute, so new access may not work yet and ended access may still work; ${REMEDY}`,
    "silent-agent": `one of the services that pass it on to Okta has been silent for over a minute, so it may not work everywhere yet, or still work after its end; ${REMEDY}`,
    "not-taken": `no service has passed it on to Okta, a minute after its start, so it may not work; ${REMEDY}`,
    new: "it is on its way to Okta, which takes seconds",
};

const SILENT_MS = 60_000;

/**
 * Whether an agent has not been heard of for a minute. A heartbeat from more than a minute ahead counts as none: the clocks of the two hosts
 * differ, and nobody knows how old it is.
 */
export function isSilent({ heartbeatAtMs }: Pick<AgentReport, "heartbeatAtMs">, nowMs: number): boolean {
    return Math.abs(nowMs - heartbeatAtMs) > SILENT_MS;
}

/**
 * The state of a grant, by the store and by what the agents say. Of several agents, each with zones of its own, the one that is
 * furthest behind counts.
 *
 *   the store says         agents say                 state
 *   starts later           anything                   scheduled
 *   in force               nothing                    pending
 *   in force               accepted, effective, …     the same
 *   ended                  it is inside               leaving
 *   ended                  nothing                    ended
 *
 * It is confirmed where each agent that says something of it has been heard of within the last minute:
 *
 *   agents                                         doubt
 *   none lives                                     no-agent
 *   one that names the grant is silent             silent-agent
 *   some live, and none names a grant in force     new for a minute, then not-taken
 */
export function grantState(grant: PortalGrant, reports: readonly AgentReport[], nowMs: number): ShownState {
    const told = reports.flatMap(({ grants }) => grants[grant.id] ?? []);
    const endMs = Math.min(grant.endedAtMs ?? Infinity, grant.expiresAtMs);
    if (nowMs >= endMs) {
        const isInside = told.some(({ state }) => ["accepted", "effective", "leaving"].includes(state));
        return { state: isInside ? "leaving" : "ended", ...doubtOf(grant, reports, nowMs) };
    }
    if (nowMs < grant.startsAtMs || grant.isUnconfirmed === true) {
        return { state: "scheduled", ...doubtOf(grant, reports, nowMs) };
    }
    const doubt = doubtOf(grant, reports, nowMs, "in-force");
    const [slowest] = [...told].sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state));
    if (slowest === undefined) return { state: "pending", ...doubt };
    // What was accepted becomes effective with time, also between two reports.
    const { effectiveAtMs } = slowest;
    const isEffective = slowest.state === "accepted" && effectiveAtMs !== undefined && effectiveAtMs <= nowMs;
    return { ...slowest, state: isEffective ? "effective" : slowest.state, ...doubt };
}

function doubtOf(
    { id, startsAtMs }: PortalGrant,
    reports: readonly AgentReport[],
    nowMs: number,
    when: "in-force" | "at-rest" = "at-rest",
): { readonly doubt?: Doubt } {
    if (reports.every((report) => isSilent(report, nowMs))) return { doubt: "no-agent" };
    const naming = reports.filter(({ grants }) => grants[id] !== undefined);
    if (naming.some((report) => isSilent(report, nowMs))) return { doubt: "silent-agent" };
    if (naming.length > 0 || when === "at-rest") return {};
    return { doubt: nowMs - startsAtMs > SILENT_MS ? "not-taken" : "new" };
}

const ORDER: readonly GrantState[] = ["refused", "waiting", "pending", "leaving", "accepted", "effective"];
