import type { Usage } from "../../core/zones/zone";

/** An IP zone as it was read: the fields that a round needs, and the whole document of Okta. */
export interface Zone {
    readonly id: string;
    readonly name: string;
    readonly usage: Usage;
    readonly status: "ACTIVE" | "INACTIVE";
    /** Canonical ranges (see formatSpan), in Okta's order; one that cannot be parsed, as Okta has it. */
    readonly gateways: readonly string[];
    /** Trusted proxies, in the same form. */
    readonly proxies: readonly string[];
    /** Okta's JSON. A write sends all of it back except the gateways, so that unknown fields are kept. */
    readonly document: Readonly<Record<string, unknown>>;
}

/** Okta's answer to an accepted write. */
export interface Receipt {
    readonly status: number;
    /** The id of the request, for Okta's support. */
    readonly requestId?: string;
}

/** The part of Okta's network zones that a round needs. */
export interface ZoneStore {
    /**
     * The zone as it is now.
     *
     * @throws `zone-missing`; `zone-unfit` for a dynamic or system zone; `okta-*`
     */
    read(zoneId: string, signal: AbortSignal): Promise<Zone>;

    /**
     * Replaces all gateways of a zone that was just read and keeps the rest of
     * it. Okta knows no conditional write, so the last writer wins.
     *
     * After an `okta-unreachable` it is not known whether Okta has carried out the write:
     * the caller has to read the zone.
     *
     * @throws as read does; `bad-range` for an empty list, which is never written
     */
    write(zone: Zone, gateways: readonly string[], signal: AbortSignal): Promise<Receipt>;
}
