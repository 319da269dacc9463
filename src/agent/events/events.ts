import type {
    AccessAllowed,
    AccessDenied,
    GrantRefused,
    GrantsAccepted,
    GrantsReadable,
    GrantsUnreadable,
    RemovalsAboveLimit,
    RemovalsConfirmed,
    RemovalsHeld,
    RemovalsReleased,
} from "./grantEvents";
import type { MemberAccepted, MemberFailed, MemberIntended, MemberSettled, MembersDrifted } from "./groupEvents";
import type {
    DriftFound,
    WriteAccepted,
    WriteFailed,
    WriteIntended,
    WriteSettled,
    ZoneEffective,
    ZoneFound,
    ZoneIneffective,
    ZoneLost,
    ZoneVerified,
} from "./zoneEvents";

/**
 * The events of the agent: what it decided, did and found, in the order in which it
 * happened. The ledger keeps every one of them; the log, the metrics and the status
 * page receive the same events.
 *
 * A single address is written `a.b.c.d/32`, a moment as RFC 3339 in UTC.
 */
export type AgentEvent =
    | AgentStarted
    | AgentStopped
    | LeadershipChanged
    | ConfigurationReloaded
    | MembershipRemoved
    | GrantsAccepted
    | GrantsUnreadable
    | GrantsReadable
    | GrantRefused
    | RemovalsHeld
    | RemovalsReleased
    | RemovalsAboveLimit
    | RemovalsConfirmed
    | AccessDenied
    | AccessAllowed
    | WriteIntended
    | WriteAccepted
    | WriteFailed
    | WriteSettled
    | ZoneVerified
    | DriftFound
    | ZoneLost
    | ZoneFound
    | ZoneIneffective
    | ZoneEffective
    | MemberIntended
    | MemberAccepted
    | MemberFailed
    | MemberSettled
    | MembersDrifted
    | SessionsCleared
    | SessionsNotCleared
    | ClockDeparted
    | ClockAgrees;

export interface AgentStarted {
    readonly type: "agent.started";
    /** Of all memberships. */
    readonly zones: readonly string[];
    /** The name of the source; of several sources, all names. */
    readonly source: string;
    /** Their names, if the configuration has a list of them. */
    readonly memberships?: readonly string[];
    readonly version: string;
}

export interface AgentStopped {
    readonly type: "agent.stopped";
    /** Such as `SIGTERM`, or the message of the error that ended it. */
    readonly why: string;
    /** The name of the error's code; undefined where it was asked to end. */
    readonly code?: string;
}

export interface LeadershipChanged {
    readonly type: "leader.gained" | "leader.lost";
    /** The name of the lock in messages: `lock file …`. */
    readonly lock: string;
}

/** The configuration was changed and reloaded. */
export interface ConfigurationReloaded {
    readonly type: "configuration.reloaded";
    /** The settings that changed, by their names in the file. */
    readonly changed: readonly string[];
}

/**
 * A membership was removed from the configuration. Its zones, and the members of its group, stay as they are, and are no
 * longer written.
 */
export interface MembershipRemoved {
    readonly type: "membership.removed";
    readonly membership: string;
    readonly zones: readonly string[];
    readonly group?: string;
}

export interface SessionsCleared {
    readonly type: "sessions.cleared";
    readonly user: string;
    /** Okta's id of the user. */
    readonly userId: string;
    readonly status: number;
    readonly requestId?: string;
    /** Names the request at a portal that ordered it, where one did. */
    readonly request?: string;
}

export interface SessionsNotCleared {
    readonly type: "sessions.failed";
    readonly user: string;
    readonly why: string;
    readonly attempts: number;
    /** Names the request at a portal that ordered it, where one did. */
    readonly request?: string;
}

/** The wall clock is wrong by more than a minute, and grants start and end by another clock. */
export interface ClockDeparted {
    readonly type: "clock.departed";
    /** How far the wall clock is ahead, in seconds; negative where it is behind. */
    readonly aheadSeconds: number;
    /** The clock that is used instead; `elapsed` if Okta has not answered since. */
    readonly from: "okta" | "elapsed";
}

/** The wall clock agrees with Okta's time again, and is used. */
export interface ClockAgrees {
    readonly type: "clock.agrees";
}

/** An event, with the membership that it is about; one without is about the whole agent. */
export type TaggedEvent = AgentEvent & { readonly membership?: string };

/** A line of the ledger, for the page and the API. */
export interface LedgerLine {
    /** RFC 3339 in UTC. */
    readonly at: string;
    /** An AgentEvent, or an event of the ledger itself. */
    readonly event: TaggedEvent | { readonly type: `ledger.${string}`; readonly membership?: string };
}

/**
 * Records an event. Resolves when it would survive a crash.
 *
 * @throws `ledger-unwritable` if it cannot be recorded
 */
export type RecordEvent = (event: TaggedEvent) => Promise<void>;
