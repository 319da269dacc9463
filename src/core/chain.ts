import { fail } from "./errors";
import { parseSpan, type Span, spanOf } from "./ip";
import { coversSpan } from "./spans";

/** What of an IP zone decides who is inside. An entry that is not IPv4 matches nobody. */
export interface ChainZone {
    readonly gateways: readonly string[];
    readonly proxies: readonly string[];
    /** @default "ACTIVE" */
    readonly status?: "ACTIVE" | "INACTIVE";
}

/**
 * What to make of a hop that is neither gateway nor proxy, once the last hop was
 * a proxy: `lenient` passes it over, `strict` ends there and is outside. Okta's
 * help page says the one, its support article the other.
 */
export type ChainReading = "lenient" | "strict";

export interface Evaluation {
    readonly inside: boolean;
    /** A sentence with the address that decided and the entry that it matched. */
    readonly reason: string;
    /** Whether the two readings differ on this chain. */
    readonly ambiguous: boolean;
    /** The hops that were looked at, in that order: the last of the chain first. */
    readonly steps: readonly Step[];
}

export interface Step {
    readonly ip: string;
    readonly match: "gateway" | "proxy" | "none";
}

/** Okta looks at no more addresses, counted from the last. Source: Okta help, "IP zones". */
const MOST_HOPS = 5;

/**
 * Whether a request that came through these addresses is inside an IP zone, as
 * Okta decides it. The rows are Okta's own table (help page "IP zones").
 *
 *   chain             gateway   proxy     request   because
 *   1.1.1.1           1.1.1.1   none      inside    the only address is a gateway
 *   1.1.1.1           1.1.1.1   2.2.2.2   inside    a gateway needs no proxy
 *   1.1.1.1           none      none      outside   an empty zone has nobody inside
 *   1.1.1.1           none      1.1.1.1   outside   a proxy alone lets nobody in
 *   1.1.1.1, 2.2.2.2  2.2.2.2   none      inside    the last address is a gateway
 *   1.1.1.1, 2.2.2.2  2.2.2.2   3.3.3.3   inside    the last address is a gateway, whoever is a proxy
 *   1.1.1.1, 2.2.2.2  1.1.1.1   2.2.2.2   inside    behind a proxy, the address before it counts
 *   1.1.1.1, 2.2.2.2  none      none      outside   a longer chain helps nobody into an empty zone
 *   1.1.1.1, 2.2.2.2  none      1.1.1.1   outside   the last address is unknown
 *   1.1.1.1, 2.2.2.2  none      2.2.2.2   outside   behind a proxy, too, a gateway is needed
 *   1.1.1.1, 2.2.2.2  2.2.2.2   1.1.1.1   inside    what comes before a gateway is not looked at
 *
 * An address in both lists is a gateway, and an inactive zone has nobody inside.
 *
 * @param chain Single IPv4 addresses as parseChain gives them; the last one connects to Okta.
 * @throws `bad-range` for anything else in the chain
 */
export function evaluateChain(
    zone: ChainZone,
    chain: readonly string[],
    reading: ChainReading = "lenient",
): Evaluation {
    if (zone.status === "INACTIVE") {
        return { inside: false, reason: "the zone is inactive, so nobody is inside", ambiguous: false, steps: [] };
    }
    const hops = [...chain]
        .reverse()
        .slice(0, MOST_HOPS)
        .map((ip) => hopOf(ip, zone));
    const walked = walk(hops, reading);
    const inside = isInside(walked);
    return {
        inside,
        reason: reasonOf(walked, chain.length),
        ambiguous: inside !== isInside(walk(hops, reading === "strict" ? "lenient" : "strict")),
        steps: walked.map(({ ip, match }) => ({ ip, match })),
    };
}

/**
 * Reads `1.1.1.1, 2.2.2.2`, the addresses from the client to Okta.
 *
 * @throws `bad-input`
 */
export function parseChain(text: string): string[] {
    if (text.trim() === "") return fail("bad-input", 'the chain is empty: write it as "1.1.1.1, 2.2.2.2"');
    const chain = text.split(",").map((part) => part.trim());
    for (const [index, address] of chain.entries()) {
        const problem = addressProblem(address);
        if (problem !== undefined) fail("bad-input", `address ${index + 1} of the chain ${problem}`);
    }
    return chain;
}

function addressProblem(address: string): string | undefined {
    if (address === "") return "is empty";
    const [, withoutPort] = /^(\d+\.\d+\.\d+\.\d+):\d*$/.exec(address) ?? [];
    if (withoutPort !== undefined) return `has a port: write ${withoutPort} instead of "${address}"`;
    if (address.includes(":")) return `is IPv6, and an IP zone holds IPv4: "${address}"`;
    if (parseSpan(address).span === undefined) return `is not an IPv4 address: "${address}"`;
    return /[/-]/.test(address) ? `is not a single address: "${address}"` : undefined;
}

interface Hop extends Step {
    /** The entry that it matched, as the zone has it. */
    readonly entry: string | undefined;
}

/** The gateways come first: an address in both lists is a gateway. */
function hopOf(ip: string, { gateways, proxies }: ChainZone): Hop {
    const span = spanOf(ip);
    const gateway = gateways.find((entry) => covers(entry, span));
    if (gateway !== undefined) return { ip, match: "gateway", entry: gateway };
    const proxy = proxies.find((entry) => covers(entry, span));
    return { ip, match: proxy === undefined ? "none" : "proxy", entry: proxy };
}

function covers(entry: string, address: Span): boolean {
    const { span } = parseSpan(entry, "clear");
    return span !== undefined && coversSpan([span], address);
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

/** The hop that decided, where it stands, and why the walk ended there if that is not plain. */
function reasonOf(walked: readonly Hop[], length: number): string {
    const [first, last] = [walked[0], walked.at(-1)];
    if (first === undefined || last === undefined) return "the chain has no address";
    const place = first === last ? "which connects to Okta" : `behind ${first.ip} in the trusted proxy ${first.entry}`;
    const found = {
        gateway: `is in the gateway ${last.entry}`,
        proxy: `is in the trusted proxy ${last.entry} but in no gateway`,
        none: "is in no gateway and in no trusted proxy",
    }[last.match];
    return `${last.ip}, ${place}, ${found}${afterthought(walked, length)}`;
}

function afterthought(walked: readonly Hop[], length: number): string {
    if (isInside(walked)) {
        const unknown = walked.filter(({ match }) => match === "none").map(({ ip }) => ip);
        return unknown.length === 0 ? "" : `; passed over, as neither: ${unknown.join(", ")}`;
    }
    if (walked.length === MOST_HOPS && length > MOST_HOPS) return `; Okta looks at no more than ${MOST_HOPS} addresses`;
    const endsEarly = walked.at(-1)?.match === "none" && walked.length > 1 && walked.length < length;
    return endsEarly ? "; the strict reading ends there" : "";
}
