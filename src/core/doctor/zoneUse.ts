import { codeNamed } from "../errors/codes";
import { zoneTitles } from "../reasons/zoneTitles";
import { namesOneOf } from "../reasons/zoneWords";
import { sameName } from "../zones/sameName";
import type { PoliciesFacts, PolicyFacts, RuleFacts, ZoneFacts } from "./facts";
import { type KnownRules, ruleTitle, titleOf } from "./ruleFacts";
import { bad, judge, listed, ok, type Verdict, warn } from "./verdict";

/** Checks that a rule admits each zone. A shard without a rule would keep its grants out. */
export function zonesAreUsed(facts: KnownRules): Verdict | undefined {
    const { policies, zones } = facts;
    // Of a zone or a policy that is not there, other checks say so.
    const zoneIds = facts.zoneIds.filter((id) => zones?.value?.some((zone) => zone.id === id) ?? true);
    if (policies === undefined || zoneIds.length === 0) return undefined;
    return judge(policies, (known) => {
        if (known.askedId !== undefined && known.found.length === 0) return undefined;
        const title = zoneTitles(zones?.value);
        const uses = zoneIds.map((id) =>
            useOf({ id, title: title(id) }, known, alikeOf(id, known, zones?.value ?? [])),
        );
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

/** Whether a rule of a global session policy admits the zone: see the check of session rules. */
function isInSession(zoneId: string, { sessionPolicies }: KnownRules): boolean {
    const policies = sessionPolicies?.value ?? [];
    return policies.some(
        ({ status, rules }) =>
            status === "ACTIVE" &&
            rules.some(
                (rule) => rule.status === "ACTIVE" && rule.access !== "DENY" && namesOneOf(rule.include, [zoneId]),
            ),
    );
}

/** Why no rule admits a zone. */
interface Flaw {
    readonly problem: string;
    /** @default the remedy of the code */
    readonly remedy?: string;
}

/** The rules that admit a zone, or why none does. */
function useOf(
    zone: { readonly id: string; readonly title: string },
    { askedId, found, searched, total }: PoliciesFacts,
    alike: string | undefined,
): { rules: string[]; flaw?: Flaw } {
    const named = found.flatMap((policy) =>
        policy.rules
            .filter(({ include, exclude }) => namesOneOf([...include, ...exclude], [zone.id]))
            .map((rule) => ({
                title: ruleTitle(policy, rule),
                flaw: flawOf(zone.id, policy, rule),
            })),
    );
    const good = named.filter(({ flaw }) => flaw === undefined).map(({ title }) => title);
    if (good.length > 0) return { rules: good };
    for (const { title, flaw } of named) {
        if (flaw !== undefined)
            return { rules: [], flaw: { ...flaw, problem: `${zone.title}: ${title} ${flaw.problem}` } };
    }
    if (alike !== undefined) {
        const remedy = "If it is the wrong zone, name the right one in that rule, and rename one of the two zones.";
        return { rules: [], flaw: { problem: `${zone.title}: no rule names it; ${alike}`, remedy } };
    }
    if (askedId !== undefined) {
        const remedy = `${codeNamed("zone-unused").remedy} Without --policy, all policies are looked at.`;
        const policy = found[0] === undefined ? askedId : titleOf(found[0]);
        const problem = `${zone.title}: the policy ${policy} has no rule that names it`;
        return { rules: [], flaw: { problem, remedy } };
    }
    const where = searched < total ? `none of the ${searched} policies looked at, of ${total},` : "no policy";
    return { rules: [], flaw: { problem: `${zone.title}: ${where} has a rule that names it` } };
}

/** A rule that names a zone whose name differs from that of the zone in nothing but case and blanks. */
function alikeOf(
    zoneId: string,
    { found, elsewhere = [] }: PoliciesFacts,
    zones: readonly ZoneFacts[],
): string | undefined {
    const name = zones.find(({ id }) => id === zoneId)?.name;
    if (name === undefined) return undefined;
    for (const policy of [...found, ...elsewhere]) {
        for (const rule of policy.rules) {
            const named = zones.find(({ id, name: other }) => rule.include.includes(id) && sameName(name, other));
            if (named !== undefined && named.id !== zoneId) {
                return `${ruleTitle(policy, rule)} names "${named.name}" (${named.id}), whose name differs from "${name}" in case or blanks only`;
            }
        }
    }
    return undefined;
}

/** Why a rule that names a zone does not admit it. */
function flawOf(zoneId: string, policy: PolicyFacts, rule: RuleFacts): Flaw | undefined {
    if (!namesOneOf(rule.include, [zoneId])) {
        const isOpen = rule.status === "ACTIVE" && rule.access !== "DENY" && rule.include.length === 0;
        if (!isOpen) return { problem: "names it with 'not in zone'" };
        const remedy =
            "Look at what that rule is meant for: if it was to say 'in zone', correct it; if not, add a rule that lets in from the zone.";
        return { problem: "names it with 'not in zone', and lets in who is outside of it", remedy };
    }
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
