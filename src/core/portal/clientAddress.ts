import ipaddr from "ipaddr.js";

import { formatAddress, parseSpan, type Span, toNumber } from "../addresses/ip";
import { unroutableRange } from "../addresses/unroutable";
import { quote } from "../errors/quote";

export interface Arrival {
    /** The address that connects. */
    readonly peer: string | undefined;
    /** Names in small letters; a header that came several times is joined with commas. */
    readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
    readonly trustedProxies: readonly TrustedProxy[];
}

/** A span of IPv4 addresses, or one IPv6 address or CIDR. */
export type TrustedProxy = { readonly span: Span } | { readonly ipv6: string };

/** Where a visitor comes from, or a sentence on why that cannot be told. */
export type ClientAddress =
    | { readonly address: string; readonly problem?: never }
    | { readonly problem: string; readonly address?: never };

/** Set by content delivery networks, and by no browser. */
const CDN_HEADERS = [
    "cdn-loop",
    "cf-connecting-ip",
    "cf-ray",
    "fastly-client-ip",
    "true-client-ip",
    "x-azure-fdid",
    "x-amz-cf-id",
    "fly-client-ip",
];

/**
 * The address of a visitor. `X-Forwarded-For` is believed from trusted proxies only, and read from the right: each of them added
 * the address that connected to it.
 *
 *   peer       X-Forwarded-For               address
 *   visitor    none                          the peer
 *   visitor    anything, or Forwarded        none: the peer passes requests on, and is not trusted
 *   trusted    203.0.113.7                   203.0.113.7
 *   trusted    198.51.100.1, 203.0.113.7     203.0.113.7: what is left of it the visitor may have made up
 *   trusted    203.0.113.7, trusted          203.0.113.7
 *   trusted    none                          none: the proxy does not say whom it speaks for
 *   trusted    junk                          none
 *   trusted    a, b, and a header of a CDN   none: b is a CDN that is not trusted
 */
export function clientAddress({ peer, headers, trustedProxies }: Arrival): ClientAddress {
    const connecting = canonical(peer ?? "");
    if (connecting === undefined) return { problem: "the connection has no address" };
    const text = [headers["x-forwarded-for"] ?? []].flat().join(",");
    const isTrusted = (address: string) => trustedProxies.some((proxy) => isOf(address, proxy));
    const cdn = CDN_HEADERS.find((name) => headers[name] !== undefined);
    if (!isTrusted(connecting)) {
        const header = headers["x-forwarded-for"] !== undefined ? "X-Forwarded-For" : undefined;
        const shown = header ?? (headers.forwarded !== undefined ? "Forwarded" : cdn);
        return shown === undefined ? { address: connecting } : { problem: untrusted(connecting, shown) };
    }
    const hops = text.split(",").map((hop) => hop.trim());
    if (text.trim() === "") {
        const remedy = "let it set X-Forwarded-For";
        return { problem: `the trusted proxy ${connecting} does not say whom it speaks for: ${remedy}` };
    }
    for (let index = hops.length - 1; index >= 0; index -= 1) {
        const hop = hops[index] ?? "";
        const address = canonical(hop);
        if (address === undefined) return { problem: `X-Forwarded-For holds ${quote(hop)}, which is no address` };
        if (isTrusted(address)) continue;
        if (index > 0 && cdn !== undefined) return { problem: untrusted(address, cdn) };
        return { address };
    }
    return { problem: "X-Forwarded-For holds trusted proxies only" };
}

/** Whether a peer is one of the trusted proxies, through which many visitors come. */
export function isTrustedProxy(peer: string | undefined, trustedProxies: readonly TrustedProxy[]): boolean {
    const address = canonical(peer ?? "");
    return address !== undefined && trustedProxies.some((proxy) => isOf(address, proxy));
}

function untrusted(address: string, header: string): string {
    return (
        `this request was passed on by ${address} (it has the header ${header}), which is not one of trustedProxies: ` +
        "your address would be the proxy's"
    );
}

/**
 * Why nobody can be granted access from an address, for all that Okta may see it; undefined where they can.
 *
 *   2001:db8::1   IPv6: gateways of a zone are IPv4
 *   10.0.0.1      no request from there reaches Okta
 */
export function ungrantable(address: string, allowUnroutable: boolean): string | undefined {
    const number = toNumber(address);
    if (number === undefined) {
        return `you come from ${address}, which is IPv6, and Okta's network zones hold IPv4: come by IPv4`;
    }
    const range = allowUnroutable ? undefined : unroutableRange({ low: number, high: number });
    if (range === undefined) return undefined;
    return `Okta never sees the address ${address} (${range.what}), so it cannot be let in`;
}

/** What a setting says, `10.0.0.0/8` or `2001:db8::/32`; undefined where it is neither. */
export function parseTrustedProxy(text: string): TrustedProxy | undefined {
    const { span } = parseSpan(text);
    if (span !== undefined) return { span };
    const [address = "", prefix] = text.split("/");
    const isPrefix = prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= 128);
    return ipaddr.IPv6.isValid(address) && !address.includes("%") && isPrefix ? { ipv6: text } : undefined;
}

/** An address in one spelling; an IPv4 address that comes as IPv6 is IPv4. */
export function canonical(text: string): string | undefined {
    const bare = text.replace(/^\[(.*)\]$/, "$1").replace(/%.*$/, "");
    const number = toNumber(bare);
    if (number !== undefined) return formatAddress(number);
    if (bare.length > 64 || !ipaddr.IPv6.isValid(bare)) return undefined;
    const parsed = ipaddr.IPv6.parse(bare);
    return parsed.isIPv4MappedAddress() ? parsed.toIPv4Address().toString() : parsed.toString();
}

function isOf(address: string, proxy: TrustedProxy): boolean {
    const number = toNumber(address);
    if ("span" in proxy) return number !== undefined && proxy.span.low <= number && number <= proxy.span.high;
    if (number !== undefined) return false;
    const [network = "", prefix = "128"] = proxy.ipv6.split("/");
    return ipaddr.IPv6.parse(address).match(ipaddr.IPv6.parse(network), Number(prefix));
}
