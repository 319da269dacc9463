import { coversSpan, mergeSpans, overlapsSpan } from "../addresses/spans";
import type { Known, PoliciesFacts, PolicyFacts, RuleFacts } from "../doctor/facts";
import { zoneRules } from "../doctor/ruleOrder";
import { titleOf } from "../reasons/reason";
import { isEveryZone, namesOneOf } from "../reasons/zoneWords";
import { isChainIn } from "./seenLines";
import { type Followed, isIn, spansOf } from "./whose";
import type { Line } from "./whyFacts";

/**
 * The facts from the view of the addresses that the question is about: a rule that keeps out by zones of others does
 * not count where these leave the addresses alone.
 *
 *   a rule denies                       the addresses are          the rule
 *   who is in another zone              in none of its zones       does not count
 *   who is not in another zone          in one of its zones        does not count
 *   either                              partly so, or not known    stays as it is
 */
export function fromTheirAddresses(facts: Followed): Followed {
    const of = (policy: PolicyFacts): PolicyFacts => ({
        ...policy,
        rules: policy.rules.map((rule) =>
            concerns(rule, facts) === false ? { ...rule, notFor: "is not for their address" } : rule,
        ),
    });
    const { policies, sessionPolicies } = facts;
    const viewed: Known<PoliciesFacts> | undefined =
        policies?.value === undefined
            ? policies
            : { value: { ...policies.value, found: policies.value.found.map(of) } };
    return {
        ...facts,
        policies: viewed,
        sessionPolicies:
            sessionPolicies?.value === undefined ? sessionPolicies : { value: sessionPolicies.value.map(of) },
    };
}

/** Lines about rules that keep out who is in another zone, where the addresses are in that zone. */
export function deniedZoneLines(facts: Followed): Line[] {
    const { policies, sessionPolicies, zoneIds } = facts;
    const above = (policies?.value?.found ?? []).flatMap((policy) => {
        const first = policy.rules.findIndex((rule) => zoneRules(policy, zoneIds).includes(rule));
        return denials(policy, policy.rules.slice(0, Math.max(0, first)), "other-rule", facts);
    });
    const inSession = (sessionPolicies?.value ?? []).flatMap((policy) =>
        denials(policy, policy.rules, "session-rule", facts),
    );
    return [...above, ...inSession];
}

function denials(
    policy: PolicyFacts,
    rules: readonly RuleFacts[],
    kind: "other-rule" | "session-rule",
    facts: Followed,
): Line[] {
    if (policy.status !== "ACTIVE") return [];
    return rules.flatMap((rule): Line[] => {
        const counts = rule.status === "ACTIVE" && rule.notFor === undefined && !rule.isNarrow;
        if (!counts || rule.include.length === 0 || concerns(rule, facts) !== true) return [];
        const [zone] = zonesOf(rule.include, facts).filter((each) => each !== undefined && holds(each, facts) === true);
        if (zone === undefined) return [];
        const message = `the rule "${rule.name}" of ${titleOf(policy)} keeps out who is inside ${titleOf(zone)}, where their address is`;
        return [{ kind, status: "bad", subject: titleOf(policy), message, next: NEXT }];
    });
}

const NEXT =
    "Look at what that rule is meant for; if they are to come in, take their address out of that zone, or move the rule of our zone above it.";

/** Whether a rule that denies by zones of others is about the addresses; undefined where that is not certain. */
function concerns({ access, connection, include, exclude }: RuleFacts, facts: Followed): boolean | undefined {
    const isOfOthers =
        access === "DENY" && connection === "ZONE" && !namesOneOf([...include, ...exclude], facts.zoneIds);
    if (!isOfOthers) return undefined;
    const isIncluded = include.length === 0 ? true : holdsOne(include, facts);
    const isExcluded = exclude.length === 0 ? false : holdsOne(exclude, facts);
    if (isIncluded === false || isExcluded === true) return false;
    return isIncluded === true && isExcluded === false ? true : undefined;
}

function holdsOne(ids: readonly string[], facts: Followed): boolean | undefined {
    if (ids.some(isEveryZone)) return undefined;
    const verdicts = zonesOf(ids, facts).map((zone) => (zone === undefined ? undefined : holds(zone, facts)));
    if (verdicts.includes(true)) return true;
    return verdicts.includes(undefined) ? undefined : false;
}

function zonesOf(ids: readonly string[], { zones }: Followed) {
    return ids.map((id) => zones.value?.find((zone) => zone.id === id));
}

type Zone = NonNullable<ReturnType<typeof zonesOf>[number]>;

/** Whether a zone holds all of the addresses, or none of them. Which places a dynamic zone means is not known. */
function holds(zone: Zone, facts: Followed): boolean | undefined {
    if (zone.status !== "ACTIVE") return false;
    if (zone.type !== "IP") return undefined;
    if (facts.chain !== undefined) return isChainIn(facts.chain, { ...facts, zoneIds: [zone.id] });
    const gateways = mergeSpans(spansOf(zone.gateways));
    const granted = facts.own.grants.filter(isIn).flatMap(({ ip }) => spansOf(ip));
    if (granted.length === 0) return undefined;
    if (granted.every((span) => coversSpan(gateways, span))) return true;
    return granted.some((span) => overlapsSpan(gateways, span)) ? undefined : false;
}
