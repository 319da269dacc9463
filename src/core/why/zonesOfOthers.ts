import { mergeSpans, overlapsSpan } from "../addresses/spans";
import { seenFrom } from "../doctor/zonesOfOthers";
import { holdsSpans, type InQuestion } from "../reasons/reach";
import { isEveryZone } from "../reasons/zoneWords";
import { isChainIn } from "./seenLines";
import { type Followed, isIn, spansOf } from "./whose";

/**
 * The facts about rules, from the view of the addresses that the question is about: of the zones only those that hold one
 * of them, if any does, and what rules that name other zones mean to them.
 */
export function fromTheirAddresses(all: Followed): Followed {
    if (all.zones.value === undefined) return all;
    const facts = { ...all, zoneIds: theirZones(all) };
    return seenFrom(facts, {
        holds: holdsTheirs(facts),
        where: { all: "where their address is", some: "where some of their addresses are" },
    });
}

/** The zones that hold one of the addresses; all where none does. A rule for another shard is none of theirs. */
function theirZones(facts: Followed): readonly string[] {
    const { chain, own, zones, zoneIds } = facts;
    const granted = own.grants.filter(isIn).flatMap(({ ip }) => spansOf(ip));
    const theirs = zoneIds.filter((id) => {
        if (chain !== undefined) return isChainIn(chain, { ...facts, zoneIds: [id] }) === true;
        const gateways = mergeSpans(spansOf(zones.value?.find((zone) => zone.id === id)?.gateways ?? []));
        return granted.some((span) => overlapsSpan(gateways, span));
    });
    return theirs.length > 0 ? theirs : zoneIds;
}

/** A chain is in a zone as Okta finds it, by way of trusted proxies too; of a person, the granted addresses count. */
function holdsTheirs(facts: Followed): InQuestion["holds"] {
    const { chain, own, zones } = facts;
    if (chain === undefined) {
        return holdsSpans(
            zones.value ?? [],
            own.grants.filter(isIn).flatMap(({ ip }) => spansOf(ip)),
        );
    }
    return (ids) => {
        if (ids.some(isEveryZone)) return undefined;
        const verdicts = ids.map((id) => {
            const zone = zones.value?.find((each) => each.id === id);
            if (zone === undefined) return undefined;
            if (zone.status !== "ACTIVE") return false;
            return zone.type === "IP" ? isChainIn(chain, { ...facts, zoneIds: [id] }) : undefined;
        });
        if (verdicts.includes(true)) return "all";
        return verdicts.includes(undefined) ? undefined : "none";
    };
}
