import { accessOf, DENIES, HEALTHY, IN_ZONE, POLICY, policy, rule, ZONE, zone } from "./scene";
import type { SickScene } from "./sickScene";

const both = { ...HEALTHY, zones: [...HEALTHY.zones, zone("nzo2", "Staff 2", ["203.0.113.8/32"])] };
const ruled = (...rules: Parameters<typeof policy>) => ({ seed: { ...HEALTHY, policies: [policy(...rules)] } });

export const POLICIES: readonly SickScene[] = [
    {
        title: "a policy that is not there",
        flags: ["--zone", ZONE, "--policy", "rst9"],
        code: "ZK306",
        status: "fail",
        detail: "http://okta has no policy rst9",
    },
    {
        title: "a policy that has no rule about the zone, while another one has",
        seed: {
            ...HEALTHY,
            policies: [policy(IN_ZONE), { id: "rst2", name: "Two factors", rules: [DENIES] }],
            apps: [{ label: "Payroll", policyId: "rst2" }],
        },
        flags: ["--zone", ZONE, "--policy", "rst2"],
        code: "ZK301",
        status: "fail",
        detail: '"Staff" (nzo1): the policy "Two factors" (rst2) has no rule that names it',
    },
    {
        title: "a policy that is not active",
        seed: { ...HEALTHY, policies: [{ ...policy(IN_ZONE), status: "INACTIVE" }] },
        flags: ["--zone", ZONE, "--policy", POLICY],
        code: "ZK306",
        status: "fail",
        detail: '"Staff access" (rst1) is INACTIVE',
        besides: ["ZK301"],
    },
    {
        title: "a zone that no rule names",
        ...ruled(rule("Office", { connection: "ZONE", include: ["nzoOffice"] })),
        code: "ZK301",
        status: "fail",
        detail: '"Staff" (nzo1): no policy has a rule that names it',
    },
    {
        title: "a rule that is not active",
        ...ruled(rule("In zone", { connection: "ZONE", include: [ZONE] }, { status: "INACTIVE" })),
        code: "ZK301",
        status: "fail",
        detail: '"Staff" (nzo1): the rule "In zone" of "Staff access" (rst1) is INACTIVE',
    },
    {
        title: "a rule for users who are not in the zone",
        ...ruled(rule("Not in zone", { connection: "ZONE", exclude: [ZONE] })),
        code: "ZK301",
        status: "fail",
        detail: '"Staff" (nzo1): the rule "Not in zone" of "Staff access" (rst1) names it with \'not in zone\', and lets in who is outside of it',
    },
    {
        title: "a rule that denies users who are in the zone",
        ...ruled(rule("In zone", { connection: "ZONE", include: [ZONE] }, accessOf("DENY"))),
        code: "ZK301",
        status: "fail",
        detail: '"Staff" (nzo1): the rule "In zone" of "Staff access" (rst1) keeps out who is inside',
    },
    {
        title: "a rule that asks for a group and a device as well",
        ...ruled(
            rule("In zone", undefined, {
                conditions: {
                    network: { connection: "ZONE", include: [ZONE] },
                    people: { groups: { include: ["00gStaff"] } },
                    device: { registered: true },
                },
            }),
        ),
        code: "ZK310",
        status: "warn",
        detail: 'the rule "In zone" of "Staff access" (rst1) asks for more than the zone: the group 00gStaff, device',
    },
    {
        title: "a rule that forgets a shard",
        seed: both,
        flags: ["--zone", ZONE, "nzo2"],
        code: "ZK301",
        status: "fail",
        detail: '"Staff 2" (nzo2): no policy has a rule that names it',
    },
    {
        title: "a rule above that lets in from anywhere",
        ...ruled(rule("Everybody", { connection: "ANYWHERE" }), { ...IN_ZONE, priority: 2 } as typeof IN_ZONE),
        code: "ZK302",
        status: "fail",
        detail: '"Everybody" of "Staff access" (rst1) lets in from anywhere',
    },
    {
        title: "a rule above that keeps everybody out",
        ...ruled(rule("Nobody", { connection: "ANYWHERE" }, accessOf("DENY")), IN_ZONE),
        code: "ZK302",
        status: "fail",
        detail: '"Nobody" of "Staff access" (rst1) keeps out everybody first',
    },
    {
        title: "a catch-all that allows",
        seed: {
            ...HEALTHY,
            policies: [{ id: POLICY, name: "Staff access", rules: [IN_ZONE, { ...DENIES, ...accessOf("ALLOW") }] }],
        },
        code: "ZK303",
        status: "fail",
        detail: 'open in "Staff access" (rst1)',
    },
    {
        title: "a policy without apps",
        seed: { ...HEALTHY, apps: [] },
        code: "ZK304",
        status: "warn",
        detail: 'no app is on "Staff access" (rst1)',
    },
    {
        title: "the Admin Console behind the zone",
        seed: {
            ...HEALTHY,
            apps: [{ name: "saasure", label: "Okta Admin Console", signOnMode: "OPENID_CONNECT", policyId: POLICY }],
        },
        code: "ZK305",
        status: "warn",
        detail: '"Okta Admin Console" is on the policy',
    },
    {
        title: "a rule that asks for a new sign-in after hours",
        ...ruled({
            ...IN_ZONE,
            actions: {
                appSignOn: { access: "ALLOW", verificationMethod: { factorMode: "2FA", reauthenticateIn: "PT2H" } },
            },
        }),
        code: "ZK307",
        status: "warn",
        detail: '"In zone": PT2H',
    },
];
