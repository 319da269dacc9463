import type { Usage } from "../../core/zones/zone";

/** An IP zone as it was read: what a round looks at, and the whole of what Okta said. */
export interface Zone {
    readonly id: string;
    readonly name: string;
    readonly usage: Usage;
    readonly status: "ACTIVE" | "INACTIVE";
    /** Canonical ranges (see formatSpan), in Okta's order; one that makes no sense to us, as Okta has it. */
    readonly gateways: readonly string[];
    /** Trusted proxies, in the same form. */
    readonly proxies: readonly string[];
    /** Okta's own JSON. A write sends all of it back but the gateways, so that nothing that we do not know is lost. */
    readonly document: Readonly<Record<string, unknown>>;
}

/** What Okta said to a write that it took. */
export interface Receipt {
    readonly status: number;
    /** Okta's support asks for it. */
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
     * An `okta-unreachable` leaves open whether Okta has carried out the write:
     * the caller settles that by reading.
     *
     * @throws as read does; `bad-range` for an empty list, which is never written
     */
    write(zone: Zone, gateways: readonly string[], signal: AbortSignal): Promise<Receipt>;
}
