import { BlockList, isIP } from "node:net";

import { documentOf } from "../state/document";
import type { Zone } from "../state/org";

/** How many addresses of a chain Okta looks at, the one that connects to it first. */
const LOOKED_AT = 5;

/**
 * Whether a chain of addresses is inside an IP zone. A dynamic zone holds
 * nobody here: the emulator knows no countries, networks and services.
 *
 * From the right: a gateway, inside; a proxy of the same zone, on to the left;
 * neither, outside. Source: Okta's help, about-ip-zones. Written apart from
 * Zonekeeper's own evaluation, so that each can be held against the other.
 *
 * @param chain `client, proxy 1, proxy 2`: the last one connects to Okta.
 */
export function isInside(zone: Zone, chain: readonly string[]): boolean {
    if (zone.type !== "IP" || zone.status !== "ACTIVE") return false;
    const [gateways, proxies] = [listOf(zone.gateways), listOf(zone.proxies)];
    for (const ip of chain.slice(-LOOKED_AT).reverse()) {
        if (holds(gateways, ip)) return true;
        if (!holds(proxies, ip)) return false;
    }
    return false;
}

function holds(list: BlockList, ip: string): boolean {
    const version = isIP(ip);
    return version !== 0 && list.check(ip, familyOf(ip));
}

/** The addresses that can be read; a seed may have others, which hold nobody. */
function listOf(addresses: unknown): BlockList {
    const list = new BlockList();
    for (const address of Array.isArray(addresses) ? addresses : []) {
        const value = String(documentOf(address).value);
        const [subnet = "", prefix] = value.split("/");
        const [first = "", last = first] = value.split("-");
        if (prefix !== undefined && isIP(subnet) !== 0) list.addSubnet(subnet, Number(prefix), familyOf(subnet));
        else if (isIP(first) !== 0 && isIP(last) === isIP(first)) list.addRange(first, last, familyOf(first));
    }
    return list;
}

function familyOf(ip: string): "ipv4" | "ipv6" {
    return ip.includes(":") ? "ipv6" : "ipv4";
}
