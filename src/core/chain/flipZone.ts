import { metBy, type NamedZone } from "./access";
import { type ChainReading, countsAnyAddress, covers, evaluateChain, MOST_HOPS } from "./chain";
import { applyEdits, type Edit, smallestOf } from "./edits";
import { ipv4Hops, spanOfHop } from "./hop";

/**
 * The smallest change to one zone that reverses the result for a request;
 * see smallestOf.
 *
 *   request   zone        possible changes
 *   outside   inactive    activate it; if that is not enough, also a change below
 *   outside   for rules   a hop becomes a trusted proxy, or a gateway; the hops next to the client first
 *   outside   blocklist   the client becomes a gateway
 *   inside    for rules   some hops lose all their gateways, or all their trusted proxies
 *   inside    blocklist   all hops lose all their gateways
 *
 * @returns Undefined if there is no such change, as there is no IPv4 address.
 */
export function flipZone(
    zone: NamedZone,
    chain: readonly string[],
    reading: ChainReading,
): readonly Edit[] | undefined {
    const met = metBy(zone, chain);
    const isIn = (edits: readonly Edit[], how: ChainReading) =>
        applyEdits([met], edits).some((changed) => evaluateChain(changed, chain, how).inside);
    const before = isIn([], reading);
    const flips = (before ? removals : additions)(met, chain).filter((edits) => isIn(edits, reading) !== before);
    const isAgreed = (edits: readonly Edit[]) => isIn(edits, "lenient") === isIn(edits, "strict");
    return smallestOf(flips, isAgreed, [zone]);
}

function additions(zone: NamedZone, chain: readonly string[]): Edit[][] {
    const { id: zoneId } = zone;
    const activate: Edit[] = zone.status === "INACTIVE" ? [{ zoneId, do: "activate" }] : [];
    const adding = (list: "gateways" | "proxies", ips: readonly string[]) =>
        ips.map((ip): Edit[] => [...activate, { zoneId, do: "add", list, entry: `${ip}/32` }]);
    if (countsAnyAddress(zone)) return [activate, ...adding("gateways", ipv4Hops(chain).slice(0, 1))];
    const hops = ipv4Hops(chain.slice(-MOST_HOPS));
    return [activate, ...adding("proxies", hops), ...adding("gateways", hops)];
}

function removals(zone: NamedZone, chain: readonly string[]): Edit[][] {
    const isAny = countsAnyAddress(zone);
    const hops = [...new Set(isAny ? chain : chain.slice(-MOST_HOPS))];
    const removing = (list: "gateways" | "proxies") => {
        const held = hops.map((ip) => zone[list].filter((entry) => covers(entry, spanOfHop(ip))));
        const chosen = isAny ? [held.flat()] : subsets(held.filter(({ length }) => length > 0));
        return chosen.map((entries) =>
            [...new Set(entries)].map((entry): Edit => ({ zoneId: zone.id, do: "remove", list, entry })),
        );
    };
    const proxies = isAny ? [[]] : removing("proxies");
    return removing("gateways").flatMap((gateways) => proxies.map((more) => [...gateways, ...more]));
}

/** The unions of all subsets of the lists; of five lists there are 32. */
function subsets<T>(lists: readonly (readonly T[])[]): T[][] {
    return lists.reduce<T[][]>((unions, list) => unions.flatMap((union) => [union, [...union, ...list]]), [[]]);
}
