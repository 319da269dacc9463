import { formatSpan, type Span, spanOf } from "./ip";

/**
 * The first range that a span touches from which no request can reach Okta, as it is not routed on the internet.
 * The documentation ranges of RFC 5737 are not among these: examples and tests use them.
 *
 * Source: IANA IPv4 Special-Purpose Address Registry.
 *
 *   range             what it is                  source
 *   0.0.0.0/8         "this network"              RFC 791
 *   10.0.0.0/8        private                     RFC 1918
 *   100.64.0.0/10     shared, for carriers' NAT   RFC 6598
 *   127.0.0.0/8       loopback                    RFC 1122
 *   169.254.0.0/16    link-local                  RFC 3927
 *   172.16.0.0/12     private                     RFC 1918
 *   192.168.0.0/16    private                     RFC 1918
 *   224.0.0.0/4       multicast                   RFC 5771
 *   240.0.0.0/4       reserved, with broadcast    RFC 1112
 */
export function unroutableRange(span: Span): { readonly range: string; readonly what: string } | undefined {
    const { low, high } = span;
    const found = RANGES.find((range) => low <= range.high && range.low <= high);
    return found && { range: formatSpan(found), what: found.what };
}

const RANGES: readonly (Span & { readonly what: string })[] = [
    { ...spanOf("0.0.0.0/8"), what: '"this network", RFC 791' },
    { ...spanOf("10.0.0.0/8"), what: "private, RFC 1918" },
    { ...spanOf("100.64.0.0/10"), what: "shared, RFC 6598" },
    { ...spanOf("127.0.0.0/8"), what: "loopback, RFC 1122" },
    { ...spanOf("169.254.0.0/16"), what: "link-local, RFC 3927" },
    { ...spanOf("172.16.0.0/12"), what: "private, RFC 1918" },
    { ...spanOf("192.168.0.0/16"), what: "private, RFC 1918" },
    { ...spanOf("224.0.0.0/4"), what: "multicast, RFC 5771" },
    { ...spanOf("240.0.0.0/4"), what: "reserved, RFC 1112" },
];
