import type { Facts, PolicyFacts, RuleFacts } from "./facts";

/** The facts that the checks of rules need; `why` has no others. */
export interface KnownRules extends Pick<Facts, "policies" | "zoneIds" | "sessionPolicies"> {
    readonly group?: { readonly id: string } | undefined;
    /** @default not known */
    readonly zones?: Facts["zones"];
}

export function titleOf({ id, name }: PolicyFacts): string {
    return `"${name}" (${id})`;
}

export function ruleTitle(policy: PolicyFacts, rule: RuleFacts): string {
    return `the rule "${rule.name}" of ${titleOf(policy)}`;
}
