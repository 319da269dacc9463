import { parseSpan } from "../addresses/ip";
import { holdsSpans, type InQuestion, withReach } from "../reasons/reach";
import { SENTINEL } from "../zones/zone";
import type { Facts, PolicyFacts } from "./facts";

/**
 * The facts, with what the rules that name zones of others mean to the granted addresses; where no grants are known, to
 * the gateways of the zones.
 */
export function withZonesOfOthers(facts: Facts): Facts {
    const { zones, zoneIds, membership } = facts;
    if (zones.value === undefined || zoneIds.length === 0) return facts;
    const granted = membership?.value?.granted ?? [];
    const own = zones.value.filter(({ id }) => zoneIds.includes(id)).flatMap(({ gateways }) => gateways);
    const ranges = granted.length > 0 ? granted : own.filter((range) => range !== SENTINEL);
    const what = granted.length > 0 ? "granted addresses" : "gateways";
    const spans = ranges.flatMap((range) => parseSpan(range, "clear").span ?? []);
    return seenFrom(facts, {
        holds: holdsSpans(zones.value, spans),
        where: { all: `where the ${what} are`, some: `where some of the ${what} are` },
    });
}

/** The facts from the view of the addresses in question. */
export function seenFrom<F extends Pick<Facts, "zones" | "zoneIds" | "policies" | "sessionPolicies">>(
    facts: F,
    question: InQuestion,
): F {
    const { zones, zoneIds, policies, sessionPolicies } = facts;
    const of = (all: readonly PolicyFacts[]) => withReach(all, zones.value ?? [], zoneIds, question);
    const { value: access } = policies ?? {};
    const { value: session } = sessionPolicies ?? {};
    return {
        ...facts,
        ...(access !== undefined && { policies: { value: { ...access, found: of(access.found) } } }),
        ...(session !== undefined && { sessionPolicies: { value: of(session) } }),
    };
}
