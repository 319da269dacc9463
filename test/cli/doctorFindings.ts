import {
    accessOf,
    address,
    DENIES,
    type DoctorSceneOptions,
    HEALTHY,
    IN_ZONE,
    POLICY,
    policy,
    rule,
    USER,
    ZONE,
    zone,
} from "./doctorScene";
import { grantsOf, TOKEN } from "./scene";

/** Something that is wrong, and what the doctor says of it. */
export interface SickScene extends DoctorSceneOptions {
    readonly title: string;
    /** @default `--zone nzo1` */
    readonly flags?: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
    readonly code: string;
    readonly status: "warn" | "fail";
    readonly detail: string;
    /** The other codes that are not ok with it. @default none */
    readonly besides?: readonly string[];
}

const DAY_MS = 24 * 3_600_000;
const soon = new Date(Date.now() + 2 * DAY_MS).toISOString();
const both = { ...HEALTHY, zones: [...HEALTHY.zones, zone("nzo2", "Staff 2", ["203.0.113.8/32"])] };
const inBoth = policy(rule("In zone", { connection: "ZONE", include: [ZONE, "nzo2"] }));
const second = (more: object) => ({ name: "second", value: "00tAnOtHeR_tOkEn", userId: USER, ...more });
const ruled = (...rules: Parameters<typeof policy>) => ({ seed: { ...HEALTHY, policies: [policy(...rules)] } });
const zoned = (...zones: ReturnType<typeof zone>[]) => ({ seed: { ...HEALTHY, zones } });
const many = (count: number) =>
    Array.from({ length: count }, (_, index) => `203.0.${113 + (index >> 8)}.${index & 255}/32`);

/** The way to Okta, and who asks. */
export const ACCESS: readonly SickScene[] = [
    {
        title: "a token that Okta does not know",
        env: { OKTA_API_TOKEN: "00wRoNgToKeN" },
        code: "ZK101",
        status: "fail",
        detail:
            "GET /api/v1/users/me: 401 E0000011: Invalid token provided (errorId X, request id X); http://okta does not accept " +
            "the API token from OKTA_API_TOKEN: it is mistyped, revoked, of another org, unused for 30 days, or its admin is " +
            "deactivated; create a new one under Security > API > Tokens",
        besides: [
            "ZK106",
            "ZK107",
            "ZK109",
            "ZK110",
            "ZK113",
            "ZK201",
            "ZK202",
            "ZK203",
            "ZK204",
            "ZK205",
            "ZK206",
            "ZK207",
            "ZK208",
            "ZK209",
            "ZK301",
            "ZK302",
            "ZK303",
            "ZK304",
            "ZK305",
            "ZK306",
            "ZK307",
            "ZK501",
            "ZK602",
        ],
    },
    {
        title: "an access token left in the environment beside the API token",
        seed: {
            ...HEALTHY,
            accessTokens: [
                {
                    value: "0aLeFtBeHiNd",
                    scopes: [
                        "okta.networkZones.read",
                        "okta.networkZones.manage",
                        "okta.policies.read",
                        "okta.apps.read",
                        "okta.logs.read",
                        "okta.roles.read",
                    ],
                },
            ],
        },
        env: { OKTA_ACCESS_TOKEN: "0aLeFtBeHiNd", OKTA_API_TOKEN: TOKEN },
        code: "ZK105",
        status: "warn",
        detail: "the access token from OKTA_ACCESS_TOKEN counts; OKTA_API_TOKEN does not",
        besides: ["ZK107", "ZK108", "ZK109"],
    },
    {
        title: "an admin who is not active",
        seed: { ...HEALTHY, users: [{ id: USER, login: "ana@example.com", status: "PASSWORD_EXPIRED" }] },
        code: "ZK106",
        status: "warn",
        detail: "ana@example.com (00u1) is PASSWORD_EXPIRED",
    },
    {
        title: "a read-only admin",
        seed: { ...HEALTHY, tokens: [{ name: "reads", value: TOKEN, userId: USER, access: "read-only" }] },
        code: "ZK107",
        status: "fail",
        detail: "READ_ONLY_ADMIN, which may not change network zones",
    },
    {
        title: "an admin without any role",
        seed: { ...HEALTHY, roles: { [USER]: [] } },
        code: "ZK107",
        status: "fail",
        detail: "no admin role, which may not change network zones",
    },
    {
        title: "an admin with a custom role",
        seed: { ...HEALTHY, roles: { [USER]: ["CUSTOM"] } },
        code: "ZK107",
        status: "warn",
        detail: "CUSTOM: a custom role does not say whether it may change network zones",
    },
    {
        title: "a role that may not list zones",
        faults: [{ on: { path: "/zones?" }, do: { status: 403 } }],
        flags: [],
        code: "ZK107",
        status: "fail",
        detail: "Okta does not even let it list the zones",
        besides: ["ZK208", "ZK209", "ZK501"],
    },
    {
        title: "another token of the admin that nobody uses",
        seed: { ...HEALTHY, tokens: [...HEALTHY.tokens, second({ expiresAt: soon })] },
        code: "ZK109",
        status: "warn",
        detail: 'unused, and ends soon: "second" until TIME',
    },
    {
        title: "a token that works only from the zone that is written",
        seed: {
            ...HEALTHY,
            tokens: [{ ...second({}), name: "tied", value: TOKEN, network: { connection: "ZONE", include: [ZONE] } }],
        },
        code: "ZK110",
        status: "fail",
        detail: '"tied" works only from nzo1, which Zonekeeper writes',
    },
    {
        title: "a clock that is behind Okta's",
        aheadMs: 40_000,
        code: "ZK111",
        status: "warn",
        detail: "40 s behind Okta's",
    },
    {
        title: "a clock that is far ahead of Okta's",
        aheadMs: -600_000,
        code: "ZK111",
        status: "fail",
        detail: "600 s ahead of Okta's",
    },
    {
        title: "an org on Classic Engine",
        seed: { ...HEALTHY, org: { pipeline: "v1" } },
        code: "ZK112",
        status: "warn",
        detail: "Classic Engine",
        besides: ["ZK301", "ZK302", "ZK303", "ZK304", "ZK305", "ZK306", "ZK307"],
    },
];

export const ZONES: readonly SickScene[] = [
    {
        title: "a zone that is not there",
        flags: ["--zone", "nzo9"],
        code: "ZK201",
        status: "fail",
        detail: 'http://okta has no zone nzo9; there are "Staff" (nzo1)',
        besides: ["ZK301"],
    },
    {
        title: "a dynamic zone",
        seed: { ...HEALTHY, zones: [{ id: ZONE, name: "Abroad", type: "DYNAMIC" }] },
        code: "ZK202",
        status: "fail",
        detail: '"Abroad" (nzo1) is of type DYNAMIC, which has no gateways',
        besides: ["ZK205"],
    },
    {
        title: "a zone of Okta's own",
        ...zoned(zone(ZONE, "LegacyIpZone", ["203.0.113.7/32"])),
        code: "ZK202",
        status: "fail",
        detail: '"LegacyIpZone" (nzo1) is one of Okta\'s own',
    },
    {
        title: "a zone that is not active",
        ...zoned(zone(ZONE, "Staff", ["203.0.113.7/32"], { status: "INACTIVE" })),
        code: "ZK203",
        status: "fail",
        detail: '"Staff" (nzo1) is INACTIVE',
    },
    {
        title: "a blocklist",
        ...zoned(zone(ZONE, "Staff", ["203.0.113.7/32"], { usage: "BLOCKLIST" })),
        code: "ZK204",
        status: "fail",
        detail: '"Staff" (nzo1) is a BLOCKLIST',
    },
    {
        title: "a zone without gateways",
        ...zoned(zone(ZONE, "Staff", [], { proxies: [address("10.0.0.0/8")] })),
        code: "ZK205",
        status: "fail",
        detail: '"Staff" (nzo1) has no gateway',
    },
    {
        title: "shards with different trusted proxies",
        seed: {
            ...both,
            policies: [inBoth],
            zones: [
                zone(ZONE, "Staff", ["203.0.113.7/32"], { proxies: [address("10.0.0.0/8")] }),
                zone("nzo2", "Staff 2", ["203.0.113.8/32"]),
            ],
        },
        flags: ["--zone", ZONE, "nzo2"],
        code: "ZK206",
        status: "fail",
        detail: '"Staff 2" (nzo2), unlike "Staff" (nzo1)',
    },
    {
        title: "a zone that is nearly full",
        ...zoned(zone(ZONE, "Staff", many(140))),
        code: "ZK207",
        status: "warn",
        detail: "140 of 150 entries are used",
    },
    {
        title: "a zone that is full",
        ...zoned(zone(ZONE, "Staff", many(150))),
        code: "ZK207",
        status: "fail",
        detail: "150 of 150 entries are used",
    },
    {
        title: "an org with very many zones",
        ...zoned(
            ...HEALTHY.zones,
            ...Array.from({ length: 90 }, (_, index) => zone(`nzo9${index}`, `Zone ${index}`, ["192.0.2.0/32"])),
        ),
        code: "ZK208",
        status: "warn",
        detail: "95 of 100 zones",
    },
    {
        title: "an org with very many entries",
        ...zoned(...HEALTHY.zones, zone("nzo8", "Legacy", many(22_600))),
        code: "ZK209",
        status: "warn",
        detail: "22601 of 25000 entries in all zones",
    },
];

export const POLICIES: readonly SickScene[] = [
    {
        title: "a policy that is not there",
        flags: ["--zone", ZONE, "--policy", "rst9"],
        code: "ZK306",
        status: "fail",
        detail: "http://okta has no policy rst9",
        besides: ["ZK301"],
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
        detail: "nzo1: no policy has a rule that names it",
    },
    {
        title: "a rule that is not active",
        ...ruled(rule("In zone", { connection: "ZONE", include: [ZONE] }, { status: "INACTIVE" })),
        code: "ZK301",
        status: "fail",
        detail: 'nzo1: the rule "In zone" of "Staff access" (rst1) is INACTIVE',
    },
    {
        title: "a rule for whoever is not in the zone",
        ...ruled(rule("Not in zone", { connection: "ZONE", exclude: [ZONE] })),
        code: "ZK301",
        status: "fail",
        detail: 'nzo1: the rule "Not in zone" of "Staff access" (rst1) names it with \'not in zone\'',
    },
    {
        title: "a rule that denies whoever is in the zone",
        ...ruled(rule("In zone", { connection: "ZONE", include: [ZONE] }, accessOf("DENY"))),
        code: "ZK301",
        status: "fail",
        detail: 'nzo1: the rule "In zone" of "Staff access" (rst1) keeps out who is inside',
    },
    {
        title: "a rule that forgets a shard",
        seed: both,
        flags: ["--zone", ZONE, "nzo2"],
        code: "ZK301",
        status: "fail",
        detail: "nzo2: no policy has a rule that names it",
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

const SOURCE = ["--zone", ZONE, "--source", "grants.yaml"];

export const GRANTS: readonly SickScene[] = [
    {
        title: "a source that cannot be read",
        flags: ["--zone", ZONE, "--source", "nowhere.yaml"],
        code: "ZK401",
        status: "fail",
        detail: "cannot read grants from file nowhere.yaml: there is no such file (DIR/nowhere.yaml)",
        besides: ["ZK402", "ZK403", "ZK404", "ZK502"],
    },
    {
        title: "a grant that cannot be used",
        grants: grantsOf({ g1: "203.0.113.7", g2: "2001:db8::1" }),
        flags: SOURCE,
        code: "ZK402",
        status: "warn",
        detail: 'left out: g2: ip "2001:db8::1" is IPv6, and gateways of an Okta zone are IPv4; grant the IPv4 address',
    },
    {
        title: "a grant that is active and outside",
        grants: grantsOf({ g1: "203.0.113.7", g2: "203.0.113.8" }),
        flags: SOURCE,
        code: "ZK403",
        status: "fail",
        detail: "granted and outside: 203.0.113.8/32",
    },
    {
        title: "a gateway that nobody was granted",
        flags: SOURCE,
        code: "ZK404",
        status: "warn",
        detail: "inside without a grant: 203.0.113.7/32",
    },
    {
        title: "a grant that a limit refuses",
        grants: grantsOf({ g1: "203.0.113.7", g2: "198.51.100.9" }),
        flags: [...SOURCE, "--deny", "198.51.100.0/24"],
        code: "ZK502",
        status: "fail",
        detail: "g2: denied: 198.51.100.9/32 touches a range that no grant may touch",
    },
];

export const LIMITS: readonly SickScene[] = [
    {
        title: "a rate limit that is nearly used up",
        rateLimit: 2,
        flags: [],
        code: "ZK501",
        status: "warn",
        detail: "0 of 2 calls a minute left until TIME",
    },
    {
        title: "a rate limit that is used up",
        faults: [{ on: { path: "/zones?" }, do: { throttle: { resetInSeconds: 50 } } }],
        flags: [],
        code: "ZK501",
        status: "fail",
        detail:
            "GET /api/v1/zones?limit=200: 429 E0000047: API call exceeded rate limit due to too many requests. (errorId X, request id X); " +
            "the rate limit is used up, try again after TIME",
        besides: ["ZK208", "ZK209"],
    },
    {
        title: "a foreign write while the doctor looks",
        faults: [
            { on: { path: "/apps?" }, do: { foreignWrite: { gateways: [address("198.51.100.9/32")] }, zoneId: ZONE } },
        ],
        code: "ZK602",
        status: "warn",
        detail: "nzo1 changed while the doctor looked",
    },
];
