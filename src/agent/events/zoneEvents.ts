import type { ChangedBy } from "./grantEvents";

/** The common part of events about the result of a write. */
export interface OfRequests {
    /** The ids of the portal requests that caused it, if there are any. */
    readonly requests?: readonly string[];
}

/** Recorded before the request is sent, so that after a crash a read can show the result. */
export interface WriteIntended {
    readonly type: "write.intended";
    /** The id of the write, also in the events that follow. */
    readonly write: string;
    readonly zone: string;
    readonly before: readonly string[];
    readonly after: readonly string[];
    readonly changes: readonly AddressChange[];
}

/** An address that is added or removed, and why. */
export interface AddressChange {
    readonly address: string;
    readonly change: "add" | "remove";
    /**
     *   granted     a grant holds it now
     *   ended       the grants that held it reached their end
     *   withdrawn   a grant that held it is gone from the source, or was changed
     *   static      it is, or was, a static gateway
     *   sentinel    the zone has no other entry, or has one again
     *   unknown     it was found at first contact, no grant admits it, and its removal was confirmed
     *   denied      the user, the grant or the address is denied
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
    /** Okta's status, and the id of the request for Okta's support. */
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

/** The result of an open write, as a read shows it. */
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

/** The zone differs from the agent's last write: another writer changed it. */
export interface DriftFound {
    readonly type: "drift.found";
    readonly zone: string;
    readonly added: readonly string[];
    readonly removed: readonly string[];
    /** The writer, by Okta's System Log, if it may be read. */
    readonly by?: string;
    readonly outcome: "healed" | "reported";
}

/** A zone no longer exists at Okta, or cannot contain grants. The other zones are still written. */
export interface ZoneLost {
    readonly type: "zone.lost";
    readonly zone: string;
    readonly code: string;
    readonly why: string;
}

/**
 * Grants in a zone have no effect, whatever its gateways: another writer deactivated it or made it a blocklist. Recorded
 * when that is seen, and once for each process that finds it so.
 */
export interface ZoneIneffective {
    readonly type: "zone.ineffective";
    readonly zone: string;
    readonly status: "ACTIVE" | "INACTIVE";
    readonly usage: "POLICY" | "BLOCKLIST";
    /** The writer, by Okta's System Log, if it may be read. */
    readonly by?: string;
}

/** Such a zone is active and for policies again. */
export interface ZoneEffective {
    readonly type: "zone.effective";
    readonly zone: string;
}

/** A lost zone exists again. */
export interface ZoneFound {
    readonly type: "zone.found";
    readonly zone: string;
}
