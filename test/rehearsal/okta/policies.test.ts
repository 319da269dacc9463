import { strict as assert } from "node:assert";

import { openProvider, openStandIn, type StandIn, subject } from "./standIn";

const ZONE = "okta:network/zone:Zone";
const POLICY = "okta:index/appSignonPolicy:AppSignonPolicy";

describe("the stand-in for policies", () => {
    let standIn: StandIn;
    beforeEach(async () => {
        standIn = await openStandIn();
    });
    afterEach(() => standIn.close());

    it("denies by a new policy's catch-all rule, and puts its apps on the default policy before it goes", async () => {
        const made = await standIn.create(POLICY, { name: "staff", description: "d", catchAll: false });
        const [wellKnown, post, ...rest] = standIn.asked();
        assert.equal(wellKnown, "GET /.well-known/okta-organization");
        assert.equal(
            post,
            'POST /api/v1/policies {"description":"d","name":"staff","priority":1,"type":"ACCESS_POLICY"}',
        );
        assert.deepEqual(rest.slice(0, 2), ["GET /api/v1/policies/rst/rules", "GET /api/v1/policies/rst/rules"]);
        // The whole rule as it was read, with what Okta alone may set: seen of the real provider.
        const [request = "", body = ""] = (rest[2] ?? "").split(/ (?={)/);
        assert.equal(request, "PUT /api/v1/policies/rst/rules/rul");
        const { created, lastUpdated, _links, actions, ...rule } = JSON.parse(body);
        assert.deepEqual(rule, {
            ...{ id: "rul", status: "ACTIVE", name: "Catch-all Rule", priority: 99, system: true },
            ...{ conditions: null, type: "ACCESS_POLICY" },
        });
        assert.equal(actions.appSignOn.access, "DENY");
        assert.deepEqual(actions.appSignOn.keepMeSignedIn, { postAuth: "NOT_ALLOWED" });
        assert.equal(rest.length, 3);

        const renamed = await standIn.update(made, { name: "crew", description: "d", catchAll: false });
        assert.deepEqual(standIn.asked(), [
            'PUT /api/v1/policies/rst {"description":"d","name":"crew","priority":1,"type":"ACCESS_POLICY"}',
            "GET /api/v1/policies/rst/rules",
        ]);

        const [app] = standIn.okta.org.apps.keys();
        const assigned = await standIn.create("okta:app/accessPolicyAssignment:AccessPolicyAssignment", {
            appId: app ?? "",
            policyId: made.id,
        });
        assert.deepEqual(standIn.asked(), ["GET /api/v1/apps/0oa", "PUT /api/v1/apps/0oa/policies/rst"]);
        assert.deepEqual((await standIn.read(assigned))?.outputs, { appId: app, policyId: made.id });
        await standIn.remove(assigned);
        assert.deepEqual(standIn.asked(), ["GET /api/v1/apps/0oa"]);

        await standIn.remove(renamed);
        assert.deepEqual(standIn.asked(), [
            "GET /api/v1/policies?type=ACCESS_POLICY",
            "GET /api/v1/apps?limit=200",
            "PUT /api/v1/apps/0oa/policies/rst",
            "DELETE /api/v1/policies/rst",
        ]);
        await assert.rejects(async () => standIn.read(renamed), { code: "okta-refused", message: /: 404 / });
    });

    it("writes rules of authentication policies as recorded", async () => {
        const policy = await standIn.create(POLICY, { name: "staff", description: "d" });
        standIn.asked();
        const inputs = { policyId: policy.id, name: "inside", priority: 1, networkConnection: "ANYWHERE" };
        const made = await standIn.create("okta:index/appSignonPolicyRule:AppSignonPolicyRule", inputs);
        assert.deepEqual(standIn.asked(), [
            'POST /api/v1/policies/rst/rules {"actions":{"appSignOn":{"access":"ALLOW","verificationMethod":{"factorMode":"2FA","reauthenticateIn":"PT2H","type":"ASSURANCE"}}},"conditions":{"network":{"connection":"ANYWHERE"},"platform":{}},"name":"inside","priority":1,"type":"ACCESS_POLICY"}',
            "GET /api/v1/policies/rst/rules/rul",
        ]);
        const closed = await standIn.update(made, { ...inputs, status: "INACTIVE", access: "DENY" });
        assert.deepEqual(
            standIn.asked().map((request) => request.split(" {")[0]),
            [
                "PUT /api/v1/policies/rst/rules/rul",
                "POST /api/v1/policies/rst/rules/rul/lifecycle/deactivate",
                "GET /api/v1/policies/rst/rules/rul",
            ],
        );
        const moved = await standIn.provider.diff(subject(made.type), closed, { ...closed.inputs, policyId: "rst2" });
        assert.deepEqual(moved.replaces, ["policyId"]);
        await standIn.remove(closed);
        assert.deepEqual(standIn.asked(), ["DELETE /api/v1/policies/rst/rules/rul"]);
        assert.equal(await standIn.read(closed), undefined);
    });

    it("writes global session policies and their rules as recorded", async () => {
        const policy = await standIn.create("okta:policy/signon:Signon", {
            name: "staff",
            groupsIncluded: [everyone(standIn)],
        });
        assert.deepEqual(standIn.asked(), [
            'POST /api/v1/policies {"conditions":{"people":{"groups":{"include":["00g"]}}},"name":"staff","status":"ACTIVE","type":"OKTA_SIGN_ON"}',
            "POST /api/v1/policies/00p/lifecycle/activate",
            "GET /api/v1/policies/00p",
        ]);
        const inputs = { policyId: policy.id, name: "inside" };
        const rule = await standIn.create("okta:policy/ruleSignon:RuleSignon", inputs);
        assert.deepEqual(standIn.asked(), [
            'POST /api/v1/policies/00p/rules {"type":"SIGN_ON","name":"inside","status":"ACTIVE","conditions":{"authContext":{"authType":"ANY"},"identityProvider":{"provider":"ANY"},"network":{"connection":"ANYWHERE"}},"actions":{"signon":{"access":"ALLOW","rememberDeviceByDefault":false,"requireFactor":false,"session":{"maxSessionIdleMinutes":120,"maxSessionLifetimeMinutes":120,"usePersistentCookie":false}}}}',
            "GET /api/v1/policies/00p",
            "GET /api/v1/policies/00p/rules/0pr",
        ]);
        const found = await standIn.read(rule);
        assert.equal(
            (await standIn.provider.diff(subject(rule.type), { ...rule, ...found }, rule.inputs)).changes,
            false,
        );
        standIn.asked();
        await standIn.remove(rule);
        await standIn.remove(policy);
        assert.deepEqual(standIn.asked(), [
            "GET /api/v1/policies/00p",
            "GET /api/v1/policies/00p/rules/0pr",
            "DELETE /api/v1/policies/00p/rules/0pr",
            "DELETE /api/v1/policies/00p",
        ]);
    });

    it("finds a policy by name and type, and says which one there is not", async () => {
        const args = { name: "Default Policy", type: "OKTA_SIGN_ON" };
        const found = await standIn.provider.invoke?.("okta:policy/getPolicy:getPolicy", args);
        assert.deepEqual({ ...found, id: "" }, { ...args, id: "", status: "ACTIVE" });
        await assert.rejects(
            async () => standIn.provider.invoke?.("okta:policy/getPolicy:getPolicy", { ...args, name: "x" }),
            {
                message: 'Okta has no policy "x" of type OKTA_SIGN_ON',
            },
        );
    });

    it("asks for no user with an access token, and says what is missing without a credential", async () => {
        const bearer = openProvider({ httpProxy: standIn.okta.url, accessToken: "abc" });
        await bearer.check(subject(ZONE), {}, { type: "IP" });
        assert.deepEqual(standIn.asked(), []);
        await assert.rejects(openProvider({ httpProxy: standIn.okta.url }).check(subject(ZONE), {}, {}), {
            code: "bad-input",
            message: /^no Okta credential: set okta:apiToken/,
        });
    });
});

function everyone({ okta }: StandIn): string {
    return okta.org.groups.keys().next().value ?? "";
}
