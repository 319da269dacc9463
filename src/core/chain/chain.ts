import { parseSpan, type Span } from "../addresses/ip";
import { coversSpan } from "../addresses/spans";
import type { Usage } from "../zones/zone";
import { spanOfHop, whyNowhere } from "./hop";

/** The part of an IP zone that decides who is inside. An entry that is not IPv4 matches no request. */
export interface ChainZone {
    readonly gateways: readonly string[];
    readonly proxies: readonly string[];
    /** @default "ACTIVE" */
    readonly status?: "ACTIVE" | "INACTIVE";
    /** @default "POLICY" */
    readonly usage?: Usage;
    /** Whether it is Okta's DefaultExemptIpZone, which lifts blocks. @default false */
    readonly isExempt?: boolean;
}

/**
 * How to treat a hop that is neither gateway nor proxy, behind a proxy: `lenient`
 * skips it, `strict` stops there, and the request is outside. Okta's
 * help page says the one, its support article the other.
 */
export type ChainReading = "lenient" | "strict";

export interface Evaluation {
    readonly inside: boolean;
    /** A sentence with the address that decided and the entry that it matched. */
    readonly reason: string;
    /** Whether the two readings differ on this chain; then the reason states the result of both. */
    readonly ambiguous: boolean;
    /** The evaluated hops in order: the last of the chain first. */
    readonly steps: readonly Step[];
}

export interface Step {
    readonly ip: string;
    readonly match: "gateway" | "proxy" | "none";
}

/** The most addresses that Okta evaluates, counted from the last. Source: Okta help, "IP zones". */
export const MOST_HOPS = 5;

/** In a blocklist and in the exempt zone, any address of the chain counts; elsewhere the walk does. */
export function countsAnyAddress({ usage, isExempt }: ChainZone): boolean {
    return usage === "BLOCKLIST" || isExempt === true;
}

/**
 * Whether a request that came through these addresses is inside an IP zone, as
 * Okta decides it. The rows are Okta's own table (help page "IP zones").
 *
 *   chain             gateway   proxy     request   because
 *   1.1.1.1           1.1.1.1   none      inside    the only address is a gateway
 *   1.1.1.1           1.1.1.1   2.2.2.2   inside    a gateway needs no proxy
 *   1.1.1.1           none      none      outside   an empty zone contains no address
 *   1.1.1.1           none      1.1.1.1   outside   a proxy alone admits no request
 *   1.1.1.1, 2.2.2.2  2.2.2.2   none      inside    the last address is a gateway
 *   1.1.1.1, 2.2.2.2  2.2.2.2   3.3.3.3   inside    the last address is a gateway, whatever the proxies
 *   1.1.1.1, 2.2.2.2  1.1.1.1   2.2.2.2   inside    behind a proxy, the address before it counts
 *   1.1.1.1, 2.2.2.2  none      none      outside   an empty zone contains no chain either
 *   1.1.1.1, 2.2.2.2  none      1.1.1.1   outside   the last address is unknown
 *   1.1.1.1, 2.2.2.2  none      2.2.2.2   outside   a gateway is also needed behind a proxy
 *   1.1.1.1, 2.2.2.2  2.2.2.2   1.1.1.1   inside    addresses before a gateway are not evaluated
 *
 * An address in both lists is a gateway, and an inactive zone contains no address.
 * In a blocklist any address of the chain counts, however long the chain is. That the limit of five
 * does not apply to blocklists is an assumption, which misses no block.
 *
 * A hop that is not a single IPv4 address, such as one of IPv6, is in no entry: an IP zone holds IPv4.
 *
 * @param chain The last one connects to Okta.
 */
export function evaluateChain(
    zone: ChainZone,
    chain: readonly string[],
    reading: ChainReading = "lenient",
): Evaluation {
    if (zone.status === "INACTIVE") {
        return { inside: false, reason: "the zone is inactive, so nobody is inside", ambiguous: false, steps: [] };
    }
    const looked = countsAnyAddress(zone) ? chain.length : MOST_HOPS;
    const hops = [...chain]
        .reverse()
        .slice(0, looked)
        .map((ip) => hopOf(ip, zone));
    if (countsAnyAddress(zone)) return evaluateAny(hops, zone);
    const walked = walk(hops, reading);
    const other = walk(hops, reading === "strict" ? "lenient" : "strict");
    const ambiguous = isInside(walked) !== isInside(other);
    return {
        inside: isInside(walked),
        reason: ambiguous ? reasonOfBoth(walked, other) : reasonOf(walked, chain.length),
        ambiguous,
        steps: walked.map(({ ip, match }) => ({ ip, match })),
    };
}

interface Hop extends Step {
    /** The entry of the zone that it matched. */
    readonly entry: string | undefined;
}

/** The gateways come first: an address in both lists is a gateway. */
function hopOf(ip: string, { gateways, proxies }: ChainZone): Hop {
    const span = spanOfHop(ip);
    if (span === undefined) return { ip, match: "none", entry: undefined };
    const gateway = gateways.find((entry) => covers(entry, span));
    if (gateway !== undefined) return { ip, match: "gateway", entry: gateway };
    const proxy = proxies.find((entry) => covers(entry, span));
    return { ip, match: proxy === undefined ? "none" : "proxy", entry: proxy };
}

/** Whether an entry of a zone contains these addresses; no entry contains a hop that is not IPv4. */
export function covers(entry: string, addresses: Span | undefined): boolean {
    if (addresses === undefined) return false;
    const { span } = parseSpan(entry, "clear");
    return span !== undefined && coversSpan([span], addresses);
}

function evaluateAny(hops: readonly Hop[], { isExempt }: ChainZone): Evaluation {
    const gateway = hops.find(({ match }) => match === "gateway");
    const what = isExempt === true ? "the exempt zone" : "this blocklist";
    const reason =
        gateway === undefined
            ? `no address of the chain is in a gateway of ${what}`
            : `${gateway.ip} is in the gateway ${gateway.entry}, and in ${what} any address of the chain counts`;
    const steps = hops.map(({ ip, match }) => ({ ip, match }));
    return { inside: gateway !== undefined, reason, ambiguous: false, steps };
}

/** The hops up to the one that decides, that one included. */
function walk(hops: readonly Hop[], reading: ChainReading): readonly Hop[] {
    const decides = ({ match }: Hop, index: number) =>
        match === "gateway" || (match === "none" && (index === 0 || reading === "strict"));
    const index = hops.findIndex(decides);
    return index < 0 ? hops : hops.slice(0, index + 1);
}

function isInside(walked: readonly Hop[]): boolean {
    return walked.at(-1)?.match === "gateway";
}

/** The hop that decided, its position, and why the walk ended there if that is not obvious. */
function reasonOf(walked: readonly Hop[], length: number): string {
    return `${whereabouts(walked)}${afterthought(walked, length)}`;
}

function whereabouts(walked: readonly Hop[]): string {
    const [first, last] = [walked[0], walked.at(-1)];
    if (first === undefined || last === undefined) return "the chain has no address";
    const place = first === last ? "which connects to Okta" : `behind ${first.ip} in the trusted proxy ${first.entry}`;
    const found = {
        gateway: `is in the gateway ${last.entry}`,
        proxy: `is in the trusted proxy ${last.entry} but in no gateway`,
        none: whyNowhere(last.ip) ?? "is in no gateway and in no trusted proxy",
    }[last.match];
    return `${last.ip}, ${place}, ${found}`;
}

function afterthought(walked: readonly Hop[], length: number): string {
    if (isInside(walked)) return "";
    if (walked.length === MOST_HOPS && length > MOST_HOPS) return `; Okta looks at no more than ${MOST_HOPS} addresses`;
    const endsEarly = walked.at(-1)?.match === "none" && walked.length > 1 && walked.length < length;
    return endsEarly ? "; the strict reading ends there" : "";
}

/** The reason if the readings differ: the lenient one has skipped the hop at which the strict one ends. */
function reasonOfBoth(walked: readonly Hop[], other: readonly Hop[]): string {
    const [lenient, strict] = isInside(walked) ? [walked, other] : [other, walked];
    const unknown = lenient.filter(({ match }) => match === "none").map(({ ip }) => ip);
    const help = `its help page passes over ${unknown.join(", ")} and finds the gateway ${lenient.at(-1)?.entry} (inside)`;
    const article = `its support article ends at ${strict.at(-1)?.ip}, which is neither gateway nor trusted proxy (outside)`;
    const said = isInside(walked) ? [help, article] : [article, help];
    return `${whereabouts(walked)}; but Okta's texts disagree: ${said.join(", ")}`;
}
