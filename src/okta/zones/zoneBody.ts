import { fail } from "../../core/errors/errors";
import { ownedByUs, toWire, type WireZone } from "./wireZone";
import type { Zone, ZoneChange } from "./zones";

/** Whether it is one of the zones that every org has. */
export function isSystem({ document }: Zone): boolean {
    return document.system === true;
}

/**
 * The body of a PUT: the zone as it was read, with the change. Okta has null for an empty list, and treats a missing list
 * as empty.
 *
 * @throws `bad-range` where it would leave a zone of an administrator without gateways
 */
export function bodyOf(zone: Zone, { gateways, proxies, ...rest }: ZoneChange): Record<string, unknown> {
    if (gateways?.length === 0 && !isSystem(zone)) {
        fail("bad-range", `zone ${zone.id}: a zone is never written without gateways`);
    }
    const { gateways: oldGateways, proxies: oldProxies, ...own } = ownedByUs(zone.document);
    const had = [oldGateways, oldProxies].flatMap((list) => (list ?? []) as NonNullable<WireZone["gateways"]>);
    const asWire = (range: string) => toWire(range, had);
    const lists = { gateways: gateways?.map(asWire) ?? oldGateways, proxies: proxies?.map(asWire) ?? oldProxies };
    const filled = Object.entries(lists).filter(([, list]) => Array.isArray(list) && list.length > 0);
    // Okta refuses a PUT of this zone without the flag, and shows it in no answer to a GET.
    const flag = isSystem(zone) && zone.name === "DefaultExemptIpZone" ? { useAsExemptList: true } : {};
    return { ...own, ...rest, ...Object.fromEntries(filled), ...flag };
}
