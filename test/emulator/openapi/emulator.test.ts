import { strict as assert } from "node:assert";

import { type Emulator, startEmulator } from "../../../emulator/emulator";
import { callerOf, zoneBody } from "../caller";
import { patternOf, problemsIn } from "./description";
import { isKnown } from "./deviations";

type Call = readonly [method: string, path: string, body?: unknown];

/** Names in braces stand for the id that an earlier call of that name answered. */
const SCRIPT: readonly (Call | readonly [...Call, name: string])[] = [
    ["GET", "/.well-known/okta-organization"],
    ["GET", "/api/v1/zones"],
    ["POST", "/api/v1/zones", { ...zoneBody("Office", "198.51.100.0/24"), status: "ACTIVE", usage: "POLICY" }, "zone"],
    ["POST", "/api/v1/zones", { type: "DYNAMIC", name: "Far", locations: [{ country: "AQ" }] }, "far"],
    ["GET", "/api/v1/zones/{zone}"],
    ["PUT", "/api/v1/zones/{zone}", { ...zoneBody("Office", "198.51.100.0/25"), usage: "POLICY" }],
    ["POST", "/api/v1/zones/{zone}/lifecycle/deactivate"],
    ["POST", "/api/v1/zones/{zone}/lifecycle/activate"],
    ["POST", "/api/v1/zones", zoneBody("Gone", "192.0.2.0/24"), "gone"],
    ["POST", "/api/v1/zones/{gone}/lifecycle/deactivate"],
    ["DELETE", "/api/v1/zones/{gone}"],
    ["GET", "/api/v1/zones/nzoNone"],
    ...["ACCESS_POLICY", "OKTA_SIGN_ON", "PASSWORD", "MFA_ENROLL", "IDP_DISCOVERY"].map(
        (type): Call => ["GET", `/api/v1/policies?type=${type}`],
    ),
    ["POST", "/api/v1/policies", { type: "ACCESS_POLICY", name: "P", description: "d", priority: 1 }, "policy"],
    [
        "POST",
        "/api/v1/policies",
        { type: "PASSWORD", name: "W", conditions: { authProvider: { provider: "OKTA" } } },
        "word",
    ],
    [
        "POST",
        "/api/v1/policies",
        { type: "MFA_ENROLL", name: "M", conditions: { people: { groups: { include: [] } } } },
        "enroll",
    ],
    [
        "POST",
        "/api/v1/policies",
        { type: "OKTA_SIGN_ON", name: "S", conditions: { people: { groups: { include: [] } } } },
        "session",
    ],
    ["GET", "/api/v1/policies/{policy}"],
    ["GET", "/api/v1/policies/{word}"],
    ["GET", "/api/v1/policies/{enroll}"],
    ["GET", "/api/v1/policies/{session}"],
    ["PUT", "/api/v1/policies/{policy}", { type: "ACCESS_POLICY", name: "P2" }],
    ["POST", "/api/v1/policies/{policy}/lifecycle/deactivate"],
    ["POST", "/api/v1/policies/{policy}/lifecycle/activate"],
    ["GET", "/api/v1/policies/{policy}/rules"],
    [
        "POST",
        "/api/v1/policies/{policy}/rules",
        {
            type: "ACCESS_POLICY",
            name: "R",
            conditions: { network: { connection: "ZONE", include: ["{zone}"] } },
            actions: { appSignOn: { access: "ALLOW", verificationMethod: { factorMode: "2FA", type: "ASSURANCE" } } },
        },
        "rule",
    ],
    ["POST", "/api/v1/policies/{word}/rules", { type: "PASSWORD", name: "R" }],
    ["POST", "/api/v1/policies/{enroll}/rules", { type: "MFA_ENROLL", name: "R" }],
    ["POST", "/api/v1/policies/{session}/rules", { type: "SIGN_ON", name: "R" }],
    ["GET", "/api/v1/policies/{policy}/rules/{rule}"],
    ["PUT", "/api/v1/policies/{policy}/rules/{rule}", { type: "ACCESS_POLICY", name: "R", priority: 2 }],
    ["POST", "/api/v1/policies/{policy}/rules/{rule}/lifecycle/deactivate"],
    ["POST", "/api/v1/policies/{policy}/rules/{rule}/lifecycle/activate"],
    ["GET", "/api/v1/apps"],
    [
        "POST",
        "/api/v1/apps",
        { label: "Book", name: "bookmark", signOnMode: "BOOKMARK", settings: { app: { url: "https://a.example" } } },
        "app",
    ],
    ["GET", "/api/v1/apps/{app}"],
    ["PUT", "/api/v1/apps/{app}/policies/{policy}"],
    ["GET", "/api/v1/policies/{policy}/mappings"],
    ["POST", "/api/v1/groups", { profile: { name: "Staff", description: "d" } }, "group"],
    ["GET", "/api/v1/groups"],
    ["GET", "/api/v1/groups/{group}"],
    ["PUT", "/api/v1/groups/{group}", { profile: { name: "Staff", description: "e" } }],
    [
        "POST",
        "/api/v1/users?activate=true",
        {
            profile: { firstName: "A", lastName: "B", login: "ana@example.com", email: "ana@example.com" },
            credentials: { password: { value: "correct horse battery" } },
            groupIds: ["{group}"],
        },
        "user",
    ],
    ["GET", "/api/v1/users"],
    ["GET", "/api/v1/users/{user}"],
    ["GET", "/api/v1/users/me"],
    ["POST", "/api/v1/users/{user}", { profile: { city: "Rome" } }],
    ["PUT", "/api/v1/users/{user}", { profile: { login: "ana@example.com", email: "ana@example.com" } }],
    ["GET", "/api/v1/users/{user}/groups"],
    ["GET", "/api/v1/users/{user}/roles"],
    ["POST", "/api/v1/users/{user}/roles", { type: "HELP_DESK_ADMIN" }, "helper"],
    ["POST", "/api/v1/groups", { profile: { name: "Target", description: "d" } }, "target"],
    ["POST", "/api/v1/groups", { profile: { name: "Target 2", description: "d" } }, "target2"],
    ["GET", "/api/v1/users/{user}/roles/{helper}"],
    ["PUT", "/api/v1/users/{user}/roles/{helper}/targets/groups/{target}"],
    ["PUT", "/api/v1/users/{user}/roles/{helper}/targets/groups/{target2}"],
    ["GET", "/api/v1/users/{user}/roles/{helper}/targets/groups"],
    ["DELETE", "/api/v1/users/{user}/roles/{helper}/targets/groups/{target}"],
    ["DELETE", "/api/v1/users/{user}/roles/{helper}"],
    ["POST", "/api/v1/groups/{group}/roles", { type: "APP_ADMIN" }, "appAdmin"],
    ["GET", "/api/v1/groups/{group}/roles"],
    ["PUT", "/api/v1/groups/{group}/roles/{appAdmin}/targets/catalog/apps/facebook"],
    ["PUT", "/api/v1/groups/{group}/roles/{appAdmin}/targets/catalog/apps/bookmark/{app}"],
    ["GET", "/api/v1/groups/{group}/roles/{appAdmin}/targets/catalog/apps"],
    ["DELETE", "/api/v1/groups/{group}/roles/{appAdmin}/targets/catalog/apps/facebook"],
    ["DELETE", "/api/v1/groups/{group}/roles/{appAdmin}"],
    ["POST", "/api/v1/iam/roles", { label: "Role", description: "d", permissions: ["okta.users.read"] }, "custom"],
    ["GET", "/api/v1/iam/roles"],
    ["GET", "/api/v1/iam/roles/{custom}"],
    ["PUT", "/api/v1/iam/roles/{custom}", { label: "Role", description: "e" }],
    ["POST", "/api/v1/iam/roles/{custom}/permissions/okta.groups.read"],
    ["GET", "/api/v1/iam/roles/{custom}/permissions"],
    ["GET", "/api/v1/iam/roles/{custom}/permissions/okta.groups.read"],
    ["DELETE", "/api/v1/iam/roles/{custom}/permissions/okta.groups.read"],
    ["DELETE", "/api/v1/iam/roles/{custom}"],
    ["DELETE", "/api/v1/users/{user}/sessions"],
    ["POST", "/api/v1/users/{user}/lifecycle/suspend"],
    ["POST", "/api/v1/users/{user}/lifecycle/unsuspend"],
    ["GET", "/api/v1/groups/{group}/users"],
    ["DELETE", "/api/v1/groups/{group}/users/{user}"],
    ["PUT", "/api/v1/groups/{group}/users/{user}"],
    ["PUT", "/api/v1/apps/{app}/groups/{group}", { priority: 1 }],
    ["GET", "/api/v1/apps/{app}/groups"],
    ["GET", "/api/v1/apps/{app}/groups/{group}"],
    ["POST", "/api/v1/apps/{app}/users", { id: "{user}", scope: "USER", credentials: { userName: "ana" } }],
    ["GET", "/api/v1/apps/{app}/users"],
    ["GET", "/api/v1/apps/{app}/users/{user}"],
    ["POST", "/api/v1/apps/{app}/users/{user}", { credentials: { userName: "anna" } }],
    ["DELETE", "/api/v1/apps/{app}/users/{user}"],
    ["DELETE", "/api/v1/apps/{app}/groups/{group}"],
    ["POST", "/api/v1/users/{user}/lifecycle/deactivate"],
    ["DELETE", "/api/v1/users/{user}"],
    ["DELETE", "/api/v1/groups/{group}"],
    ["GET", "/api/v1/meta/types/user"],
    ["POST", "/api/v1/meta/types/user", { name: "guest", displayName: "Guest", description: "d" }, "type"],
    ["GET", "/api/v1/meta/types/user/{type}"],
    ["POST", "/api/v1/meta/types/user/{type}", { displayName: "Visitor", description: "d" }],
    ["DELETE", "/api/v1/meta/types/user/{type}"],
    ["GET", "/api/v1/threats/configuration"],
    ["POST", "/api/v1/threats/configuration", { action: "audit", excludeZones: ["{far}"] }],
    ["GET", "/api/v1/logs"],
    ["GET", "/api/v1/api-tokens"],
    ["GET", "/api/v1/api-tokens/00T1"],
    ["PUT", "/api/v1/api-tokens/00T1", { name: "t", network: { connection: "ANYWHERE" } }],
    ["DELETE", "/api/v1/policies/{policy}/rules/{rule}"],
    ["POST", "/api/v1/apps/{app}/lifecycle/deactivate"],
    ["DELETE", "/api/v1/apps/{app}"],
    ["DELETE", "/api/v1/policies/{policy}"],
    ["POST", "/api/v1/zones", {}],
    ["POST", "/api/v1/groups", { profile: {} }],
];

describe("the emulator, by Okta's description of its API", () => {
    let emulator: Emulator;
    before(async () => {
        emulator = await startEmulator({ seed: { tokens: [{ id: "00T1", name: "t", value: "test-token" }] } });
    });
    after(() => emulator.close());
    const ids = new Map<string, string>();
    const withIds = (text: string) => text.replace(/\{(\w+)\}/g, (whole, name) => ids.get(name) ?? whole);

    for (const [method, path, body, name] of SCRIPT) {
        it(`${method} ${path}${name ? `, the ${name}` : ""}`, async () => {
            const sent = body === undefined ? undefined : JSON.parse(withIds(JSON.stringify(body)));
            const { status, body: answer } = await callerOf(emulator)(method, withIds(path), sent);
            if (name !== undefined) ids.set(name, String(answer.id));
            const problems = problemsIn({ method, path: withIds(path), body: sent, status, answer });
            assert.deepEqual(
                problems.filter((problem) => !isKnown(problem) && !(status >= 400 && problem.startsWith("request"))),
                [],
            );
            const isMeantToFail =
                /nzoNone/.test(path) || JSON.stringify(body) === "{}" || /"profile":\{\}/.test(JSON.stringify(body));
            assert.equal(status >= 400, isMeantToFail, JSON.stringify(answer));
        });
    }

    it("is asked for almost everything that the description has", () => {
        const asked = new Set(SCRIPT.map(([method, path]) => `${method} ${patternOf(path.replace(/\{\w+\}/g, "x"))}`));
        assert.ok(asked.size > 60, String(asked.size));
    });
});

describe("the check against the description", () => {
    const zone = { type: "IP", name: "Z", id: "nzo1", status: "ACTIVE", gateways: [{ type: "CIDR", value: "x" }] };
    const get = (answer: unknown, status = 200) =>
        problemsIn({ method: "GET", path: "/api/v1/zones/nzo1", body: undefined, status, answer });

    it("takes what is right, and null where it may be", () => {
        assert.deepEqual(get(zone), []);
        assert.deepEqual(get({ ...zone, proxies: null }), []);
    });

    for (const [title, answer, status] of [
        ["a zone without a type", { name: "Z" }, 200],
        ["gateways that are no list", { ...zone, gateways: "1.2.3.4" }, 200],
        ["a gateway of a type that there is not", { ...zone, gateways: [{ type: "IP", value: "x" }] }, 200],
        ["a moment that is none", { ...zone, created: "yesterday" }, 200],
        ["a status that is not described", zone, 201],
        ["an error without causes", { errorCode: "E0000007", errorSummary: "x", errorLink: "x", errorId: "oae1" }, 404],
    ] as const) {
        it(`finds ${title}`, () => assert.notDeepEqual(get(answer, status), []));
    }

    it("finds an address that is not described, and a body where there is none", () => {
        const nothing = { body: undefined, status: 204, answer: "" };
        assert.notDeepEqual(problemsIn({ ...nothing, method: "GET", path: "/api/v1/nothing" }), []);
        assert.notDeepEqual(problemsIn({ ...nothing, method: "PATCH", path: "/api/v1/zones" }), []);
        const del = { method: "DELETE", path: "/api/v1/zones/nzo1", body: undefined, status: 204 };
        assert.deepEqual(problemsIn({ ...del, answer: "" }), []);
        assert.notDeepEqual(problemsIn({ ...del, answer: {} }), []);
    });
});
