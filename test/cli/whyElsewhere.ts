import { accessOf, HEALTHY, IN_ZONE, policy, rule, zone } from "./doctor/scene";
import type { Situation } from "./whyScenes";

const STAFF = zone("nzo1", "Staff", ["203.0.113.7/32"]);
const OFFICE = zone("nzo2", "Office", ["203.0.113.0/24"]);
const FAR_AWAY = zone("nzo2", "Office", ["198.51.100.0/24"]);
const SECOND = zone("nzo3", "Staff 2", ["192.0.2.0/32"]);
const GERMANY = { id: "nzoGermany", name: "Germany", type: "DYNAMIC", locations: [{ country: "DE" }] };

/** A rule above the zone's that keeps out by a network condition, and the zone's rule. */
function below(network: object) {
    return [policy(rule("Not from there", network, accessOf("DENY")), IN_ZONE)];
}

/** The policies, with a rule of a global session policy that keeps out by a network condition. */
function afterSession(network: object) {
    const denies = {
        name: "Not from there",
        priority: 1,
        conditions: { network },
        actions: { signon: { access: "DENY" } },
    };
    return [policy(IN_ZONE), { id: "rstSessions", name: "Sessions", type: "OKTA_SIGN_ON", rules: [denies] }];
}

const CONTRACTORS = { id: "00gContractors", name: "Contractors", members: [] as string[] };

function signon(access: string, network: object = { connection: "ANYWHERE" }) {
    return { name: `${access} rule`, conditions: { network }, actions: { signon: { access } } };
}

/** The policies, with a global session policy, which may be for a group. */
function sessions(groupId: string | undefined, ...rules: object[]) {
    const conditions = groupId === undefined ? null : { people: { groups: { include: [groupId] } } };
    const inOrder = rules.map((rule, index) => ({ ...rule, name: `Rule ${index}`, priority: index + 1 }));
    return [policy(IN_ZONE), { id: "00p1", name: "Sessions", type: "OKTA_SIGN_ON", conditions, rules: inOrder }];
}

/** The zone's rule, with one more condition. */
function asksFor(condition: object) {
    return [policy(rule("In zone", undefined, { conditions: { ...IN_ZONE.conditions, ...condition } }))];
}

const IN = { status: 0, inside: true, bad: [], because: /^the grant g-1 for 203\.0\.113\.7 is in "Staff"/ } as const;
const KEPT_OUT = { status: 3, inside: true } as const;

/** People who are inside the zone, and meet something else on the way: other zones, other conditions, other policies. */
export const ELSEWHERE: readonly Situation[] = [
    {
        ...KEPT_OUT,
        title: "a rule above that keeps out who is in another zone, where the address is too",
        seed: { zones: [STAFF, OFFICE], policies: below({ connection: "ZONE", include: ["nzo2"] }) },
        bad: ["other-rule"],
        because:
            /^"Not from there" of "Staff access" \(rst1\) keeps out who is inside "Office" \(nzo2\), where their address is$/,
        next: /take their address out of that zone, or move the rule of our zone above it/,
    },
    {
        ...IN,
        title: "a rule above that keeps out who is in another zone, where the address is not",
        seed: { zones: [STAFF, FAR_AWAY], policies: below({ connection: "ZONE", include: ["nzo2"] }) },
        next: /^$/,
    },
    {
        ...IN,
        title: "a rule above that keeps out who is not in another zone, where the address is too",
        seed: { zones: [STAFF, OFFICE], policies: below({ connection: "ZONE", exclude: ["nzo2"] }) },
        next: /^$/,
    },
    {
        ...KEPT_OUT,
        title: "a rule above that keeps out who is not in another zone, where the address is not",
        seed: { zones: [STAFF, FAR_AWAY], policies: below({ connection: "ZONE", exclude: ["nzo2"] }) },
        bad: ["other-rule"],
        because: /keeps out who is not in "Office" \(nzo2\) first$/,
        next: /^Look at what that rule is meant for/,
    },
    {
        ...KEPT_OUT,
        title: "a rule above that keeps out who is in the zone itself",
        seed: { policies: below({ connection: "ZONE", include: ["nzo1"] }) },
        bad: ["other-rule"],
        because: /keeps out who is inside the zone first$/,
        next: /if the zone is to let in, take it out of that rule, or move the zone's rule above it/,
    },
    {
        ...IN,
        title: "a rule above that keeps out who is in a country",
        seed: { zones: [STAFF, GERMANY], policies: below({ connection: "ZONE", include: ["nzoGermany"] }) },
        next: /^If they cannot get in all the same, look at this: "Not from there" of "Staff access" \(rst1\) keeps some out first\.$/,
    },
    {
        ...KEPT_OUT,
        title: "a session rule that keeps out who is in another zone, where the address is too",
        seed: { zones: [STAFF, OFFICE], policies: afterSession({ connection: "ZONE", include: ["nzo2"] }) },
        bad: ["session-rule"],
        because:
            /^the rule "Not from there" of the global session policy "Sessions" \(rstSessions\) keeps out everybody who is inside "Office"/,
        next: /take their address out of that zone/,
    },
    {
        ...IN,
        title: "a session rule that keeps everybody out, after one that lets in from another zone, where the address is",
        seed: {
            zones: [STAFF, OFFICE],
            policies: sessions(undefined, signon("ALLOW", { connection: "ZONE", include: ["nzo2"] }), signon("DENY")),
        },
        next: /^$/,
    },
    {
        ...IN,
        title: "a session rule that keeps everybody out, of a policy for a group that they are not in",
        seed: { groups: [CONTRACTORS], policies: sessions("00gContractors", signon("DENY")) },
        next: /^$/,
    },
    {
        ...KEPT_OUT,
        title: "a session rule that keeps everybody out, of a policy for a group of theirs",
        seed: {
            groups: [{ ...CONTRACTORS, members: ["ana@example.com"] }],
            policies: sessions("00gContractors", signon("DENY")),
        },
        bad: ["session-rule"],
        because: /keeps out everybody, wherever from$/,
        next: /^Look at the rule under Security > Global Session Policy/,
    },
    {
        ...IN,
        title: "a session rule that keeps everybody out, where an earlier policy lets a group of theirs in",
        seed: {
            groups: [{ ...CONTRACTORS, members: ["ana@example.com"] }],
            policies: [
                ...sessions("00gContractors", signon("ALLOW")),
                { id: "00pRest", name: "Rest", type: "OKTA_SIGN_ON", priority: 2, rules: [signon("DENY")] },
            ],
        },
        next: /^$/,
    },
    {
        ...IN,
        title: "a session rule that keeps out who is not in another zone, where the address is too",
        seed: { zones: [STAFF, OFFICE], policies: afterSession({ connection: "ZONE", exclude: ["nzo2"] }) },
        next: /^$/,
    },
    {
        ...KEPT_OUT,
        title: "an address that another zone holds, which a rule above keeps out",
        subject: "203.0.113.7",
        seed: { zones: [STAFF, OFFICE], policies: below({ connection: "ZONE", include: ["nzo2"] }) },
        bad: ["other-rule"],
        because: /keeps out who is inside "Office" \(nzo2\), where their address is$/,
        next: /take their address out of that zone/,
    },
    {
        ...IN,
        title: "a shard without a rule, where the address is in another one",
        seed: { zones: [STAFF, SECOND], policies: [policy(IN_ZONE)] },
        flags: ["--zone", "nzo1", "nzo3"],
        next: /^$/,
    },
    {
        ...KEPT_OUT,
        title: "the shard without a rule, where the address is",
        seed: {
            zones: [zone("nzo1", "Staff", ["192.0.2.0/32"]), zone("nzo3", "Staff 2", ["203.0.113.7/32"])],
            policies: [policy(IN_ZONE)],
        },
        flags: ["--zone", "nzo1", "nzo3"],
        bad: ["rule"],
        because: /^"Staff 2" \(nzo3\): no policy has a rule that names it/,
        next: /./,
    },
    {
        ...IN,
        title: "a rule above that keeps out who is in a shard where the address is not",
        seed: {
            zones: [STAFF, SECOND],
            policies: [
                policy(rule("Not from 2", { connection: "ZONE", include: ["nzo3"] }, accessOf("DENY")), IN_ZONE),
            ],
        },
        flags: ["--zone", "nzo1", "nzo3"],
        next: /^$/,
    },
    {
        ...KEPT_OUT,
        title: "a rule for users who are not in the zone",
        seed: { policies: [policy(rule("Not in zone", { connection: "ZONE", exclude: ["nzo1"] }))] },
        bad: ["rule"],
        because: /names it with 'not in zone', and lets in who is outside of it$/,
        next: /if it was to say 'in zone', correct it/,
    },
    {
        title: "a grant's id in place of a person",
        subject: "g-1",
        status: 3,
        inside: false,
        bad: ["person", "none"],
        because: /^g-1 is a grant, and no user of Okta$/,
        next: /^Ask about its user or address: ana@example\.com\.$/,
    },
    {
        ...IN,
        title: "an app that is on another policy",
        seed: {
            policies: [policy(IN_ZONE), { id: "rst2", name: "Two factors", rules: [] }],
            apps: [{ label: "Payroll", policyId: "rst2" }],
        },
        next: /^If they cannot get in all the same, look at this: no app is on "Staff access" \(rst1\)\.$/,
    },
    {
        ...IN,
        title: "a rule that asks for a managed device",
        seed: { policies: asksFor({ device: { registered: true, managed: true } }) },
        next: /look at this: the rule "In zone" of "Staff access" \(rst1\) asks for more than the zone: device\.$/,
    },
    {
        ...IN,
        title: "a password that has expired",
        seed: { users: [...HEALTHY.users.map((user) => ({ ...user, status: "PASSWORD_EXPIRED" }))] },
        next: /look at this: ana@example\.com \(00u1\) is PASSWORD_EXPIRED\.$/,
    },
];
