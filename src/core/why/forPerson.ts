import type { Known, PoliciesFacts, PolicyFacts, RuleFacts } from "../doctor/facts";
import { isForPerson, namesGroups, type PeopleCondition, type PersonInOrg } from "../reasons/people";

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

export function policyFor(person: PersonInOrg, { people, ...policy }: PolicyFacts): PolicyFacts {
    const verdict = people === undefined ? "yes" : isForPerson(people, person);
    const rules = policy.rules.map((rule) => ruleFor(person, rule));
    if (verdict === undefined) return { ...policy, ...(people !== undefined && { people }), rules };
    return { ...policy, rules: verdict === "yes" ? rules : rules.map((rule) => ({ ...rule, notFor: verdict.why })) };
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

/** Whether a policy or a rule names groups, so that those of the person have to be read. */
export function askForGroups(policies: readonly PolicyFacts[]): boolean {
    const isNamed = ({ people }: { readonly people?: PeopleCondition }) => people !== undefined && namesGroups(people);
    return policies.some((policy) => isNamed(policy) || policy.rules.some(isNamed));
}
