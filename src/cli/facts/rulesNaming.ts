import { sentenceOf } from "../../core/errors/codes";
import { isCoded } from "../../core/errors/errors";
import type { Policies, Rule } from "../../okta/policies";

/** A rule of an authentication policy that admits the zone. */
export interface NamingRule {
    readonly policyId: string;
    readonly policyName: string;
    readonly rule: Pick<Rule, "id" | "name">;
}

export interface NamingRules {
    readonly rules: readonly NamingRule[];
    /** Why it is not known whether there are any. */
    readonly unknown?: string;
}

/** How many policies are searched at most, a request for each. */
const MOST_POLICIES = 200;

/** Such rules, and a sentence where it cannot be known whether there are any. */
export async function rulesNaming(policies: Policies, zoneId: string, signal: AbortSignal): Promise<NamingRules> {
    try {
        const all = await policies.listPolicies("ACCESS_POLICY", signal);
        const rules: NamingRule[] = [];
        for (const { id, name } of all.slice(0, MOST_POLICIES)) {
            const naming = (await policies.listRules(id, signal)).filter(
                ({ access, status, network }) =>
                    access === "ALLOW" && status === "ACTIVE" && network.include.includes(zoneId),
            );
            rules.push(...naming.map((rule) => ({ policyId: id, policyName: name, rule })));
        }
        return { rules };
    } catch (error) {
        if (!isCoded(error)) throw error;
        return { rules: [], unknown: sentenceOf(error) };
    }
}
