import type { PolicyFacts, RuleFacts } from "./facts";

export interface OtherRule {
    readonly policy: PolicyFacts;
    readonly rule: RuleFacts;
    readonly what: string;
    /** False where it may be meant, or concern few. */
    readonly isCertain: boolean;
}

/** The rules that let in from one of the zones; where no zone was asked for, from any. */
export function zoneRules({ rules }: PolicyFacts, zoneIds: readonly string[]): RuleFacts[] {
    const isOurs = (id: string) => zoneIds.length === 0 || zoneIds.includes(id);
    return rules.filter(
        (rule) => isLetting(rule) && !rule.system && rule.connection === "ZONE" && rule.include.some(isOurs),
    );
}

/** What stands beside a policy's zone rules, as the table of `zoneDecides` has it. */
export function otherRules(policy: PolicyFacts, zoneIds: readonly string[]): OtherRule[] {
    const ours = zoneRules(policy, zoneIds);
    const first = policy.rules.findIndex((rule) => ours.includes(rule));
    if (first < 0) return [];
    return policy.rules.flatMap((rule, index) => {
        if (ours.includes(rule) || rule.system || rule.status !== "ACTIVE") return [];
        const found = rule.access === "DENY" ? denial(rule, index < first) : opening(rule);
        return found === undefined ? [] : [{ policy, rule, ...found }];
    });
}

function denial(
    { isNarrow, connection }: RuleFacts,
    isAbove: boolean,
): Pick<OtherRule, "what" | "isCertain"> | undefined {
    if (!isAbove) return undefined;
    const isForAll = !isNarrow && connection !== "ZONE";
    return { what: isForAll ? "keeps out everybody first" : "keeps some out first", isCertain: isForAll };
}

function opening({ isNarrow, connection, include, exclude }: RuleFacts): Pick<OtherRule, "what" | "isCertain"> {
    const where =
        connection === "ZONE" && include.length > 0
            ? `from ${include.join(", ")}`
            : exclude.length > 0
              ? `from everywhere but ${exclude.join(", ")}`
              : "from anywhere";
    const isFromAnywhere = connection !== "ZONE" || include.length === 0;
    return { what: `lets in ${isNarrow ? "some people " : ""}${where}`, isCertain: isFromAnywhere && !isNarrow };
}

function isLetting({ status, access }: RuleFacts): boolean {
    return status === "ACTIVE" && access !== "DENY";
}
