import { type ChainReading, type ChainZone, covers, evaluateChain } from "./chain";
import { ipv4Hops, spanOfHop } from "./hop";

/** A zone with its id and name. */
export interface NamedZone extends ChainZone {
    readonly id: string;
    readonly name: string;
    /** Whether it is one of Okta's own zones, whose lists have a higher limit. @default false */
    readonly isSystem?: boolean;
}

/** The zone in a sentence. */
export function nameOf({ name, id }: NamedZone): string {
    return name === id ? `"${name}"` : `"${name}" (${id})`;
}

/** The role of a zone: rules name it, or it refuses requests before any policy, or it exempts from such refusals. */
export type ZoneRole = "policy" | "blocklist" | "exempt";

export function roleOf({ usage, isExempt }: ChainZone): ZoneRole {
    if (isExempt === true) return "exempt";
    return usage === "BLOCKLIST" ? "blocklist" : "policy";
}

/** The zone with only the entries that contain an address of the chain; the result for this chain is the same. */
export function metBy(zone: NamedZone, chain: readonly string[]): NamedZone {
    const hops = chain.map(spanOfHop);
    const meets = (entry: string) => hops.some((hop) => covers(entry, hop));
    return { ...zone, gateways: zone.gateways.filter(meets), proxies: zone.proxies.filter(meets) };
}

/** An address that a blocklist refuses. */
export interface Block {
    readonly ip: string;
    readonly zone: NamedZone;
    readonly entry: string;
    /** Whether the exempt zone contains it as well. */
    readonly isExempt: boolean;
}

/**
 * The addresses of the chain that a blocklist refuses, and which of them are
 * exempt. The request is refused unless all of them are; the rows are Okta's own
 * table (help page "IP exempt zone").
 *
 *   chain                                blocked             exempt              result
 *   1.1.1.1, 2.2.2.2, 3.3.3.3            none                none                allow
 *   1.1.1.1, 2.2.2.2, 3.3.3.3            none                1.1.1.1             allow
 *   1.1.1.1, 2.2.2.2, 3.3.3.3            1.1.1.1, 2.2.2.2    1.1.1.1, 2.2.2.2    allow
 *   1.1.1.0, 1.1.1.1, 2.2.2.2, 3.3.3.3   1.1.1.1             1.1.1.1             allow
 *   1.1.1.1, 2.2.2.2, 3.3.3.3            1.1.1.1             none                block
 *   1.1.1.1, 2.2.2.2, 3.3.3.3            2.2.2.2             none                block
 *   1.1.1.1, 2.2.2.2, 3.3.3.3            1.1.1.1, 2.2.2.2    1.1.1.1             block
 */
export function blocksOf(zones: readonly NamedZone[], chain: readonly string[]): Block[] {
    const active = zones.filter(({ status }) => status !== "INACTIVE");
    const exempt = active.filter((zone) => roleOf(zone) === "exempt");
    return ipv4Hops(chain).flatMap((ip) => {
        const entryOf = ({ gateways }: ChainZone) => gateways.find((entry) => covers(entry, spanOfHop(ip)));
        const isExempt = exempt.some((zone) => entryOf(zone) !== undefined);
        return active.flatMap((zone) => {
            const entry = roleOf(zone) === "blocklist" ? entryOf(zone) : undefined;
            return entry === undefined ? [] : [{ ip, zone, entry, isExempt }];
        });
    });
}

export function isRefused(blocks: readonly Block[]): boolean {
    return blocks.some(({ isExempt }) => !isExempt);
}

/**
 * Whether a request is inside several zones, each of which is evaluated alone:
 * a gateway of one does not count behind a trusted proxy of another.
 *
 *   zones                                       a request is inside if it
 *   zones for rules, and any others             is in at least one of these, and is not refused by a blocklist
 *   blocklists, with the exempt zone or not     is refused
 *   the exempt zone alone                       has an address in it
 */
export function isInsideZones(zones: readonly NamedZone[], chain: readonly string[], reading: ChainReading): boolean {
    const isIn = (zone: NamedZone) => evaluateChain(zone, chain, reading).inside;
    const having = (role: ZoneRole) => zones.filter((zone) => roleOf(zone) === role);
    const refused = isRefused(blocksOf(zones, chain));
    if (having("policy").length > 0) return !refused && having("policy").some(isIn);
    return having("blocklist").length > 0 ? refused : having("exempt").some(isIn);
}
