import type { Facts, RuleFacts } from "./facts";
import { type KnownRules, ruleTitle } from "./ruleFacts";
import { zoneRules } from "./ruleOrder";
import { bad, judge, listed, ok, type Verdict, warn } from "./verdict";

/** Checks that the rules of the zones have no other conditions; for a membership with a group, none but that group. */
export function rulesAskForNoMore({ policies, zoneIds, group }: KnownRules): Verdict | undefined {
    return judgeZoneRules({ policies, zoneIds }, (rules) => {
        const asking = rules.flatMap(({ title, rule }) => {
            const more = moreOf(rule, group?.id);
            return more.length === 0 ? [] : [`${title} asks for more than the zone: ${more.join(", ")}`];
        });
        if (asking.length > 0) return warn(listed(asking));
        return ok(group === undefined ? "the zone is enough" : `the zone and the group ${group.id} are enough`);
    });
}

function moreOf({ people, narrowedBy = [] }: RuleFacts, groupId: string | undefined): string[] {
    const groups = (people?.groups.include ?? []).filter((id) => id !== groupId);
    const users = people?.users.include ?? [];
    // Users and groups are alternatives: a member of the membership's group fulfils them.
    const isFulfilled = groupId !== undefined && people?.groups.include.includes(groupId) === true;
    const named = isFulfilled ? [] : [...groups.map((id) => `the group ${id}`), ...users.map((id) => `the user ${id}`)];
    const except = [...(people?.groups.exclude ?? []), ...(people?.users.exclude ?? [])].map((id) => `not ${id}`);
    return [listed(named, 3), listed(except, 3), ...narrowedBy].filter((text) => text !== "");
}

/** Checks that the rules ask for the group. Without it, a rule admits every user who comes from a granted address. */
export function rulesAskForTheGroup({ policies, zoneIds, group }: KnownRules): Verdict | undefined {
    if (group === undefined) return undefined;
    return judgeZoneRules({ policies, zoneIds }, (rules) => {
        const open = rules.flatMap(({ title, rule }) => {
            const { groups, users } = rule.people ?? NO_PEOPLE;
            const others = [...groups.include, ...users.include].filter((id) => id !== group.id);
            if (!groups.include.includes(group.id)) {
                const who = others.length === 0 ? "everybody" : listed(others, 3);
                return [`${title} lets in ${who} who is inside the zone: it does not ask for the group ${group.id}`];
            }
            return others.length === 0
                ? []
                : [`${title} lets in ${listed(others, 3)} as well as the group ${group.id}`];
        });
        return open.length === 0 ? ok(`each rule asks for the group ${group.id} as well`) : bad(listed(open));
    });
}

const NO_PEOPLE = { groups: { include: [], exclude: [] }, users: { include: [], exclude: [] } };

function judgeZoneRules(
    { policies, zoneIds }: Pick<Facts, "policies" | "zoneIds">,
    verdict: (rules: readonly { readonly title: string; readonly rule: RuleFacts }[]) => Verdict,
): Verdict | undefined {
    // If the policies are not known, zonesAreUsed says so.
    if (policies?.value === undefined || zoneIds.length === 0) return undefined;
    return judge(policies, ({ found }) => {
        const rules = found.flatMap((policy) =>
            zoneRules(policy, zoneIds).map((rule) => ({ title: ruleTitle(policy, rule), rule })),
        );
        return rules.length === 0 ? undefined : verdict(rules);
    });
}
