import type { ChangedBy } from "./grantEvents";
import type { OfRequests } from "./zoneEvents";

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

/** What reading the group told about a change whose fate was open. */
export interface MemberSettled extends MemberChange, OfRequests {
    readonly type: "member.settled";
    readonly outcome: "carried-out" | "not-carried-out";
}

/** The group has other members than the agent left there: another writer changed it. */
export interface MembersDrifted {
    readonly type: "members.drift";
    readonly group: string;
    /** Logins, or ids where there is none. */
    readonly added: readonly string[];
    readonly removed: readonly string[];
    readonly outcome: "healed" | "reported";
}
