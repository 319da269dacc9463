import { admits } from "../judging/judgeRule";
import { namesOneOf } from "../reasons/zoneWords";
import type { Facts, PoliciesFacts, PolicyFacts, RuleFacts } from "./facts";
import { otherRules, zoneRules } from "./ruleOrder";
import { bad, judge, listed, ok, type Verdict, warn } from "./verdict";

/** Okta's own name of the Admin Console among apps. */
const ADMIN_CONSOLE = "saasure";

/** Only where a policy was named: it has to be there, and it has to be one that protects apps. */
export function policyIsThere({ policies, orgUrl }: Facts): Verdict | undefined {
    if (policies === undefined) return undefined;
    return judge(policies, ({ askedId, found: [policy] }) => {
        if (askedId === undefined) return undefined;
        if (policy === undefined) return bad(`${orgUrl} has no policy ${askedId}`);
        if (policy.type !== "ACCESS_POLICY") return bad(`${titleOf(policy)} is of type ${policy.type}`);
        return policy.status === "ACTIVE" ? ok(titleOf(policy)) : bad(`${titleOf(policy)} is ${policy.status}`);
    });
}

/** What the checks of rules look at; `why` has no more. */
type RuleFactsKnown = Pick<Facts, "policies" | "zoneIds" | "sessionPolicies"> & {
    readonly group?: { readonly id: string } | undefined;
};

/** Each zone has to be let in by a rule; of shards, one that is forgotten keeps its grants out. */
export function zonesAreUsed(facts: RuleFactsKnown): Verdict | undefined {
    const { policies, zoneIds } = facts;
    if (policies === undefined || zoneIds.length === 0) return undefined;
    return judge(policies, (known) => {
        const uses = zoneIds.map((id) => useOf(id, known));
        const flaws = uses.flatMap(({ flaw }) => flaw ?? []);
        const problems = flaws.map(({ problem }) => problem);
        const unused = zoneIds.filter((_, index) => uses[index]?.flaw !== undefined);
        if (problems.length > 0 && unused.every((id) => isInSession(id, facts))) {
            return warn(
                `${listed(problems)}; ${SESSION_ONLY}`,
                "Add a rule to the authentication policy of the app as well.",
            );
        }
        if (problems.length > 0) return bad(listed(problems), flaws[0]?.remedy);
        const { searched, total } = known;
        const rest = searched < total ? `; looked at ${searched} of ${total} policies` : "";
        return ok(listed([...new Set(uses.flatMap(({ rules }) => rules))]) + rest);
    });
}

const SESSION_ONLY =
    "a rule of a global session policy lets in from it, so Okta looks at the address when a session begins, and not again at an app";

/** Whether a session rule lets in from the zone: see the check of session rules. */
function isInSession(zoneId: string, { sessionPolicies }: RuleFactsKnown): boolean {
    const policies = sessionPolicies?.value ?? [];
    return policies.some(
        ({ status, rules }) =>
            status === "ACTIVE" &&
            rules.some(
                (rule) => rule.status === "ACTIVE" && rule.access !== "DENY" && namesOneOf(rule.include, [zoneId]),
            ),
    );
}

/** What keeps a zone from being let in. */
interface Flaw {
    readonly problem: string;
    /** @default the remedy of the code */
    readonly remedy?: string;
}

function useOf(zoneId: string, { found, searched, total }: PoliciesFacts): { rules: string[]; flaw?: Flaw } {
    const named = found.flatMap((policy) =>
        policy.rules
            .filter(({ include, exclude }) => namesOneOf([...include, ...exclude], [zoneId]))
            .map((rule) => ({
                title: ruleTitle(policy, rule),
                flaw: flawOf(zoneId, policy, rule),
            })),
    );
    const good = named.filter(({ flaw }) => flaw === undefined).map(({ title }) => title);
    if (good.length > 0) return { rules: good };
    for (const { title, flaw } of named) {
        if (flaw !== undefined) return { rules: [], flaw: { ...flaw, problem: `${zoneId}: ${title} ${flaw.problem}` } };
    }
    const where = searched < total ? `none of the ${searched} policies looked at, of ${total},` : "no policy";
    return { rules: [], flaw: { problem: `${zoneId}: ${where} has a rule that names it` } };
}

function ruleTitle(policy: PolicyFacts, rule: RuleFacts): string {
    return `the rule "${rule.name}" of ${titleOf(policy)}`;
}

/** Why a rule that names a zone lets nobody in from it. */
function flawOf(zoneId: string, policy: PolicyFacts, rule: RuleFacts): Flaw | undefined {
    if (!namesOneOf(rule.include, [zoneId])) return { problem: "names it with 'not in zone'" };
    if (rule.status !== "ACTIVE") {
        return {
            problem: `is ${rule.status}`,
            remedy: "Find out why the rule was switched off; if it is meant to count, activate it.",
        };
    }
    if (rule.access === "DENY") {
        const remedy =
            "Look at what that rule is meant for before you change it; the zone needs a rule that allows access.";
        return { problem: "keeps out who is inside", remedy };
    }
    if (rule.notFor !== undefined) {
        const remedy =
            "If they are meant to come in, put them into the group that the rule names, or take them off its exceptions.";
        return { problem: rule.notFor, remedy };
    }
    if (policy.status === "ACTIVE") return undefined;
    const remedy = "Find out why the policy was switched off; if it is meant to count, activate it.";
    return { problem: `does not count: the policy is ${policy.status}`, remedy };
}

/** The conditions of the zone's rules besides the zone; for a membership with a group, besides that group. */
export function rulesAskForNoMore({ policies, zoneIds, group }: RuleFactsKnown): Verdict | undefined {
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
    // Users and groups are alternatives: whoever is in the group of the membership fulfils them.
    const isFulfilled = groupId !== undefined && people?.groups.include.includes(groupId) === true;
    const named = isFulfilled ? [] : [...groups.map((id) => `the group ${id}`), ...users.map((id) => `the user ${id}`)];
    const except = [...(people?.groups.exclude ?? []), ...(people?.users.exclude ?? [])].map((id) => `not ${id}`);
    return [listed(named, 3), listed(except, 3), ...narrowedBy].filter((text) => text !== "");
}

/** With grants bound to users, a rule that asks for the zone alone lets in everybody who comes from the address. */
export function rulesAskForTheGroup({ policies, zoneIds, group }: RuleFactsKnown): Verdict | undefined {
    if (group === undefined) return undefined;
    return judgeZoneRules({ policies, zoneIds }, (rules) => {
        const open = rules.flatMap(({ title, rule }) => {
            const { groups, users } = rule.people ?? NOBODY;
            const others = [...groups.include, ...users.include].filter((id) => id !== group.id);
            if (!groups.include.includes(group.id)) {
                const whom = others.length === 0 ? "everybody" : listed(others, 3);
                return [`${title} lets in ${whom} who is inside the zone: it does not ask for the group ${group.id}`];
            }
            return others.length === 0
                ? []
                : [`${title} lets in ${listed(others, 3)} as well as the group ${group.id}`];
        });
        return open.length === 0 ? ok(`each rule asks for the group ${group.id} as well`) : bad(listed(open));
    });
}

const NOBODY = { groups: { include: [], exclude: [] }, users: { include: [], exclude: [] } };

function judgeZoneRules(
    { policies, zoneIds }: Pick<Facts, "policies" | "zoneIds">,
    verdict: (rules: readonly { readonly title: string; readonly rule: RuleFacts }[]) => Verdict,
): Verdict | undefined {
    // Where the policies are not known, the check of the zone's rule says so.
    if (policies?.value === undefined || zoneIds.length === 0) return undefined;
    return judge(policies, ({ found }) => {
        const rules = found.flatMap((policy) =>
            zoneRules(policy, zoneIds).map((rule) => ({ title: ruleTitle(policy, rule), rule })),
        );
        return rules.length === 0 ? undefined : verdict(rules);
    });
}

/**
 * What the other rules of the policy do. The catch-all has a check of its own.
 *
 *   another active rule           place   for       verdict
 *   lets in from anywhere         any     everybody fail
 *   lets in from anywhere         any     some      warn: meant, perhaps, for a break-glass account
 *   lets in from other zones      any     any       warn
 *   keeps out, wherever from      above   everybody fail
 *   keeps out who is in our zone  above   everybody fail
 *   keeps out who is not in another zone, above, everybody: fail
 *   keeps out                     above   some      warn
 *   keeps out                     below   any       -
 */
export function zoneDecides({ policies, zoneIds }: RuleFactsKnown): Verdict | undefined {
    if (policies === undefined) return undefined;
    return judge(policies, ({ found }) => {
        const findings = found.flatMap((policy) => otherRules(policy, zoneIds));
        if (found.every((policy) => zoneRules(policy, zoneIds).length === 0)) return undefined;
        if (findings.length === 0) return ok("no other rule lets anybody in, or keeps out before it");
        const text = listed(findings.map(({ policy, rule, what }) => `"${rule.name}" of ${titleOf(policy)} ${what}`));
        return findings.some(({ isCertain }) => isCertain) ? bad(text) : warn(text);
    });
}

export function catchAllDenies({ policies }: RuleFactsKnown): Verdict | undefined {
    if (policies === undefined) return undefined;
    return judge(policies, ({ found }) => {
        if (found.length === 0) return undefined;
        const open = found.filter(({ rules }) => rules.some((rule) => rule.system && isOpen(rule)));
        return open.length === 0
            ? ok("denies whoever no other rule names")
            : bad(`open in ${listed(open.map(titleOf))}`);
    });
}

function isOpen({ name, access, status, connection, include, exclude }: RuleFacts): boolean {
    return admits({ name, isCatchAll: true, access, status, connection, includes: include, excludes: exclude });
}

export function policyHasApps({ policies }: Facts): Verdict | undefined {
    return judgeApps(policies, ({ found }, apps) => {
        const without = found.filter(({ id }) => !apps.some(({ policyId }) => policyId === id));
        if (without.length > 0) return warn(`no app is on ${listed(without.map(titleOf))}`);
        return ok(listed(apps.map(({ label }) => label)));
    });
}

export function adminConsoleIsElsewhere({ policies }: Facts): Verdict | undefined {
    return judgeApps(policies, (_policies, apps) => {
        const console = apps.find(({ name }) => name === ADMIN_CONSOLE);
        return console === undefined ? ok("not on the policy") : warn(`"${console.label}" is on the policy`);
    });
}

function judgeApps(
    policies: Facts["policies"],
    verdict: (policies: PoliciesFacts, apps: NonNullable<PoliciesFacts["apps"]["value"]>) => Verdict | undefined,
): Verdict | undefined {
    if (policies === undefined) return undefined;
    return judge(policies, (known) =>
        known.found.length === 0 ? undefined : judge(known.apps, (apps) => verdict(known, apps)),
    );
}

/** Okta looks at the address when somebody signs in, and at `PT0S` each time an app is opened. */
export function addressIsLookedAtOften({ policies, zoneIds }: Facts): Verdict | undefined {
    if (policies === undefined) return undefined;
    return judge(policies, ({ found }) => {
        const rules = found.flatMap((policy) => zoneRules(policy, zoneIds));
        if (rules.length === 0) return undefined;
        const rare = rules.filter(({ reauthenticateIn }) => reauthenticateIn !== "PT0S");
        if (rare.length === 0) return ok("at every sign-in to an app");
        return warn(listed(rare.map(({ name, reauthenticateIn = "not said" }) => `"${name}": ${reauthenticateIn}`)));
    });
}

function titleOf({ id, name }: PolicyFacts): string {
    return `"${name}" (${id})`;
}
