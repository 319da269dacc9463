import { TOKEN } from "../scene";
import { accessOf, HEALTHY, IN_ZONE, policy, rule, USER, ZONE, zone } from "./scene";
import type { SickScene } from "./sickScene";

const beside = (...zones: object[]) => ({ seed: { ...HEALTHY, zones: [...HEALTHY.zones, ...zones] as never } });
const BLOCKED = { ...zone("nzoB", "BlockedIpZone", ["203.0.113.0/29"]), usage: "BLOCKLIST", system: true };
const EXEMPT = { ...zone("nzoE", "DefaultExemptIpZone", ["203.0.113.0/30"]), system: true };
const AGENTS = zone("nzoA", "Agents", ["127.0.0.1/32"]);
const session = (...rules: object[]) => ({
    seed: {
        ...HEALTHY,
        policies: [
            policy(IN_ZONE),
            { id: "00p1", name: "Office sessions", type: "OKTA_SIGN_ON" as const, rules: rules as never },
        ],
    },
});
const signon = (name: string, access: string, network?: object) => ({
    name,
    conditions: network === undefined ? null : { network },
    actions: { signon: { access } },
});
const bound = (network: object) => ({
    seed: {
        ...HEALTHY,
        zones: [...HEALTHY.zones, AGENTS],
        tokens: [{ name: "tied", value: TOKEN, userId: USER, network: { connection: "ZONE" as const, ...network } }],
    },
});

/** What Okta asks before the policy of an app, and what the credential hangs on. */
export const BEFORE: readonly SickScene[] = [
    {
        title: "a granted address on Okta's own blocklist",
        ...beside(BLOCKED),
        grants: JSON.stringify({ grants: [{ id: "g1", ip: "203.0.113.7", permanent: true }] }),
        flags: ["--zone", ZONE, "--source", "grants.yaml"],
        code: "ZK210",
        status: "fail",
        detail: '203.0.113.7 is granted, and refused before any policy by the blocklist "BlockedIpZone" (nzoB)',
    },
    {
        title: "a gateway on another blocklist, where the exempt zone has another address",
        ...beside({ ...BLOCKED, id: "nzoX", name: "Bad guys", system: false }, EXEMPT),
        code: "ZK210",
        status: "fail",
        detail: '203.0.113.7 is a gateway, and refused before any policy by the blocklist "Bad guys" (nzoX)',
    },
    {
        title: "a trusted proxy on a blocklist",
        seed: {
            ...HEALTHY,
            zones: [
                { ...zone(ZONE, "Staff", ["198.51.100.7/32"]), proxies: [{ type: "CIDR", value: "203.0.113.4/32" }] },
                BLOCKED as never,
            ],
        },
        code: "ZK210",
        status: "fail",
        detail: '203.0.113.4 is a trusted proxy, and refused before any policy by the blocklist "BlockedIpZone" (nzoB)',
    },
    {
        title: "a dynamic blocklist",
        ...beside({ id: "nzoD", name: "Abroad", type: "DYNAMIC", usage: "BLOCKLIST" }),
        code: "ZK210",
        status: "warn",
        detail:
            'the dynamic blocklist "Abroad" (nzoD) refuses by place, network or service, before any policy: whom, its ' +
            "addresses do not tell",
    },
    {
        title: "a session rule that keeps out who is not in another zone",
        ...session(signon("Office only", "DENY", { connection: "ZONE", exclude: ["nzoOffice"] })),
        code: "ZK308",
        status: "fail",
        detail:
            'the rule "Office only" of the global session policy "Office sessions" (00p1) keeps out everybody who is not in ' +
            "nzoOffice, whatever is granted",
    },
    {
        title: "a session rule that keeps out who is in another zone, where the gateways are",
        seed: {
            ...session(signon("Not from the office", "DENY", { connection: "ZONE", include: ["nzoO"] })).seed,
            zones: [...HEALTHY.zones, zone("nzoO", "Office", ["203.0.113.0/24"])],
        },
        code: "ZK308",
        status: "fail",
        detail:
            'the rule "Not from the office" of the global session policy "Office sessions" (00p1) keeps out everybody who is ' +
            'inside "Office" (nzoO), where the gateways are',
    },
    {
        title: "a session rule that keeps out who is not in another zone, where only some of the granted are",
        seed: {
            ...session(signon("Office only", "DENY", { connection: "ZONE", exclude: ["nzoO"] })).seed,
            zones: [...HEALTHY.zones, zone("nzoO", "Office", ["203.0.113.0/24"])],
        },
        grants: JSON.stringify({ grants: [{ id: "g1", ip: ["203.0.113.7", "198.51.100.7"], permanent: true }] }),
        flags: ["--zone", ZONE, "--source", "grants.yaml"],
        code: "ZK308",
        status: "warn",
        detail:
            'the rule "Office only" of the global session policy "Office sessions" (00p1) keeps out everybody who is not in ' +
            '"Office" (nzoO), where some of the granted addresses are not',
        besides: ["ZK403"],
    },
    {
        title: "a rule above that keeps out who is in another zone, where the gateways are",
        seed: {
            ...HEALTHY,
            zones: [...HEALTHY.zones, zone("nzoO", "Office", ["203.0.113.0/24"])],
            policies: [policy(rule("No office", { connection: "ZONE", include: ["nzoO"] }, accessOf("DENY")), IN_ZONE)],
        },
        code: "ZK302",
        status: "fail",
        detail: '"No office" of "Staff access" (rst1) keeps out who is inside "Office" (nzoO), where the gateways are',
    },
    {
        title: "a zone that only a session rule names",
        seed: {
            ...HEALTHY,
            apps: [],
            policies: session(
                signon("Staff sessions", "ALLOW", { connection: "ZONE", include: [ZONE] }),
            ).seed.policies.slice(1),
        },
        code: "ZK301",
        status: "warn",
        detail:
            '"Staff" (nzo1): no policy has a rule that names it; a rule of a global session policy lets in from it, so Okta looks at the ' +
            "address when a session begins, and not again at an app",
    },
    {
        title: "a token that works from any zone",
        ...bound({ include: ["ALL_ZONES"] }),
        code: "ZK110",
        status: "warn",
        detail: '"tied" works only from any network zone (ALL_ZONES), also those that Zonekeeper writes: it may lock itself out',
    },
    {
        title: "a token that works from no zone",
        ...bound({ exclude: ["ALL_IP_ZONES"] }),
        seed: { ...bound({ exclude: ["ALL_IP_ZONES"] }).seed, zones: HEALTHY.zones },
        code: "ZK110",
        status: "warn",
        detail: '"tied" does not work from any network zone (ALL_IP_ZONES), also those that Zonekeeper writes: it may lock itself out',
    },
    {
        title: "a rule above that keeps out who is not in another zone",
        seed: {
            ...HEALTHY,
            policies: [
                policy(
                    rule(
                        "Office only",
                        { connection: "ZONE", exclude: ["nzoOffice"] },
                        { ...accessOf("DENY"), priority: 1 },
                    ),
                    { ...IN_ZONE, priority: 2 } as never,
                ),
            ],
        },
        code: "ZK302",
        status: "fail",
        detail: '"Office only" of "Staff access" (rst1) keeps out who is not in nzoOffice first',
    },
];
