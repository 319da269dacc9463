import type { OtherZones } from "../reasons/reach";
import { namesOneOf } from "../reasons/zoneWords";
import type { PolicyFacts, RuleFacts } from "./facts";

export interface OtherRule {
    readonly policy: PolicyFacts;
    readonly rule: RuleFacts;
    readonly what: string;
    /** False if it may be intended, or concerns only some users. */
    readonly isCertain: boolean;
}

/** The rules that admit one of the zones; without zones, the rules that admit any zone. */
export function zoneRules({ rules }: PolicyFacts, zoneIds: readonly string[]): RuleFacts[] {
    const isOurs = (id: string) => zoneIds.length === 0 || namesOneOf([id], zoneIds);
    return rules.filter(
        (rule) => isLetting(rule) && !rule.system && rule.connection === "ZONE" && rule.include.some(isOurs),
    );
}

/**
 * The effect of the other rules of a policy, see the table of `zoneDecides`.
 *
 * @param title A zone in words. @default its id
 */
export function otherRules(
    policy: PolicyFacts,
    zoneIds: readonly string[],
    title: (zoneId: string) => string = (id) => id,
): OtherRule[] {
    const ours = zoneRules(policy, zoneIds);
    const first = policy.rules.findIndex((rule) => ours.includes(rule));
    if (first < 0) return [];
    return policy.rules.flatMap((rule, index) => {
        if (ours.includes(rule) || rule.system || rule.status !== "ACTIVE" || rule.notFor !== undefined) return [];
        const found = rule.access === "DENY" ? denial(rule, index < first, { zoneIds, title }) : opening(rule, title);
        return found === undefined ? [] : [{ policy, rule, ...found }];
    });
}

function denial(
    rule: RuleFacts,
    isAbove: boolean,
    { zoneIds, title }: { readonly zoneIds: readonly string[]; readonly title: (zoneId: string) => string },
): Pick<OtherRule, "what" | "isCertain"> | undefined {
    if (!isAbove) return undefined;
    const { isNarrow, connection, include, exclude, others } = rule;
    if (connection !== "ZONE") {
        return { what: isNarrow ? "keeps some out first" : "keeps out everybody first", isCertain: !isNarrow };
    }
    const some = isNarrow ? "some " : "";
    if (others?.reach !== undefined) return othersDenial(some, include.length > 0, others);
    const isForUs = include.length > 0 ? namesOneOf(include, zoneIds) : !namesOneOf(exclude, zoneIds);
    if (zoneIds.length === 0 || !isForUs) return { what: "keeps some out first", isCertain: false };
    const whom = include.length > 0 ? "who is inside the zone" : `who is not in ${exclude.map(title).join(", ")}`;
    return { what: `keeps out ${some}${whom} first`, isCertain: !isNarrow };
}

/** Of a rule that denies by zones of others, where it is known how many of the addresses in question it is about. */
function othersDenial(some: string, isInclude: boolean, { reach, zones, where }: OtherZones) {
    if (reach === "none") return undefined;
    const isCertain = reach === "all" && some === "";
    if (isInclude) return { what: `keeps out ${some}who is inside ${zones}, ${where}`, isCertain };
    const partly = reach === "some" ? `, ${where} not` : " first";
    return { what: `keeps out ${some}who is not in ${zones}${partly}`, isCertain };
}

function opening(
    { isNarrow, connection, include, exclude }: RuleFacts,
    title: (zoneId: string) => string,
): Pick<OtherRule, "what" | "isCertain"> {
    const where =
        connection === "ZONE" && include.length > 0
            ? `from ${include.map(title).join(", ")}`
            : exclude.length > 0
              ? `from everywhere but ${exclude.map(title).join(", ")}`
              : "from anywhere";
    const isFromAnywhere = connection !== "ZONE" || include.length === 0;
    return { what: `lets in ${isNarrow ? "some people " : ""}${where}`, isCertain: isFromAnywhere && !isNarrow };
}

function isLetting({ status, access, notFor }: RuleFacts): boolean {
    return status === "ACTIVE" && access !== "DENY" && notFor === undefined;
}
