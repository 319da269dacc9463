import type { Known, PoliciesFacts, PolicyFacts, RuleFacts } from "../doctor/facts";
import { isForPerson, namesGroups, type PersonInOrg } from "../reasons/people";

/**
 * The policies from the view of a person: a rule that is not for them says so, and one that is for them loses that
 * condition.
 */
export function policiesFor(person: PersonInOrg, policies: Known<PoliciesFacts> | undefined) {
    if (policies?.value === undefined) return policies;
    const { found, elsewhere, ...rest } = policies.value;
    const of = (all: readonly PolicyFacts[]) => all.map((policy) => policyFor(person, policy));
    return { value: { ...rest, found: of(found), ...(elsewhere !== undefined && { elsewhere: of(elsewhere) }) } };
}

export function policyFor(person: PersonInOrg, policy: PolicyFacts): PolicyFacts {
    return { ...policy, rules: policy.rules.map((rule) => ruleFor(person, rule)) };
}

function ruleFor(person: PersonInOrg, rule: RuleFacts): RuleFacts {
    if (rule.people === undefined) return rule;
    const verdict = isForPerson(rule.people, person);
    if (verdict === undefined) return rule;
    if (verdict !== "yes") return { ...rule, notFor: verdict.why };
    const { narrowedBy = [] } = rule;
    return { ...rule, people: NOBODY, isNarrow: narrowedBy.length > 0 };
}

const NOBODY = { users: { include: [], exclude: [] }, groups: { include: [], exclude: [] } };

/** Whether a rule names groups, so that those of the person have to be read. */
export function askForGroups(policies: readonly PolicyFacts[]): boolean {
    return policies.some(({ rules }) => rules.some(({ people }) => people !== undefined && namesGroups(people)));
}
