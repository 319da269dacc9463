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

/** Parts of a zone to replace in one write; missing ones stay as they were read. */
export interface ZoneChange {
    readonly name?: string;
    readonly usage?: Usage;
    readonly status?: "ACTIVE" | "INACTIVE";
    readonly gateways?: readonly string[];
    readonly proxies?: readonly string[];
}

/** A zone of any type, as a list shows it. */
export interface ZoneSummary {
    readonly id: string;
    readonly name: string;
    readonly type: "IP" | "DYNAMIC" | "DYNAMIC_V2" | (string & {});
    readonly status: string;
    readonly usage: string;
    /** Whether it is one of Okta's own zones, which cannot contain grants. */
    readonly system: boolean;
    /** As in `Zone`; none in a zone that is not of type IP. */
    readonly gateways: readonly string[];
    readonly proxies: readonly string[];
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

/** All network zones of an org, with their settings, Okta's own zones included. */
export interface OrgZones extends ZoneStore {
    /** Like `read`, but also for Okta's own zones. @throws `zone-missing`; `zone-unfit` for a zone that is not of type IP; `okta-*` */
    readAny(zoneId: string, signal: AbortSignal): Promise<Zone>;

    /** Okta's own JSON of a zone of any type. @throws `zone-missing`; `okta-*` */
    readDocument(zoneId: string, signal: AbortSignal): Promise<unknown>;

    /**
     * Replaces parts of a zone that was just read, in one request. Okta only knows whole zones, so
     * everything else is sent as it was read, including gateways.
     *
     * An `okta-unreachable` leaves open whether Okta has carried out the write.
     *
     * @throws as readAny does; `bad-range` where it would leave a zone of an administrator without gateways
     */
    change(zone: Zone, change: ZoneChange, signal: AbortSignal): Promise<Receipt>;

    /** The zones of every type. */
    list(signal: AbortSignal): Promise<readonly ZoneSummary[]>;

    /** The zones of type IP, whole. */
    listIp(signal: AbortSignal): Promise<readonly Zone[]>;
}
