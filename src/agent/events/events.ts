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
    ZoneFound,
    ZoneLost,
    ZoneVerified,
} from "./zoneEvents";

/**
 * What the agent decided, did and found, in the order in which it happened. The
 * ledger keeps every one of them; the log, the metrics and the status page are
 * told of the same ones.
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
    /** With several, all of them. */
    readonly source: string;
    /** By name, where the configuration has a list of them. */
    readonly memberships?: readonly string[];
    readonly version: string;
}

export interface AgentStopped {
    readonly type: "agent.stopped";
    /** Such as `SIGTERM`, or the message of what ended it. */
    readonly why: string;
}

export interface LeadershipChanged {
    readonly type: "leader.gained" | "leader.lost";
    /** The lock, as messages call it: `lock file …`. */
    readonly lock: string;
}

/** Somebody changed the configuration, and had it read again. */
export interface ConfigurationReloaded {
    readonly type: "configuration.reloaded";
    /** The settings that are different, by their names in the file. */
    readonly changed: readonly string[];
}

/** The configuration has it no more. Its zones stay as they are, and nobody keeps them. */
export interface MembershipRemoved {
    readonly type: "membership.removed";
    readonly membership: string;
    readonly zones: readonly string[];
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

/** The wall clock is more than a minute off, and grants start and end by another time. */
export interface ClockDeparted {
    readonly type: "clock.departed";
    /** How far the wall clock is ahead, in seconds; negative where it is behind. */
    readonly aheadSeconds: number;
    /** Ahead of what, which is also the time that counts; `elapsed` where no answer of Okta's has told the time since. */
    readonly from: "okta" | "elapsed";
}

/** The wall clock agrees with Okta's time again, and counts. */
export interface ClockAgrees {
    readonly type: "clock.agrees";
}

/** An event, with the membership that it is about; one without is about the whole agent. */
export type TaggedEvent = AgentEvent & { readonly membership?: string };

/** What was taken down, as people are shown it. */
export interface LedgerLine {
    /** RFC 3339 in UTC. */
    readonly at: string;
    /** An AgentEvent, or what becomes of the ledger itself. */
    readonly event: TaggedEvent | { readonly type: `ledger.${string}`; readonly membership?: string };
}

/**
 * Takes down what happened. Resolves when it would survive a crash.
 *
 * @throws `ledger-unwritable` where it cannot be kept
 */
export type RecordEvent = (event: TaggedEvent) => Promise<void>;
