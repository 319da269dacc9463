import ipaddr from "ipaddr.js";

import { parseSpan, type Span, toNumber } from "../addresses/ip";
import { quote } from "../errors/quote";

/**
 * The kind of a hop of an IP chain.
 *
 *   hop                                              is
 *   203.0.113.7                                      IPv4: a zone may contain it
 *   2001:db8::1, [2001:db8::1]:443, fe80::1%eth0     IPv6: no IP zone contains it
 *   ::ffff:203.0.113.7                               IPv6: how Okta treats it is not documented
 *   unknown, _hidden, -, null, (nothing)             hidden: a proxy hid it (RFC 7239, section 6)
 *   203.0.113.7:443, 1.1.1, 203.0.113.0/24, junk     unreadable
 */
export type HopKind = "IPv4" | "IPv6" | "hidden" | "unreadable";

export function kindOfHop(hop: string): HopKind {
    if (toNumber(hop) !== undefined) return "IPv4";
    if (isIpv6(hop)) return "IPv6";
    return /^(|unknown|null|-|_[\w.-]{0,60})$/i.test(hop) ? "hidden" : "unreadable";
}

/** The address of a hop; undefined if it is not a single IPv4 address, so that no IP zone contains it. */
export function spanOfHop(hop: string): Span | undefined {
    const address = toNumber(hop);
    return address === undefined ? undefined : { low: address, high: address };
}

/** The IPv4 hops of a chain, each once: those that an entry of a zone can contain. */
export function ipv4Hops(chain: readonly string[]): string[] {
    return [...new Set(chain)].filter((hop) => toNumber(hop) !== undefined);
}

/** Why no IP zone contains a hop; follows the hop in a sentence. */
export function whyNowhere(hop: string): string | undefined {
    const kind = kindOfHop(hop);
    if (kind === "IPv4") return undefined;
    if (kind !== "IPv6") return "is not an address";
    return `is IPv6, and an IP zone holds IPv4${mappedHint(hop)}`;
}

/** For an IPv6 hop that stands for an IPv4 address, in either spelling (`::ffff:203.0.113.7`, `::ffff:cb00:7107`); "" for others. */
export function mappedHint(hop: string): string {
    const host = hop.replace(/^\[(.*)\](:\d*)?$/, "$1");
    if (!/^[\da-f:.]*:[\da-f:.]*$/i.test(host) || !ipaddr.IPv6.isValid(host)) return "";
    const address = ipaddr.IPv6.parse(host);
    if (!address.isIPv4MappedAddress()) return "";
    return `; if Okta's System Log shows ${address.toIPv4Address()} instead, ask with that`;
}

/** The problem of a hop that is neither an IPv4 nor an IPv6 address; follows its position in a sentence. */
export function hopProblem(hop: string): string | undefined {
    if (hop === "") return "is empty";
    if (["IPv4", "IPv6"].includes(kindOfHop(hop))) return undefined;
    const [, withoutPort] = /^(\d+\.\d+\.\d+\.\d+):\d*$/.exec(hop) ?? [];
    if (withoutPort !== undefined) return `has a port: write ${withoutPort} instead of ${quote(hop)}`;
    const [, between] = /^[\d.]+([\s;|])(?:[\s;|]*[\d.]+)+$/.exec(hop) ?? [];
    if (between !== undefined) {
        const what = between.trim() === "" ? "blanks" : JSON.stringify(between);
        return `has ${what} in it: put commas between addresses in ${quote(hop)}`;
    }
    return parseSpan(hop, "clear").span === undefined
        ? `is not an IPv4 address: ${quote(hop)}`
        : `is not a single address: ${quote(hop)}; ask with one of its addresses`;
}

/** Brackets, a port, and the zone id of an interface included. */
const LONGEST_IPV6 = 100;

/** Proxies write it in brackets where a port follows, and link-local addresses have a zone id. */
function isIpv6(hop: string): boolean {
    if (hop.length > LONGEST_IPV6) return false;
    const [, bracketed] = /^\[([^\]]*)\](?::\d*)?$/.exec(hop) ?? [];
    return ipaddr.IPv6.isValid(bracketed ?? hop);
}
