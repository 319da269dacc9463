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
type RuleFactsKnown = Pick<Facts, "policies" | "zoneIds" | "sessionPolicies">;

/** Each zone has to be let in by a rule; of shards, one that is forgotten keeps its grants out. */
export function zonesAreUsed(facts: RuleFactsKnown): Verdict | undefined {
    const { policies, zoneIds } = facts;
    if (policies === undefined || zoneIds.length === 0) return undefined;
    return judge(policies, (known) => {
        const uses = zoneIds.map((id) => useOf(id, known));
        const problems = uses.flatMap(({ problem }) => problem ?? []);
        const unused = zoneIds.filter((_, index) => uses[index]?.problem !== undefined);
        if (problems.length > 0 && unused.every((id) => isInSession(id, facts))) {
            return warn(
                `${listed(problems)}; ${SESSION_ONLY}`,
                "Add a rule to the authentication policy of the app as well.",
            );
        }
        if (problems.length > 0) return bad(listed(problems));
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

function useOf(zoneId: string, { found, searched, total }: PoliciesFacts): { rules: string[]; problem?: string } {
    const named = found.flatMap((policy) =>
        policy.rules
            .filter(({ include, exclude }) => namesOneOf([...include, ...exclude], [zoneId]))
            .map((rule) => ({
                title: `the rule "${rule.name}" of ${titleOf(policy)}`,
                problem: flawOf(zoneId, policy, rule),
            })),
    );
    const good = named.filter(({ problem }) => problem === undefined).map(({ title }) => title);
    if (good.length > 0) return { rules: good };
    const [flawed] = named;
    if (flawed !== undefined) return { rules: [], problem: `${zoneId}: ${flawed.title} ${flawed.problem}` };
    const where = searched < total ? `none of the ${searched} policies looked at, of ${total},` : "no policy";
    return { rules: [], problem: `${zoneId}: ${where} has a rule that names it` };
}

/** Why a rule that names a zone lets nobody in from it. */
function flawOf(zoneId: string, policy: PolicyFacts, rule: RuleFacts): string | undefined {
    if (!namesOneOf(rule.include, [zoneId])) return "names it with 'not in zone'";
    if (rule.status !== "ACTIVE") return `is ${rule.status}`;
    if (rule.access === "DENY") return "keeps out who is inside";
    return policy.status === "ACTIVE" ? undefined : `does not count: the policy is ${policy.status}`;
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
