import { strict as assert } from "node:assert";

import { readOrganization, whoAmI } from "../../src/okta/org";
import { httpPolicies } from "../../src/okta/policies";
import { signal, testClient } from "./support/client";
import { serve } from "./support/scriptedServer";

const ANYWHERE = { connection: "ANYWHERE", include: [], exclude: [] };

const NAMED = { include: [], exclude: [] };
const FOR_EVERYBODY = { people: { users: NAMED, groups: NAMED }, narrowedBy: [] };

describe("httpPolicies", () => {
    const rules: [because: string, rule: object, read: object][] = [
        [
            "a rule with a zone",
            {
                id: "rul1",
                status: "ACTIVE",
                name: "In zone",
                priority: 1,
                system: false,
                conditions: { network: { connection: "ZONE", include: ["nzo1", "nzo2"] }, riskScore: { level: "ANY" } },
                actions: {
                    appSignOn: {
                        access: "ALLOW",
                        verificationMethod: { factorMode: "2FA", type: "ASSURANCE", reauthenticateIn: "PT12H" },
                    },
                },
            },
            {
                id: "rul1",
                name: "In zone",
                status: "ACTIVE",
                priority: 1,
                system: false,
                access: "ALLOW",
                factorMode: "2FA",
                network: { connection: "ZONE", include: ["nzo1", "nzo2"], exclude: [] },
                isNarrow: false,
                ...FOR_EVERYBODY,
                reauthenticateIn: "PT12H",
            },
        ],
        [
            "a catch-all rule",
            {
                id: "rul2",
                status: "ACTIVE",
                name: "Catch-all Rule",
                priority: 99,
                system: true,
                conditions: null,
                actions: { appSignOn: { access: "DENY" } },
            },
            {
                id: "rul2",
                name: "Catch-all Rule",
                status: "ACTIVE",
                priority: 99,
                system: true,
                access: "DENY",
                factorMode: undefined,
                network: ANYWHERE,
                isNarrow: false,
                ...FOR_EVERYBODY,
                reauthenticateIn: undefined,
            },
        ],
        [
            "a rule of the global session policy",
            {
                id: "0pr1",
                status: "ACTIVE",
                name: "Everywhere",
                conditions: { network: { connection: "ANYWHERE" } },
                actions: { signon: { access: "CHALLENGE" } },
            },
            {
                id: "0pr1",
                name: "Everywhere",
                status: "ACTIVE",
                priority: undefined,
                system: false,
                access: "CHALLENGE",
                factorMode: undefined,
                network: ANYWHERE,
                isNarrow: false,
                ...FOR_EVERYBODY,
                reauthenticateIn: undefined,
            },
        ],
    ];
    for (const [because, rule, read] of rules) {
        it(`reads ${because}`, async () => {
            await using okta = await serve({ body: [rule] });
            assert.deepEqual(await httpPolicies(testClient(okta.url).http).listRules("rst1", signal), [read]);
            assert.equal(okta.asked[0]?.path, "/api/v1/policies/rst1/rules");
        });
    }

    it("reads policies of a type, whatever else they hold", async () => {
        const policy = { id: "rst1", name: "Staff", type: "ACCESS_POLICY", status: "ACTIVE", system: false };
        const session = { ...policy, id: "00p1", conditions: { people: { groups: { include: ["00g1"] } } } };
        const app = { ...policy, conditions: null, _embedded: { resourceType: "APP" } };
        await using okta = await serve({ body: [app, session] });
        const policies = httpPolicies(testClient(okta.url).http);
        const nobody = { include: [], exclude: [] };
        assert.deepEqual(await policies.listPolicies("ACCESS_POLICY", signal), [
            { ...policy, people: { users: nobody, groups: nobody } },
            { ...policy, id: "00p1", people: { users: nobody, groups: { include: ["00g1"], exclude: [] } } },
        ]);
        assert.equal(okta.asked[0]?.path, "/api/v1/policies?type=ACCESS_POLICY");
    });

    const narrow: [because: string, conditions: object | null, isNarrow: boolean][] = [
        ["no conditions", null, false],
        ["a zone", { network: { connection: "ZONE", include: ["nzo1"] } }, false],
        [
            "what Okta adds for everybody",
            { people: { users: { exclude: [] } }, userType: { include: [], exclude: [] } },
            false,
        ],
        ["everybody but one", { people: { users: { exclude: ["00u1"] } } }, false],
        ["any platform", { platform: { include: [{ type: "ANY", os: { type: "ANY" } }] } }, false],
        ["any risk, and an empty expression", { riskScore: { level: "ANY" }, elCondition: { condition: "" } }, false],
        ["a group", { people: { groups: { include: ["00g1"] } } }, true],
        ["a kind of users", { userType: { include: ["oty1"] } }, true],
        ["managed devices", { device: { registered: true, managed: false } }, true],
        ["an expression", { elCondition: { condition: "user.profile.admin" } }, true],
        ["high risk", { riskScore: { level: "HIGH" } }, true],
    ];
    for (const [because, conditions, isNarrow] of narrow) {
        it(`takes a rule with ${because} for one for ${isNarrow ? "some" : "everybody"}`, async () => {
            await using okta = await serve({ body: [{ id: "rul1", conditions }] });
            const [rule] = await httpPolicies(testClient(okta.url).http).listRules("rst1", signal);
            assert.equal(rule?.isNarrow, isNarrow);
        });
    }

    it("reads the users of a rule and its other conditions", async () => {
        const people = { users: { exclude: ["00u1"] }, groups: { include: ["00g1"] } };
        const conditions = { people, device: { registered: true }, riskScore: { level: "ANY" } };
        await using okta = await serve({ body: [{ id: "rul1", conditions }] });
        const [rule] = await httpPolicies(testClient(okta.url).http).listRules("rst1", signal);
        assert.deepEqual(rule?.people, {
            users: { include: [], exclude: ["00u1"] },
            groups: { include: ["00g1"], exclude: [] },
        });
        assert.deepEqual(rule?.narrowedBy, ["device"]);
    });

    const apps: [because: string, app: object, policyId: string | undefined, label: string, name: string][] = [
        [
            "its policy",
            {
                label: "Payroll",
                name: "saasure",
                _links: { accessPolicy: { href: "https://acme.okta.com/api/v1/policies/rst1" } },
            },
            "rst1",
            "Payroll",
            "saasure",
        ],
        ["no policy, on the Classic engine", { label: "Payroll", _links: {} }, undefined, "Payroll", ""],
        ["its name where it has no label", { name: "bookmark" }, undefined, "bookmark", "bookmark"],
    ];
    for (const [because, app, policyId, label, name] of apps) {
        it(`reads an app with ${because}`, async () => {
            await using okta = await serve({ body: { id: "0oa1", status: "ACTIVE", ...app } });
            const read = await httpPolicies(testClient(okta.url).http).readApp("0oa1", signal);
            assert.deepEqual(read, { id: "0oa1", label, name, status: "ACTIVE", policyId });
        });
    }

    it("does not take anything else for a policy, nor ask for what is no id", async () => {
        await using okta = await serve({ body: [] });
        const policies = httpPolicies(testClient(okta.url).http);
        await assert.rejects(policies.readPolicy("rst1", signal), {
            code: "okta-unreachable",
            message:
                "GET /api/v1/policies/rst1: the answer is not a policy, so this is hardly Okta's API; check orgName and baseUrl",
        });
        await assert.rejects(policies.readPolicy("", signal), {
            code: "bad-input",
            message: '"" is not the id of a policy',
        });
        await assert.rejects(policies.listRules("rst1/rules", signal), { code: "bad-input" });
        await assert.rejects(policies.readApp("../zones", signal), {
            code: "bad-input",
            message: '"../zones" is not the id of an app',
        });
        assert.equal(okta.asked.length, 1);
    });
});

describe("readOrganization", () => {
    it("reads what is open to everybody, without the credential", async () => {
        await using okta = await serve(
            {
                body: { id: "00o1", cell: "op3", pipeline: "idx", settings: {} },
                headers: { date: "Thu, 26 Nov 2026 08:00:00 GMT" },
            },
            { body: {} },
        );
        const { http } = testClient(okta.url);
        const dateMs = Date.UTC(2026, 10, 26, 8);
        assert.deepEqual(await readOrganization(http, signal), { id: "00o1", cell: "op3", pipeline: "idx", dateMs });
        assert.equal(okta.asked[0]?.headers.authorization, undefined);
        await assert.rejects(readOrganization(http, signal), { code: "okta-unreachable" });
    });
});

describe("whoAmI", () => {
    it("reads the user behind the credential", async () => {
        const user = { id: "00u1", status: "ACTIVE", profile: { login: "ana@example.com", firstName: "Ana" } };
        await using okta = await serve({ body: user }, { body: null });
        const { http } = testClient(okta.url);
        assert.deepEqual(await whoAmI(http, signal), { id: "00u1", login: "ana@example.com", status: "ACTIVE" });
        await assert.rejects(whoAmI(http, signal), { code: "okta-unreachable" });
    });
});
