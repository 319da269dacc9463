import { parseSpan, type Span } from "../addresses/ip";
import { mergeSpans, overlapsSpan } from "../addresses/spans";
import { type ChainReading, type ChainZone, countsAnyAddress, MOST_HOPS } from "./chain";
import { spanOfHop } from "./hop";

/** Whether a request through these addresses is inside; the last one connects to Okta. */
export type ChainTest = (chain: readonly string[], reading?: ChainReading) => boolean;

/**
 * Prepares a zone for many chains, such as a day's log: the result is that of
 * evaluateChain, without the reasons.
 *
 * Each evaluated address costs a binary search. A hop that is not an IPv4 address is in
 * no zone: no chain throws.
 *
 * @example
 *     const isInside = compileZone({ gateways: ["198.51.100.0/24"], proxies: ["203.0.113.7/32"] });
 *     isInside(["198.51.100.20", "203.0.113.7"]); // => true
 */
export function compileZone(zone: ChainZone): ChainTest {
    if (zone.status === "INACTIVE") return () => false;
    const [gateways, proxies] = [addressesOf(zone.gateways), addressesOf(zone.proxies)];
    if (countsAnyAddress(zone)) return (chain) => chain.some((ip) => holds(gateways, ip));
    return (chain, reading = "lenient") => {
        const first = Math.max(0, chain.length - MOST_HOPS);
        let isUnknownFatal = true;
        for (let index = chain.length - 1; index >= first; index--) {
            const hop = chain[index] ?? "";
            if (holds(gateways, hop)) return true;
            if (isUnknownFatal && !holds(proxies, hop)) return false;
            isUnknownFatal = reading === "strict";
        }
        return false;
    };
}

/** Sorted and disjoint; an entry that is not IPv4 matches no request. */
function addressesOf(entries: readonly string[]): readonly Span[] {
    return mergeSpans(entries.flatMap((entry) => parseSpan(entry, "clear").span ?? []));
}

function holds(list: readonly Span[], hop: string): boolean {
    const span = spanOfHop(hop);
    return span !== undefined && overlapsSpan(list, span);
}
