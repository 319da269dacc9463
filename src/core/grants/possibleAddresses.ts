import { parseSpan, type Span, sizeOf } from "../addresses/ip";
import { type DocumentLimits, mostAddresses } from "./grantAddresses";

/** An IPv4 address, with a prefix or as a range. */
const IPV4 = /(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?:\/\d{1,2}| ?- ?\d{1,3}(?:\.\d{1,3}){3})?(?![\d.])/g;

/** The most characters of a value, and the most values, that are searched. */
const LONGEST = 1000;
const MOST = 100;

/**
 * The addresses that an unusable entry may mean. Those that are in a zone stay until the entry is corrected.
 * None is ever added to a zone.
 *
 *   entry                                       addresses
 *   ip: 203.0.113.7 # ana                       203.0.113.7/32
 *   ip: 203.0.113.7/24                          203.0.113.0/24, as it may mean the network or the address
 *   ip: [203.0.113.7, 2001:db8::7]              203.0.113.7/32
 *   IP: 203.0.113.7, address: 203.0.113.7       203.0.113.7/32, as `ip` says nothing
 *   ip: 2001:db8::7, ip: 0.0.0.0/0, nothing     none
 */
export function possibleAddresses(entry: unknown, limits: DocumentLimits): readonly Span[] {
    if (typeof entry === "string") return addressesIn([entry], limits);
    if (typeof entry !== "object" || entry === null) return [];
    const { ip } = entry as { readonly ip?: unknown };
    return ip == null ? addressesIn(firstValues(entry), limits) : addressesIn([ip], limits);
}

function firstValues(entry: object): unknown[] {
    const values: unknown[] = [];
    for (const name in entry) {
        if (values.length === MOST) break;
        values.push((entry as Readonly<Record<string, unknown>>)[name]);
    }
    return values;
}

function addressesIn(values: readonly unknown[], limits: DocumentLimits): Span[] {
    const texts = values.flatMap((value) => (Array.isArray(value) ? value.slice(0, MOST) : [value]));
    return texts.flatMap((text) => {
        if (typeof text !== "string") return [];
        const found = text.slice(0, LONGEST).match(IPV4) ?? [];
        return found.flatMap((range) => {
            const { span } = parseSpan(range.replaceAll(" ", ""), "clear");
            return span === undefined || sizeOf(span) > mostAddresses(limits) ? [] : [span];
        });
    });
}
