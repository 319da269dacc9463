import type { ChangedBy } from "./grantEvents";

/** What the events have that tell what became of a write. */
export interface OfRequests {
    /** The requests at a portal because of which it was intended, where there were any. */
    readonly requests?: readonly string[];
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
    readonly grants: readonly ChangedBy[];
}

export interface WriteAccepted extends OfRequests {
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

export interface WriteFailed extends OfRequests {
    readonly type: "write.failed";
    readonly write: string;
    readonly zone: string;
    readonly code: string;
    readonly why: string;
    /** Whether Okta may have carried it out all the same. */
    readonly isOpen: boolean;
}

/** What reading told about a write whose fate was open. */
export interface WriteSettled extends OfRequests {
    readonly type: "write.settled";
    readonly write: string;
    readonly zone: string;
    readonly outcome: "carried-out" | "not-carried-out" | "overwritten";
}

/** A read showed what the last write sent. */
export interface ZoneVerified extends OfRequests {
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
