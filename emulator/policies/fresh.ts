import type { FullSeed } from "../seed";
import { byId } from "../state/byId";
import { type Document, documentOf, without } from "../state/document";
import type { Nursery } from "../state/nursery";
import type { Org, Policy, Rule } from "../state/org";
import { catchAllRule, defaultRule } from "./ruleDefaults";

type PolicySeed = FullSeed["policies"][number];

/** The authentication policies that every organisation on Identity Engine has, in the order of Okta's list. */
const DEFAULTS = [
    { name: "Okta Admin Console" },
    { name: "Okta Dashboard" },
    { name: "Okta Browser Plugin" },
    { name: "Any two factors", description: "Require two factors to access.", system: true },
    {
        name: "Okta Account Management Policy",
        description:
            "This policy defines how users must authenticate for authenticator enrollment, password reset, or unlock " +
            "account. Password policy rules control whether to enforce this policy for password reset and unlock account.",
        _embedded: { resourceType: "END_USER_ACCOUNT_MANAGEMENT" },
    },
].map((policy) => ({ ...policy, type: "ACCESS_POLICY" as const, rules: [] }));

/** The policies that every organisation has, but for those that the seed has too, and those of the seed. */
export function freshPolicies(nursery: Nursery, groups: Org["groups"]): Pick<Org, "policies" | "rules"> {
    const { policies: seeds, org } = nursery.seed;
    const everyone = [...groups.values()].find(({ type }) => type === "BUILT_IN");
    const sessionPolicy = {
        name: "Default Policy",
        description: "The default policy applies in all situations if no other policy applies.",
        type: "OKTA_SIGN_ON" as const,
        system: true,
        conditions: { people: { groups: { include: [everyone?.id] } } },
        rules: [],
    };
    const defaults = [...(org.pipeline === "v1" ? [] : DEFAULTS), sessionPolicy];
    const wanted = defaults.filter(({ name, type }) => !seeds.some((seed) => seed.name === name && seed.type === type));
    const made = inPlace([...wanted, ...seeds]).map((seed) => {
        const policy = policyFrom(seed, nursery);
        return { policy, rules: rulesFrom(seed, policy, nursery) };
    });
    return {
        policies: byId(
            "policies",
            made.map(({ policy }) => [policy.id, policy]),
        ),
        rules: new Map(
            made.map(({ policy, rules }) => [
                policy.id,
                byId(
                    "rules",
                    rules.map((rule) => [rule.id, rule]),
                ),
            ]),
        ),
    };
}

/** Global session policies are numbered from 1, those of the system last; authentication policies are as they come. */
function inPlace(seeds: readonly PolicySeed[]): PolicySeed[] {
    const session = seeds.filter(({ type }) => type === "OKTA_SIGN_ON");
    const order = [...session.filter(({ system }) => !system), ...session.filter(({ system }) => system)];
    const numbered = order.map((seed, index) => ({ ...seed, priority: index + 1 }));
    return [...seeds.filter(({ type }) => type !== "OKTA_SIGN_ON"), ...numbered];
}

function policyFrom(seed: PolicySeed, { ids, now }: Nursery): Policy {
    const { type, name, system = false } = seed;
    const { resourceType } = documentOf((seed as Document)._embedded);
    return {
        status: "ACTIVE",
        priority: 1,
        conditions: null,
        created: now,
        lastUpdated: now,
        ...without(seed, "rules", "_links", "_embedded"),
        id: seed.id ?? ids.id(type === "ACCESS_POLICY" ? "rst" : "00p"),
        type,
        name,
        system,
        ...(type === "ACCESS_POLICY" && { _embedded: { resourceType: resourceType ?? "APP" } }),
    };
}

function rulesFrom(seed: PolicySeed, policy: Policy, { ids, now }: Nursery): Rule[] {
    const isAccess = policy.type === "ACCESS_POLICY";
    const seeded = seed.rules.map((rule, index): Rule => {
        const { name, priority = index + 1, system = false } = rule;
        const id = rule.id ?? ids.id(isAccess ? "rul" : "0pr");
        const shared = { status: "ACTIVE" as const, created: now, lastUpdated: now, conditions: null };
        return {
            ...shared,
            type: isAccess ? "ACCESS_POLICY" : "SIGN_ON",
            ...without(rule, "_links"),
            id,
            name,
            priority,
            system,
        };
    });
    if (seeded.some(({ system }) => system)) return seeded;
    if (isAccess) return [...seeded, catchAllRule(ids.id("rul"), now, policy.system)];
    return policy.system ? [...seeded, defaultRule(ids.id("0pr"), now, seeded.length + 1)] : seeded;
}
