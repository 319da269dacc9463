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

/** The source said something else than before, and it is the truth from now on. */
export interface GrantsAccepted {
    readonly type: "grants.accepted";
    readonly grants: number;
    readonly active: number;
    readonly unusable: number;
    /** What is new, gone or different, by id; the first thousand. */
    readonly changed: readonly GrantChange[];
}

export interface GrantChange extends GrantTold {
    readonly change: "granted" | "changed" | "withdrawn";
}

/** Who, where from, until when and why, as the source has it. */
export interface GrantTold {
    readonly id: string;
    readonly user?: string;
    readonly ip: readonly string[];
    readonly expiresAt?: string;
    readonly reason?: string;
}

/** The source could not be read; told once for each outage and reason. */
export interface GrantsUnreadable {
    readonly type: "grants.unreadable";
    readonly why: string;
    /** What becomes of the grants that were read last. */
    readonly outcome: "kept" | "closed";
}

/** The source can be read again after an outage. What it says then is another event, if that is anything new. */
export interface GrantsReadable {
    readonly type: "grants.readable";
    /** How long it could not be read. */
    readonly seconds: number;
}

export interface GrantRefused {
    readonly type: "grant.refused";
    readonly id: string;
    readonly reason: string;
    /** As a Refusal of the plan has it. */
    readonly kind: "room" | "limit" | "held" | "denied" | "unusable";
}

/** Addresses stay until somebody confirms that they go. */
export interface RemovalsHeld {
    readonly type: "removals.held";
    readonly held: readonly string[];
    /** The known grants that hold them, the first thousand; why each would go. */
    readonly grants: readonly HeldGrant[];
    /** Why the removal brake holds the reading; undefined where it holds none. */
    readonly why?: string;
}

export interface HeldGrant {
    readonly id: string;
    readonly user?: string;
    readonly why: string;
}

/** What was held is held no more: its grants came back, or have ended. */
export interface RemovalsReleased {
    readonly type: "removals.released";
    readonly held: readonly string[];
}

/** More was removed by name within the window than `maxRemovals` allows. It is carried out. */
export interface RemovalsAboveLimit {
    readonly type: "removals.above-limit";
    readonly grants: readonly string[];
    readonly most: number;
}

export interface RemovalsConfirmed {
    readonly type: "removals.confirmed";
    readonly held: readonly string[];
    readonly grants: readonly HeldGrant[];
    /** Who, as far as the agent knows. */
    readonly by: string;
    readonly reason?: string;
}

/** Somebody used the kill switch: exactly one of `user`, `address` and `grant` is kept out. */
export interface AccessDenied extends DenialTarget {
    readonly type: "access.denied";
    /** The id of the denial. */
    readonly denial: string;
    /** When it was given; an agent that stood by then writes it down later. */
    readonly since: string;
    /** When it ends by itself; undefined where it lasts until it is lifted. */
    readonly until?: string;
    readonly reason: string;
    /** Who, as far as the agent knows. */
    readonly by: string;
}

/** Somebody lifted a denial before its end. */
export interface AccessAllowed extends DenialTarget {
    readonly type: "access.allowed";
    readonly denial: string;
    readonly by: string;
    readonly reason?: string;
}

export interface DenialTarget {
    readonly user?: string;
    readonly address?: string;
    /** Id of a grant. */
    readonly grant?: string;
}

/** Written down before Okta is asked, so that a crash in between can be settled by reading. */
export interface WriteIntended {
    readonly type: "write.intended";
    /** Names the write in the events that follow. */
    readonly write: string;
    readonly zone: string;
    readonly before: readonly string[];
    readonly after: readonly string[];
    readonly changes: readonly AddressChange[];
}

/** An address that comes in or goes out, because of whom. */
export interface AddressChange {
    readonly address: string;
    readonly change: "add" | "remove";
    /**
     *   granted     a grant holds it now
     *   ended       the grants that held it reached their end
     *   withdrawn   a grant that held it is gone from the source, or was changed
     *   static      it is, or was, a static gateway
     *   sentinel    nobody else is left inside, or somebody is again
     *   unknown     it was found at first contact, no grant admits it, and somebody confirmed that it goes
     *   denied      somebody denied the user, the grant or the address
     *   drift       no known grant admits it: another writer put it there
     */
    readonly why: "granted" | "ended" | "withdrawn" | "static" | "sentinel" | "unknown" | "denied" | "drift";
    /** Who confirmed the removal, where it was held. */
    readonly confirmedBy?: string;
    readonly grants: readonly Pick<GrantTold, "id" | "user" | "reason">[];
}

export interface WriteAccepted {
    readonly type: "write.accepted";
    readonly write: string;
    readonly zone: string;
    /** Okta's status, and the id that its support asks for. */
    readonly status: number;
    readonly requestId?: string;
    /** From the source's event to Okta's answer, in seconds; undefined where time alone caused the write. */
    readonly latencySeconds?: number;
    /** How long the last of the ended grants had ended by then, in seconds; undefined where none had. */
    readonly overstaySeconds?: number;
}

export interface WriteFailed {
    readonly type: "write.failed";
    readonly write: string;
    readonly zone: string;
    readonly code: string;
    readonly why: string;
    /** Whether Okta may have carried it out all the same. */
    readonly isOpen: boolean;
}

/** What reading told about a write whose fate was open. */
export interface WriteSettled {
    readonly type: "write.settled";
    readonly write: string;
    readonly zone: string;
    readonly outcome: "carried-out" | "not-carried-out" | "overwritten";
}

/** A read showed what the last write sent. */
export interface ZoneVerified {
    readonly type: "zone.verified";
    readonly zone: string;
    readonly write: string;
}

/** The zone holds something else than the agent left there: somebody else wrote it. */
export interface DriftFound {
    readonly type: "drift.found";
    readonly zone: string;
    readonly added: readonly string[];
    readonly removed: readonly string[];
    /** Who, by Okta's System Log, where it may be read. */
    readonly by?: string;
    readonly outcome: "healed" | "reported";
}

/** Okta has no such zone any more, or it can hold no grants. The other ones are kept. */
export interface ZoneLost {
    readonly type: "zone.lost";
    readonly zone: string;
    readonly code: string;
    readonly why: string;
}

/** A zone that was lost is there again. */
export interface ZoneFound {
    readonly type: "zone.found";
    readonly zone: string;
}

/** Somebody who is put into the group of a membership, or taken out of it. */
export interface MemberChange {
    /** Names the write. */
    readonly write: string;
    readonly group: string;
    /** The login, or the id where there is none. */
    readonly user: string;
    /** Okta's id of the user. */
    readonly userId: string;
    readonly change: "add" | "remove";
}

/** Written down before Okta is asked. */
export interface MemberIntended extends MemberChange {
    readonly type: "member.intended";
    /** As the removal of a group's plan has it; `granted` for one who is put in. */
    readonly why: "granted" | "ended" | "unknown" | "drift";
    /** Who confirmed the removal, where it was held. */
    readonly confirmedBy?: string;
    /** By which grants the user is put in, or was in. */
    readonly grants: readonly Pick<GrantTold, "id" | "user" | "reason">[];
}

export interface MemberAccepted extends MemberChange {
    readonly type: "member.accepted";
    readonly status: number;
    readonly requestId?: string;
}

export interface MemberFailed extends MemberChange {
    readonly type: "member.failed";
    readonly code: string;
    readonly why: string;
    /** Whether Okta may have carried it out all the same. */
    readonly isOpen: boolean;
}

/** What reading the group told about a change whose fate was open. */
export interface MemberSettled extends MemberChange {
    readonly type: "member.settled";
    readonly outcome: "carried-out" | "not-carried-out";
}

/** The group has other members than the agent left there: somebody else changed it. */
export interface MembersDrifted {
    readonly type: "members.drift";
    readonly group: string;
    /** Logins, or ids where there is none. */
    readonly added: readonly string[];
    readonly removed: readonly string[];
    readonly outcome: "healed" | "reported";
}

export interface SessionsCleared {
    readonly type: "sessions.cleared";
    readonly user: string;
    /** Okta's id of the user. */
    readonly userId: string;
    readonly status: number;
    readonly requestId?: string;
}

export interface SessionsNotCleared {
    readonly type: "sessions.failed";
    readonly user: string;
    readonly why: string;
    readonly attempts: number;
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
