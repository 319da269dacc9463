import { fail } from "../../core/errors/errors";
import type { Usage } from "../../core/zones/zone";
import type { OktaHttp } from "../http";
import { readPages } from "../pages";
import { pathOf, readWire } from "./httpZones";
import { fromWire, isZone, ownedByUs, toWire } from "./wireZone";
import type { Zone } from "./zones";

/** Parts of a zone to replace in one write; missing ones stay as they were read. */
export interface ZoneChange {
    readonly name?: string;
    readonly usage?: Usage;
    readonly status?: "ACTIVE" | "INACTIVE";
    readonly gateways?: readonly string[];
    readonly proxies?: readonly string[];
}

/** Whole IP zones, including Okta's own: for their settings rather than for grants. */
export interface WholeZones {
    /** @throws `zone-missing`; `zone-unfit` for a zone that is not of type IP; `okta-*` */
    read(zoneId: string, signal: AbortSignal): Promise<Zone>;

    /**
     * Replaces parts of a zone that was just read, in one request. Okta only knows whole zones, so
     * everything else is sent as it was read, including gateways.
     *
     * An `okta-unreachable` leaves open whether Okta has carried out the write.
     *
     * @throws as read does; `bad-range` where it would leave a zone of an administrator without gateways
     */
    change(zone: Zone, change: ZoneChange, signal: AbortSignal): Promise<void>;

    /** All IP zones of the org. */
    list(signal: AbortSignal): Promise<readonly Zone[]>;
}

export function wholeZones(http: OktaHttp): WholeZones {
    return {
        async read(zoneId, signal) {
            const zone = await readWire(http, zoneId, signal);
            const { id, name, type } = zone;
            if (type !== "IP") fail("zone-unfit", `zone ${id} "${name}" is of type ${type}; name an IP zone`);
            return fromWire(zone);
        },

        async change(zone, change, signal) {
            if (change.gateways?.length === 0 && !isSystem(zone)) {
                fail("bad-range", `zone ${zone.id}: a zone is never written without gateways`);
            }
            const body = bodyOf(zone, change);
            await http.request("PUT", pathOf(zone.id), { signal, body, repeatable: false });
        },

        async list(signal) {
            const zones = await readPages(http, "/api/v1/zones?limit=200", signal);
            return zones.filter(isZone).flatMap((zone) => (zone.type === "IP" ? [fromWire(zone)] : []));
        },
    };
}

/** Whether it is one of the zones that every org has. */
export function isSystem({ document }: Zone): boolean {
    return document.system === true;
}

/** Okta has null for an empty list, and treats a missing list as empty. */
function bodyOf(zone: Zone, { gateways, proxies, ...rest }: ZoneChange): Record<string, unknown> {
    const { gateways: oldGateways, proxies: oldProxies, ...own } = ownedByUs(zone.document);
    const asWire = (range: string) => toWire(range);
    const lists = { gateways: gateways?.map(asWire) ?? oldGateways, proxies: proxies?.map(asWire) ?? oldProxies };
    const filled = Object.entries(lists).filter(([, list]) => Array.isArray(list) && list.length > 0);
    // Okta refuses a PUT of this zone without the flag, and shows it in no answer to a GET.
    const flag = isSystem(zone) && zone.name === "DefaultExemptIpZone" ? { useAsExemptList: true } : {};
    return { ...own, ...rest, ...Object.fromEntries(filled), ...flag };
}
