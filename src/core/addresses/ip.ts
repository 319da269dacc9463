import ipaddr from "ipaddr.js";

import { fail } from "../errors/errors";
import { quote } from "../errors/quote";

/** A range of IPv4 addresses as unsigned 32-bit numbers, both ends inclusive. */
export interface Span {
    readonly low: number;
    readonly high: number;
}

/** The parsed value, or a sentence on the problem. */
export type Parsed =
    | { readonly span: Span; readonly problem?: never }
    | { readonly problem: string; readonly span?: never };

/**
 * Parses an address, a CIDR or a range, each in one spelling only, because two
 * parsers that read a text differently disagree about who is inside.
 *
 *   text                        canonical
 *   198.51.100.7                198.51.100.7/32
 *   198.51.100.7-198.51.100.7   198.51.100.7/32
 *   198.51.100.0/24             198.51.100.0/24
 *   198.51.100.0-198.51.100.5   198.51.100.0-198.51.100.5
 *   198.51.100.0-198.51.100.7   198.51.100.0/29
 *   198.51.100.7/24             refused: has host bits
 *   198.51.100.9-198.51.100.5   refused: ends before it begins
 *   198.51.100.010              refused: octal to some readers, decimal to others
 *   198.51.100.0/33             refused: longer than an address
 *   2001:db8::/32               refused: IPv6
 *
 * @param hostBits How to treat `198.51.100.7/24`: it is refused in a grant,
 * but Okta keeps it as it was typed.
 */
export function parseSpan(text: string, hostBits: "refuse" | "clear" = "refuse"): Parsed {
    const slash = text.indexOf("/");
    if (slash >= 0) return parseCidr(text, slash, hostBits);
    const dash = text.indexOf("-");
    const low = toNumber(dash < 0 ? text : text.slice(0, dash));
    const high = dash < 0 ? low : toNumber(text.slice(dash + 1));
    if (low === undefined || high === undefined) return nonsense(text);
    return low <= high ? { span: { low, high } } : { problem: `${quote(text)} ends before it begins` };
}

function parseCidr(text: string, slash: number, hostBits: "refuse" | "clear"): Parsed {
    const start = toNumber(text.slice(0, slash));
    const prefix = text.slice(slash + 1);
    if (start === undefined || !/^(0|[1-9]\d*)$/.test(prefix)) return nonsense(text);
    const length = Number(prefix);
    if (length > 32) return { problem: `${quote(text)} has a prefix longer than 32 bits` };
    const size = 2 ** (32 - length);
    const low = start - (start % size);
    if (low !== start && hostBits === "refuse") {
        const address = formatAddress(start);
        return { problem: `${quote(text)} has host bits; write ${formatAddress(low)}/${length} or ${address}/32` };
    }
    return { span: { low, high: low + size - 1 } };
}

/** The one canonical text of a span: a CIDR where one fits exactly, else `low-high`. */
export function formatSpan({ low, high }: Span): string {
    const length = 32 - Math.log2(high - low + 1);
    const isCidr = Number.isInteger(length) && low % 2 ** (32 - length) === 0;
    return isCidr ? `${formatAddress(low)}/${length}` : `${formatAddress(low)}-${formatAddress(high)}`;
}

/** The span of a text that was checked before. @throws `bad-range` */
export function spanOf(text: string): Span {
    const { span, problem } = parseSpan(text, "clear");
    return span ?? fail("bad-range", problem);
}

/** Orders spans by their first address, then by their last. */
export function compareSpans(a: Span, b: Span): number {
    return a.low - b.low || a.high - b.high;
}

/** How many addresses are in the span. */
export function sizeOf({ low, high }: Span): number {
    return high - low + 1;
}

function nonsense(text: string): Parsed {
    const [address = ""] = text.split(/[/-]/);
    if (ipaddr.IPv6.isValid(address)) {
        return { problem: `${quote(text)} is IPv6, and gateways of an Okta zone are IPv4; grant the IPv4 address` };
    }
    return { problem: `${quote(text)} is not an IPv4 address, CIDR or range` };
}

/**
 * A single address as an unsigned 32-bit number; undefined for any other text,
 * octal, hexadecimal and three-part addresses included. It takes what the
 * four-part test of ipaddr.js takes, character by character, as a day's log and a
 * hundred thousand grants are read with it.
 */
export function toNumber(address: string): number | undefined {
    let number = 0;
    let octet = 0;
    let digits = 0;
    let dots = 0;
    for (let at = 0; at < address.length; at++) {
        const digit = address.charCodeAt(at) - ZERO;
        if (digit === DOT) {
            if (digits === 0 || dots === 3) return undefined;
            number = number * 256 + octet;
            octet = digits = 0;
            dots++;
            continue;
        }
        // No leading zeros, which some parsers take for octal.
        const isNumber = digit >= 0 && digit <= 9 && (digits === 0 || octet > 0);
        octet = octet * 10 + digit;
        if (!isNumber || octet > 255) return undefined;
        digits++;
    }
    return dots === 3 && digits > 0 ? number * 256 + octet : undefined;
}

const ZERO = "0".charCodeAt(0);
const DOT = ".".charCodeAt(0) - ZERO;

/** One address as people write it: `198.51.100.7`. */
export function formatAddress(address: number): string {
    return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;
}
