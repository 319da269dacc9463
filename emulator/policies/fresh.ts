import type { FullSeed } from "../seed";
import { byId } from "../state/byId";
import { type Document, documentOf, without } from "../state/document";
import type { Nursery } from "../state/nursery";
import type { Org, Policy, Rule } from "../state/org";
import { kindOf } from "./kinds";
import { defaultRule, firstRules } from "./ruleDefaults";
import { settingsOf } from "./settings";
import { THREAT_POLICIES } from "./threatPolicies";

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

/** That there is one is known; its description is that of the other defaults. */
const ENROLLMENT: PolicySeed = {
    name: "Default Policy",
    description: "The default policy applies in all situations if no other policy applies.",
    type: "PROFILE_ENROLLMENT",
    system: true,
    rules: [],
};

/** The policies that every organisation has, but for those that the seed has too, and those of the seed. */
export function freshPolicies(nursery: Nursery, groups: Org["groups"]): Pick<Org, "policies" | "rules"> {
    const { policies: seeds, org } = nursery.seed;
    const everyone = [...groups.values()].find(({ type }) => type === "BUILT_IN");
    const { profileEnrollmentPolicyId: enrollmentId } = org;
    const enrollment = { ...ENROLLMENT, ...(enrollmentId !== undefined && { id: enrollmentId }) };
    const older = olderDefaults(String(everyone?.id));
    const threats = org.settings?.itpEnabled === true ? THREAT_POLICIES : [];
    const defaults = org.pipeline === "v1" ? older : [...DEFAULTS, ...older, enrollment, ...threats];
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

/** The policies of the sequential types that every organisation has. Source: the Okta provider's recordings. */
function olderDefaults(everyone: string): PolicySeed[] {
    const usual = {
        name: "Default Policy",
        description: "The default policy applies in all situations if no other policy applies.",
        system: true,
        rules: [],
    };
    const people = { groups: { include: [everyone] } };
    return [
        { ...usual, type: "OKTA_SIGN_ON", conditions: { people } },
        { ...usual, type: "PASSWORD", conditions: { people, authProvider: { provider: "OKTA" } } },
        { ...usual, type: "MFA_ENROLL", conditions: { people } },
        {
            ...usual,
            type: "IDP_DISCOVERY",
            name: "Idp Discovery Policy",
            description: "The default IdP Discovery Policy",
        },
    ];
}

/** Policies of the sequential types are numbered from 1, those of the system last; others are as they come. */
function inPlace(seeds: readonly PolicySeed[]): PolicySeed[] {
    const types = [...new Set(seeds.map(({ type }) => type))].filter((type) => kindOf(type).isSequential);
    const numbered = types.flatMap((type) => {
        const all = seeds.filter((seed) => seed.type === type);
        const order = [...all.filter(({ system }) => !system), ...all.filter(({ system }) => system)];
        return order.map((seed, index) => ({ ...seed, priority: index + 1 }));
    });
    return [...seeds.filter(({ type }) => !types.includes(type)), ...numbered];
}

function policyFrom(seed: PolicySeed, { ids, now }: Nursery): Policy {
    const { type, name, system = false } = seed;
    const { resourceType } = documentOf((seed as Document)._embedded);
    const settings = settingsOf(type, (seed as Document).settings);
    return {
        status: "ACTIVE",
        priority: 1,
        conditions: null,
        created: now,
        lastUpdated: now,
        ...without(seed, "rules", "_links", "_embedded"),
        ...(settings !== undefined && { settings }),
        id: seed.id ?? ids.id(kindOf(type).ids[0]),
        type,
        name,
        system,
        ...(type === "ACCESS_POLICY" && { _embedded: { resourceType: resourceType ?? "APP" } }),
    };
}

function rulesFrom(seed: PolicySeed, policy: Policy, { ids, now }: Nursery): Rule[] {
    const kind = kindOf(policy.type);
    const seeded = seed.rules.map((rule, index): Rule => {
        const { name, priority = index + 1, system = false } = rule;
        const id = rule.id ?? ids.id(kind.ids[1]);
        const shared = { status: "ACTIVE" as const, created: now, lastUpdated: now, conditions: null };
        return {
            ...shared,
            type: kind.ruleType,
            ...without(rule, "_links"),
            id,
            name,
            priority,
            system,
        };
    });
    if (seeded.some(({ system }) => system)) return seeded;
    if (!kind.isSequential) return [...seeded, ...firstRules(policy.type, () => ids.id("rul"), now, policy.system)];
    if (!policy.system) return seeded;
    return [...seeded, defaultRule(policy.type, { id: ids.id("0pr"), now, priority: seeded.length + 1 })];
}
