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
    /** Names the request at a portal that it came of. */
    readonly request?: string;
}

/** A grant because of which something changes. */
export type ChangedBy = Pick<GrantTold, "id" | "user" | "reason" | "request">;

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
