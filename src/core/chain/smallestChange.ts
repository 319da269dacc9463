import { blocksOf, isInsideZones, metBy, type NamedZone, roleOf, type ZoneRole } from "./access";
import { type ChainReading, covers } from "./chain";
import { applyEdits, type Edit, smallestOf } from "./edits";
import { flipZone } from "./flipZone";
import { ipv4Hops, spanOfHop } from "./hop";

/** With more blocked addresses than this, either all are made exempt or all are removed from the blocklists. */
const MOST_MIXED = 8;

/**
 * The smallest change to several zones that reverses the answer of isInsideZones,
 * with the fewest edits. A change adds only single addresses.
 *
 *   answer                        possible changes
 *   outside, not refused          the change to one of the zones for rules
 *   refused by blocklists         each address off the blocklists or exempt, and as above where it is outside then
 *   inside                        the changes to each zone that it is inside of, or one address on a blocklist
 *
 * If there are only blocklists, inside means refused.
 *
 * @returns Undefined if there is no such change, as there is no IPv4 address.
 */
export function smallestChange(
    zones: readonly NamedZone[],
    chain: readonly string[],
    reading: ChainReading,
): readonly Edit[] | undefined {
    const met = zones.map((zone) => metBy(zone, chain));
    const before = isInsideZones(met, chain, reading);
    const isFlipped = (edits: readonly Edit[], how: ChainReading) =>
        isInsideZones(applyEdits(met, edits), chain, how) !== before;
    const isAgreed = (edits: readonly Edit[]) => isFlipped(edits, "lenient") && isFlipped(edits, "strict");
    const flips = choices(zones, chain, reading, before).filter((edits) => isFlipped(edits, reading));
    return smallestOf(flips, isAgreed, zones);
}

function choices(zones: readonly NamedZone[], chain: readonly string[], reading: ChainReading, isInside: boolean) {
    const having = (role: ZoneRole) => zones.filter((zone) => roleOf(zone) === role);
    const flipEach = (some: readonly NamedZone[]) => some.map((zone) => flipZone(zone, chain, reading) ?? []);
    const flipAll = (some: readonly NamedZone[]) =>
        flipEach(some.filter((zone) => isInsideZones([zone], chain, reading))).flat();
    if (having("policy").length > 0) {
        if (isInside) return [flipAll(having("policy")), ...refusals(zones, chain)];
        const isIn = having("policy").some((zone) => isInsideZones([zone], chain, reading));
        const comingIn = isIn ? [[]] : flipEach(having("policy"));
        return releases(zones, chain).flatMap((release) => comingIn.map((edits) => [...release, ...edits]));
    }
    if (having("blocklist").length > 0) return isInside ? releases(zones, chain) : refusals(zones, chain);
    return isInside ? [flipAll(having("exempt"))] : flipEach(having("exempt"));
}

/** Every way to have an address of the chain, the client first, on a blocklist and not exempt. */
function refusals(zones: readonly NamedZone[], chain: readonly string[]): Edit[][] {
    const blocked = new Set(blocksOf(zones, chain).map(({ ip }) => ip));
    return ipv4Hops(chain).flatMap((ip) => {
        const unexempt = removing(zones, "exempt", [ip]);
        if (blocked.has(ip)) return [unexempt];
        return zones
            .filter((zone) => roleOf(zone) === "blocklist")
            .map((zone) => [...unexempt, ...putting(zone, [ip])]);
    });
}

/** Every way to have no address of the chain on a blocklist, but those that are exempt. */
function releases(zones: readonly NamedZone[], chain: readonly string[]): Edit[][] {
    const blocked = blocksOf(zones, chain).filter(({ isExempt }) => !isExempt);
    const ips = [...new Set(blocked.map(({ ip }) => ip))];
    const [exempt] = zones.filter((zone) => roleOf(zone) === "exempt");
    const takingOff = (some: readonly string[]) => removing(zones, "blocklist", some);
    if (exempt === undefined) return [takingOff(ips)];
    return splits(ips).map(([some, others]) => [
        ...(some.length > 0 ? putting(exempt, some) : []),
        ...takingOff(others),
    ]);
}

/** Edits that add the addresses to the zone, and activate it. */
function putting(zone: NamedZone, ips: readonly string[]): Edit[] {
    const { id: zoneId, gateways, status } = zone;
    const missing = ips.filter((ip) => !gateways.some((entry) => covers(entry, spanOfHop(ip))));
    return [
        ...(status === "INACTIVE" ? [{ zoneId, do: "activate" } as const] : []),
        ...missing.map((ip): Edit => ({ zoneId, do: "add", list: "gateways", entry: `${ip}/32` })),
    ];
}

/** Edits that remove every entry with one of the addresses from active zones of that role. */
function removing(zones: readonly NamedZone[], role: ZoneRole, ips: readonly string[]): Edit[] {
    return zones
        .filter((zone) => roleOf(zone) === role && zone.status !== "INACTIVE")
        .flatMap(({ id: zoneId, gateways }) => {
            const entries = gateways.filter((entry) => ips.some((ip) => covers(entry, spanOfHop(ip))));
            return [...new Set(entries)].map((entry): Edit => ({ zoneId, do: "remove", list: "gateways", entry }));
        });
}

/** Every way to divide a list in two, in order; for a long list, only the two in which one part is empty. */
function splits<T>(list: readonly T[]): [T[], T[]][] {
    if (list.length > MOST_MIXED) {
        return [
            [[...list], []],
            [[], [...list]],
        ];
    }
    return list.reduce<[T[], T[]][]>(
        (all, item) =>
            all.flatMap(([some, others]): [T[], T[]][] => [
                [[...some, item], others],
                [some, [...others, item]],
            ]),
        [[[], []]],
    );
}
