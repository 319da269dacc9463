import type { ChangedBy } from "./grantEvents";
import type { OfRequests } from "./zoneEvents";

/** A user who is added to the group of a membership, or removed from it. */
export interface MemberChange {
    /** The id of the write. */
    readonly write: string;
    readonly group: string;
    /** The login, or the id where there is none. */
    readonly user: string;
    /** Okta's id of the user. */
    readonly userId: string;
    readonly change: "add" | "remove";
}

/** Recorded before the request is sent. */
export interface MemberIntended extends MemberChange {
    readonly type: "member.intended";
    /** The reason of a removal; `granted` for an addition. */
    readonly why: "granted" | "ended" | "unknown" | "drift";
    /** Who confirmed the removal, where it was held. */
    readonly confirmedBy?: string;
    /** The grants for which the user is added, or was a member. */
    readonly grants: readonly ChangedBy[];
}

export interface MemberAccepted extends MemberChange, OfRequests {
    readonly type: "member.accepted";
    readonly status: number;
    readonly requestId?: string;
}

export interface MemberFailed extends MemberChange, OfRequests {
    readonly type: "member.failed";
    readonly code: string;
    readonly why: string;
    /** Whether Okta may have carried it out all the same. */
    readonly isOpen: boolean;
}

/** The result of an open change, as a read of the group shows it. */
export interface MemberSettled extends MemberChange, OfRequests {
    readonly type: "member.settled";
    readonly outcome: "carried-out" | "not-carried-out";
}

/** The group differs from the agent's last state: another writer changed it. */
export interface MembersDrifted {
    readonly type: "members.drift";
    readonly group: string;
    /** Logins, or ids where there is none. */
    readonly added: readonly string[];
    readonly removed: readonly string[];
    readonly outcome: "healed" | "reported";
}
