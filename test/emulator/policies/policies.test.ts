import { strict as assert } from "node:assert";

import { type Emulator, startEmulator } from "../../../emulator/emulator";
import { callerOf } from "../caller";

type Row = Record<string, unknown> & { id: string; _links: Record<string, { hints: { allow: string[] } }> };

describe("policies", () => {
    let emulator: Emulator;
    let call: ReturnType<typeof callerOf>;
    const clock = { ms: 1_000_000 };
    const byName = (name: string) =>
        [...emulator.org.policies.values()].find((policy) => policy.name === name) ?? assert.fail(name);
    beforeEach(async () => {
        emulator = await startEmulator({ now: () => clock.ms });
        call = callerOf(emulator);
    });
    afterEach(() => emulator.close());

    it("has Okta's own from the start, with what each allows", async () => {
        const { body, headers } = await call("GET", "/api/v1/policies?type=ACCESS_POLICY");
        const rows = body.map(({ name, system, priority, _embedded, _links }: Row) => [
            name,
            system,
            priority,
            (_embedded as { resourceType: string }).resourceType,
            Object.keys(_links).sort().join(" "),
            _links.self?.hints.allow.join(" "),
        ]);
        const [free, all] = ["deactivate mappings rules self", "GET PUT DELETE"];
        assert.deepEqual(rows, [
            ["Okta Admin Console", false, 1, "APP", free, all],
            ["Okta Dashboard", false, 1, "APP", free, all],
            ["Okta Browser Plugin", false, 1, "APP", free, all],
            ["Any two factors", true, 1, "APP", "rules self", "GET PUT"],
            ["Okta Account Management Policy", false, 1, "END_USER_ACCOUNT_MANAGEMENT", "rules self", "GET"],
        ]);
        assert.equal(headers.get("link"), `<${emulator.url}/api/v1/policies?type=ACCESS_POLICY>; rel="self"`);
    });

    it("creates an authentication policy with a catch-all rule that lets everybody in", async () => {
        const { body: policy } = await call("POST", "/api/v1/policies", {
            type: "ACCESS_POLICY",
            name: "P",
            priority: 7,
        });
        assert.match(policy.id, /^rst[0-9A-Za-z]{17}$/);
        assert.deepEqual(
            [policy.priority, policy.status, policy.conditions, "description" in policy],
            [1, "ACTIVE", null, false],
        );
        const { body: rules } = await call("GET", `/api/v1/policies/${policy.id}/rules`);
        assert.deepEqual(rules, [
            {
                id: rules[0].id,
                status: "ACTIVE",
                name: "Catch-all Rule",
                priority: 99,
                created: "1970-01-01T00:16:40.000Z",
                lastUpdated: "1970-01-01T00:16:40.000Z",
                system: true,
                conditions: null,
                actions: {
                    appSignOn: {
                        access: "ALLOW",
                        verificationMethod: {
                            factorMode: "2FA",
                            type: "ASSURANCE",
                            reauthenticateIn: "PT12H",
                            constraints: [{ possession: { required: true, deviceBound: "REQUIRED" } }],
                        },
                        keepMeSignedIn: { postAuth: "NOT_ALLOWED" },
                    },
                },
                type: "ACCESS_POLICY",
                _links: {
                    self: {
                        href: `${emulator.url}/api/v1/policies/${policy.id}/rules/${rules[0].id}`,
                        hints: { allow: ["GET", "PUT"] },
                    },
                },
            },
        ]);
    });

    it("gives the catch-all of Any two factors no constraints", async () => {
        const { body } = await call("GET", `/api/v1/policies/${byName("Any two factors").id}/rules`);
        assert.equal("constraints" in body[0].actions.appSignOn.verificationMethod, false);
    });

    it("PUT replaces name and description, and lastUpdated is fresh", async () => {
        const { body: policy } = await call("POST", "/api/v1/policies", {
            type: "ACCESS_POLICY",
            name: "P",
            description: "d",
        });
        clock.ms += 5_000;
        const { body } = await call("PUT", `/api/v1/policies/${policy.id}`, { type: "ACCESS_POLICY", name: "Q" });
        assert.deepEqual(
            [body.name, "description" in body, Date.parse(body.lastUpdated)],
            ["Q", false, Math.floor(clock.ms / 1000) * 1000],
        );
    });

    it("lifecycle answers 204 and turns the policy; activate=false creates it inactive", async () => {
        const { body: policy } = await call("POST", "/api/v1/policies?activate=false", {
            type: "ACCESS_POLICY",
            name: "P",
            status: "ACTIVE",
        });
        assert.equal(policy.status, "INACTIVE");
        const turned = await call("POST", `/api/v1/policies/${policy.id}/lifecycle/activate`);
        assert.deepEqual([turned.status, turned.body], [204, ""]);
        assert.equal((await call("GET", `/api/v1/policies/${policy.id}`)).body.status, "ACTIVE");
    });

    it("deletes a policy and its rules; afterwards both are 404", async () => {
        const { body: policy } = await call("POST", "/api/v1/policies", { type: "ACCESS_POLICY", name: "P" });
        assert.equal((await call("DELETE", `/api/v1/policies/${policy.id}`)).status, 204);
        for (const path of ["", "/rules"]) {
            const { status, body } = await call("GET", `/api/v1/policies/${policy.id}${path}`);
            assert.deepEqual(
                [status, body.errorSummary],
                [404, `Not found: Resource not found: ${policy.id} (Policy)`],
            );
        }
    });

    const refused: [
        title: string,
        method: string,
        path: (id: (name: string) => string) => string,
        body: object | undefined,
        status: number,
    ][] = [
        ["a list without a type", "GET", () => "", undefined, 400],
        ["a list of a type that there is not", "GET", () => "?type=NOPE", undefined, 400],
        ["a policy of a type that it does not keep", "POST", () => "", { type: "RESOURCE_ACCESS", name: "x" }, 400],
        ["a policy without a name", "POST", () => "", { type: "ACCESS_POLICY" }, 400],
        ["a name that is taken", "POST", () => "", { type: "ACCESS_POLICY", name: "Okta Dashboard" }, 400],
        [
            "a change of type",
            "PUT",
            (id) => `/${id("Okta Dashboard")}`,
            { type: "OKTA_SIGN_ON", name: "Okta Dashboard" },
            400,
        ],
        ["to delete the system's policy", "DELETE", (id) => `/${id("Any two factors")}`, undefined, 403],
        ["to delete the default session policy", "DELETE", (id) => `/${id("Default Policy")}`, undefined, 403],
        [
            "to change the account management policy",
            "PUT",
            (id) => `/${id("Okta Account Management Policy")}`,
            { type: "ACCESS_POLICY", name: "x" },
            403,
        ],
        [
            "to deactivate the system's policy",
            "POST",
            (id) => `/${id("Any two factors")}/lifecycle/deactivate`,
            undefined,
            403,
        ],
        ["to delete a policy that an app is on", "DELETE", (id) => `/${id("Okta Dashboard")}`, undefined, 400],
    ];
    for (const [title, method, path, body, status] of refused) {
        it(`refuses ${title}`, async () => {
            const answer = await call(method, `/api/v1/policies${path((name) => byName(name).id)}`, body);
            assert.equal(answer.status, status, JSON.stringify(answer.body));
        });
    }

    it("has the default policy of profile enrollment, and gives a new one its only rule", async () => {
        const list = "/api/v1/policies?type=PROFILE_ENROLLMENT";
        const [first] = (await call("GET", list)).body;
        assert.deepEqual([first.name, first.system, first.conditions], ["Default Policy", true, null]);
        const { body: made } = await call("POST", "/api/v1/policies", { type: "PROFILE_ENROLLMENT", name: "Guests" });
        assert.match(made.id, /^rst/);
        const rules = `/api/v1/policies/${made.id}/rules`;
        const [rule] = (await call("GET", rules)).body;
        const { access, unknownUserAction } = rule.actions.profileEnrollment;
        assert.deepEqual(
            [rule.name, rule.priority, rule.system, rule.type, access, unknownUserAction],
            ["Catch-all Rule", 99, true, "PROFILE_ENROLLMENT", "ALLOW", "REGISTER"],
        );
        const actions = { profileEnrollment: { access: "DENY", unknownUserAction: "DENY" } };
        const { body: changed } = await call("PUT", `${rules}/${rule.id}`, { ...rule, actions });
        assert.deepEqual([changed.conditions, changed.actions.profileEnrollment.access], [null, "DENY"]);
        const another = { type: "PROFILE_ENROLLMENT", name: "Another", actions };
        assert.equal((await call("POST", rules, another)).status, 400);
        assert.equal((await call("DELETE", `/api/v1/policies/${made.id}`)).status, 204);
    });

    it("numbers global session policies, the default one last, and stamps one that moves for another", async () => {
        const session = async () =>
            (await call("GET", "/api/v1/policies?type=OKTA_SIGN_ON")).body.map(
                ({ name, priority, lastUpdated }: Row) => [name, priority, lastUpdated],
            );
        const began = "1970-01-01T00:16:40.000Z";
        clock.ms = 1_000_000;
        await emulator.reset();
        assert.deepEqual(await session(), [["Default Policy", 1, began]]);
        clock.ms = 1_001_000;
        const { body: first } = await call("POST", "/api/v1/policies", { type: "OKTA_SIGN_ON", name: "A" });
        assert.match(first.id, /^00p[0-9A-Za-z]{17}$/);
        assert.deepEqual(await session(), [
            ["A", 1, "1970-01-01T00:16:41.000Z"],
            ["Default Policy", 2, "1970-01-01T00:16:41.000Z"],
        ]);
        await call("POST", "/api/v1/policies", { type: "OKTA_SIGN_ON", name: "B", priority: 1 });
        assert.deepEqual(
            (await session()).map(([name]: string[]) => name),
            ["B", "A", "Default Policy"],
        );
        clock.ms = 1_002_000;
        await call("DELETE", `/api/v1/policies/${first.id}`);
        assert.deepEqual(await session(), [
            ["B", 1, "1970-01-01T00:16:41.000Z"],
            ["Default Policy", 2, "1970-01-01T00:16:42.000Z"],
        ]);
    });

    it("has no authentication policies on Classic Engine: 401 E0000015, which is no token's fault", async () => {
        await using classic = await startEmulator({
            seed: { org: { pipeline: "v1" }, apps: [{ id: "0oa1", label: "A" }] },
        });
        const classicCall = callerOf(classic);
        const { status, body } = await classicCall("GET", "/api/v1/policies?type=ACCESS_POLICY");
        assert.deepEqual([status, body.errorCode], [401, "E0000015"]);
        assert.equal((await classicCall("POST", "/api/v1/policies", { type: "ACCESS_POLICY", name: "x" })).status, 401);
        assert.equal((await classicCall("GET", "/api/v1/policies?type=OKTA_SIGN_ON")).body.length, 1);
        assert.equal("accessPolicy" in (await classicCall("GET", "/api/v1/apps/0oa1")).body._links, false);
        assert.equal((await classicCall("GET", "/.well-known/okta-organization")).body.pipeline, "v1");
    });
});
