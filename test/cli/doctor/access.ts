import { TOKEN } from "../scene";
import { HEALTHY, USER, ZONE, zone } from "./scene";
import type { SickScene } from "./sickScene";

const DAY_MS = 24 * 3_600_000;
const soon = new Date(Date.now() + 2 * DAY_MS).toISOString();
const second = (more: object) => ({ name: "second", value: "00tAnOtHeR_tOkEn", userId: USER, ...more });

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
            "ZK210",
            "ZK301",
            "ZK302",
            "ZK303",
            "ZK304",
            "ZK305",
            "ZK306",
            "ZK307",
            "ZK308",
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
            zones: [zone(ZONE, "Staff", ["127.0.0.1/32", "203.0.113.7/32"])],
            tokens: [{ ...second({}), name: "tied", value: TOKEN, network: { connection: "ZONE", include: [ZONE] } }],
        },
        from: "203.0.113.7",
        code: "ZK110",
        status: "fail",
        detail: '"tied" works only from "Staff" (nzo1), which Zonekeeper writes',
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
        detail: "600 s ahead of Okta's: grants start and end by Okta's time",
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
