import { seenFrom } from "../doctor/zonesOfOthers";
import { holdsSpans, type InQuestion } from "../reasons/reach";
import { isEveryZone } from "../reasons/zoneWords";
import { isChainIn } from "./seenLines";
import { type Followed, isIn, spansOf } from "./whose";

/** The facts, with what the rules that name zones of others mean to the addresses that the question is about. */
export function fromTheirAddresses(facts: Followed): Followed {
    if (facts.zones.value === undefined) return facts;
    return seenFrom(facts, {
        holds: holdsTheirs(facts),
        where: { all: "where their address is", some: "where some of their addresses are" },
    });
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
