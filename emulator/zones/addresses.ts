import { isIPv4 } from "node:net";
import { isDeepStrictEqual } from "node:util";

import { GATEWAY_LIMIT, type Usage } from "../../src/core/zones/zone";
import { invalid } from "../http/errors";
import { type Document, isDocument } from "../state/document";
import type { Org } from "../state/org";

/** The most proxies of a zone that an administrator made. Source: Okta's reference, `IPNetworkZone.proxies`. */
const PROXY_LIMIT = 150;

/** The most gateways of LegacyIpZone and of DefaultExemptIpZone, and the most proxies of the former. */
const SYSTEM_LIMIT = 5000;

/** The most gateways and proxies over all zones of an organisation. Source: Okta's help, create-ip-zone. */
const ORG_LIMIT = 25_000;

/**
 * Gateways or proxies as Okta stores them: in the order given, a CIDR with its
 * host bits, a single address as a range of one, nothing as null.
 *
 *   { type: "CIDR", value: "1.2.3.4/24" }       as it is
 *   { type: "RANGE", value: "1.2.3.4-1.2.3.9" } as it is
 *   { type: "RANGE", value: "1.2.3.4" }         1.2.3.4-1.2.3.4
 *   IPv6 that a seed put there                  as it is: an org with Okta's IPv6 beta has such entries
 *
 * @param had What the zone has, which a PUT may send back.
 */
export function readAddresses(value: unknown, field: "gateways" | "proxies", had: unknown = []): Document[] | null {
    if (value === undefined || value === null) return null;
    if (!Array.isArray(value)) return invalid(field, "The value has to be a list.");
    return value.length === 0 ? null : value.map((item) => keptAddress(item, had) ?? readAddress(item, field));
}

function keptAddress(item: unknown, had: unknown): Document | undefined {
    const isIPv6 = isDocument(item) && typeof item.value === "string" && item.value.includes(":");
    if (!isIPv6 || !Array.isArray(had)) return undefined;
    return had.find((entry) => isDeepStrictEqual(entry, item));
}

function readAddress(item: unknown, field: string): Document {
    if (!isDocument(item) || typeof item.value !== "string") {
        return invalid(field, "An address needs a type and a value.");
    }
    const { type, value } = item;
    if (type !== "CIDR" && type !== "RANGE") return invalid(field, "The type of an address has to be CIDR or RANGE.");
    const parts = value.split(type === "CIDR" ? "/" : "-");
    const [first = "", last = first] = parts;
    if (type === "CIDR") {
        check(first, item, field);
        const isPrefix = parts.length === 2 && /^\d{1,2}$/.test(last) && Number(last) <= 32;
        return isPrefix ? { type, value } : invalid(field, `The CIDR: ${value} is invalid.`);
    }
    for (const ip of parts) check(ip, item, field);
    if (parts.length > 2 || toNumber(first) > toNumber(last)) return invalid(field, `The RANGE: ${value} is invalid.`);
    return { type, value: `${first}-${last}` };
}

function check(ip: string, { type, value }: Document, field: string): void {
    if (!isIPv4(ip)) invalid(field, `The IP: ${ip} in the ${type}: ${value} is invalid. Make sure it is a valid IPV4.`);
}

function toNumber(ip: string): number {
    return ip.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
}

/**
 * Refuses a zone that is too full, in the words of the emulator: Okta's are not known.
 *
 * @param systemName The name that the zone began with, if every organisation has it.
 */
export function checkRoom(org: Org, id: string, zone: Document, systemName: string | undefined): void {
    const isWide = systemName === "LegacyIpZone" || systemName === "DefaultExemptIpZone";
    const limits = {
        gateways: isWide ? SYSTEM_LIMIT : GATEWAY_LIMIT[zone.usage as Usage],
        proxies: isWide ? SYSTEM_LIMIT : PROXY_LIMIT,
    };
    for (const field of ["gateways", "proxies"] as const) {
        const count = countOf(zone[field]);
        if (count > limits[field]) {
            invalid(field, `A zone may have at most ${limits[field]} ${field}; this one has ${count}.`);
        }
    }
    const others = [...org.zones.values()].filter((other) => other.id !== id);
    const total = [zone, ...others].reduce(
        (sum, { gateways, proxies }) => sum + countOf(gateways) + countOf(proxies),
        0,
    );
    if (total > ORG_LIMIT) invalid("gateways", `An organization may have at most ${ORG_LIMIT} addresses in its zones.`);
}

function countOf(addresses: unknown): number {
    return Array.isArray(addresses) ? addresses.length : 0;
}
