/** A changed reading of the source was accepted, and is in effect. */
export interface GrantsAccepted {
    readonly type: "grants.accepted";
    readonly grants: number;
    readonly active: number;
    readonly unusable: number;
    /** The grants that were added, removed or changed, by id; the first thousand. */
    readonly changed: readonly GrantChange[];
}

export interface GrantChange extends GrantTold {
    readonly change: "granted" | "changed" | "withdrawn";
}

/** A grant as the source has it. */
export interface GrantTold {
    readonly id: string;
    readonly user?: string;
    readonly ip: readonly string[];
    readonly expiresAt?: string;
    readonly reason?: string;
    /** The id of the portal request that created it. */
    readonly request?: string;
}

/** A grant that causes a change. */
export type ChangedBy = Pick<GrantTold, "id" | "user" | "reason" | "request">;

/** The source could not be read; recorded once for each outage and reason. */
export interface GrantsUnreadable {
    readonly type: "grants.unreadable";
    readonly why: string;
    /** What happens to the grants of the last reading. */
    readonly outcome: "kept" | "closed";
}

/** The source can be read again after an outage. A changed reading is another event. */
export interface GrantsReadable {
    readonly type: "grants.readable";
    /** How long it could not be read. */
    readonly seconds: number;
}

export interface GrantRefused {
    readonly type: "grant.refused";
    readonly id: string;
    readonly reason: string;
    /** See Refusal. */
    readonly kind: "room" | "limit" | "held" | "denied" | "unusable";
}

/** Addresses are held until their removal is confirmed. */
export interface RemovalsHeld {
    readonly type: "removals.held";
    readonly held: readonly string[];
    /** Their known grants, the first thousand, and why each would be removed. */
    readonly grants: readonly HeldGrant[];
    /** Why the removal brake holds the reading; undefined if it does not. */
    readonly why?: string;
}

export interface HeldGrant {
    readonly id: string;
    readonly user?: string;
    readonly why: string;
}

/** Addresses are no longer held: their grants came back, or have ended. */
export interface RemovalsReleased {
    readonly type: "removals.released";
    readonly held: readonly string[];
}

/** The removals by name within the window exceed `maxRemovals`. They are carried out. */
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

/** The kill switch was used: exactly one of `user`, `address` and `grant` is denied. */
export interface AccessDenied extends DenialTarget {
    readonly type: "access.denied";
    /** The id of the denial. */
    readonly denial: string;
    /** When it was given; a standby records it later. */
    readonly since: string;
    /** When it ends; undefined if it lasts until it is lifted. */
    readonly until?: string;
    readonly reason: string;
    /** Who, as far as the agent knows. */
    readonly by: string;
}

/** A denial was lifted before its end. */
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
