import { strict as assert } from "node:assert";

import { type Emulator, startEmulator } from "../../../emulator/emulator";
import { oktaProvider } from "../../../rehearsal/okta/provider";
import type { Known, Provider } from "../../../rehearsal/provider";
import type { Properties } from "../../../rehearsal/values";

/** A resource that the stand-in made, and the way to its next states. */
interface Made extends Known {
    readonly type: string;
}

describe("the stand-in for the Okta provider", () => {
    let okta: Emulator;
    let provider: Provider;
    let heard = 0;
    beforeEach(async () => {
        okta = await startEmulator();
        provider = open({ httpProxy: okta.url, apiToken: "00token" });
        await provider.invoke?.("okta:policy/getPolicy:getPolicy", { name: "Default Policy", type: "OKTA_SIGN_ON" });
        asked();
    });
    afterEach(() => okta.close());

    function open(config: Readonly<Record<string, string>>): Provider {
        const signal = AbortSignal.timeout(5000);
        return oktaProvider({ config: (key) => config[key], env: {}, signal, onWait: () => {} });
    }

    /** Methods and paths since the last call, with bodies; ids are cut to what they are ids of. */
    function asked(): string[] {
        const since = okta.requests.slice(heard);
        heard = okta.requests.length;
        return since.map(({ method, path, body }) =>
            `${method} ${path}${body === undefined ? "" : ` ${JSON.stringify(body)}`}`.replace(
                /(nzo|rst|rul|00p|0pr|0oa)\w{17}/g,
                "$1",
            ),
        );
    }

    const subject = (type: string) => ({ urn: `urn:${type}`, type, name: "staff" });

    async function create(type: string, inputs: Properties): Promise<Made> {
        const checked = await provider.check(subject(type), {}, inputs);
        assert.deepEqual(checked.failures, []);
        return { type, inputs: checked.inputs, ...(await provider.create(subject(type), checked.inputs)) };
    }

    async function update(old: Made, inputs: Properties): Promise<Made> {
        const checked = await provider.check(subject(old.type), old.inputs, inputs);
        const { changes } = await provider.diff(subject(old.type), old, checked.inputs);
        assert.equal(changes, true);
        const outputs = await provider.update(subject(old.type), old, checked.inputs);
        return { ...old, inputs: checked.inputs, outputs };
    }

    const remove = ({ type, id, outputs }: Made) => provider.delete(subject(type), id, outputs);
    const read = ({ type, id, outputs, inputs }: Made) => provider.read(subject(type), id, outputs, inputs);

    const ZONE = "okta:network/zone:Zone";

    it("writes zones whole, with their lifecycle, in the provider's order", async () => {
        const made = await create(ZONE, {
            name: "staff",
            type: "IP",
            gateways: ["203.0.113.7", "198.51.100.0/24"],
            proxies: ["10.0.0.1"],
        });
        assert.deepEqual(asked(), [
            'POST /api/v1/zones {"gateways":[{"type":"CIDR","value":"198.51.100.0/24"},{"type":"RANGE","value":"203.0.113.7"}],"name":"staff","proxies":[{"type":"RANGE","value":"10.0.0.1"}],"status":"ACTIVE","type":"IP","usage":"POLICY"}',
            "POST /api/v1/zones/nzo/lifecycle/activate",
        ]);
        const { outputs } = made;
        assert.deepEqual(outputs, {
            gateways: ["198.51.100.0/24", "203.0.113.7"],
            name: "staff",
            proxies: ["10.0.0.1"],
            status: "ACTIVE",
            system: false,
            type: "IP",
            usage: "POLICY",
        });
        const closed = await update(made, { name: "staff", type: "IP", gateways: ["203.0.113.7"], status: "INACTIVE" });
        assert.deepEqual(asked(), [
            'PUT /api/v1/zones/nzo {"gateways":[{"type":"RANGE","value":"203.0.113.7"}],"name":"staff","status":"INACTIVE","type":"IP","usage":"POLICY"}',
            "POST /api/v1/zones/nzo/lifecycle/deactivate",
        ]);
        await remove(closed);
        assert.deepEqual(asked(), ["POST /api/v1/zones/nzo/lifecycle/deactivate", "DELETE /api/v1/zones/nzo"]);
        assert.equal(await read(closed), undefined);
        await remove(closed);
    });

    it("takes the same gateways in another order and spelling for the same", async () => {
        const made = await create(ZONE, {
            name: "staff",
            type: "IP",
            gateways: ["203.0.113.7-203.0.113.7", "198.51.100.9"],
        });
        const { inputs } = await provider.check(subject(ZONE), made.inputs, {
            name: "staff",
            type: "IP",
            gateways: ["198.51.100.9", "203.0.113.7"],
        });
        assert.equal((await provider.diff(subject(ZONE), made, inputs)).changes, false);
        assert.deepEqual((await read(made))?.inputs, made.inputs);
    });

    it("reads back into the inputs what somebody else changed", async () => {
        const made = await create(ZONE, { name: "staff", type: "IP", gateways: ["192.0.2.0/32"] });
        const wire = {
            type: "IP",
            name: "staff",
            status: "ACTIVE",
            gateways: [{ type: "CIDR", value: "198.51.100.0/24" }],
        };
        await fetch(`${okta.url}/api/v1/zones/${made.id}`, {
            method: "PUT",
            headers: { authorization: "SSWS x", "content-type": "application/json" },
            body: JSON.stringify(wire),
        });
        const found = await read(made);
        assert.deepEqual(found?.inputs, { ...made.inputs, gateways: ["198.51.100.0/24"] });
        assert.deepEqual(found?.outputs, { ...made.outputs, gateways: ["198.51.100.0/24"] });
    });

    it("refuses itself what the provider refuses", async () => {
        const blocked = { name: "x", type: "IP", usage: "BLOCKLIST", gateways: ["10.0.0.1"], proxies: ["10.0.0.2"] };
        await assert.rejects(create(ZONE, blocked), { message: "zone x: a zone with usage BLOCKLIST has no proxies" });
        await assert.rejects(create(ZONE, { name: "BlockedIpZone", type: "IP" }), {
            message: "BlockedIpZone exists and is Okta's own",
        });
        const { failures } = await provider.check(subject(ZONE), {}, { type: "DYNAMIC", usage: 7, asns: ["1"] });
        assert.deepEqual(failures, [
            { property: "asns", reason: `${ZONE} has no such input` },
            { property: "type", reason: "expected one of IP" },
            { property: "usage", reason: "is not of kind text" },
        ]);
    });

    it("leaves a zone of Okta's own where it is", async () => {
        const [id = "", { name }] = [...okta.org.zones].find(([, { system }]) => system) ?? ["", { name: "" }];
        await provider.delete(subject(ZONE), id, { name, system: true });
        assert.deepEqual(asked(), []);
        assert.notEqual(id, "");
    });

    it("names what the program does not name, and keeps the name", async () => {
        const first = await provider.check(subject(ZONE), {}, { type: "IP" });
        assert.match(String(first.inputs.name), /^staff-[0-9a-f]{7}$/);
        assert.deepEqual(first.inputs.__defaults, ["name", "status", "usage"]);
        const second = await provider.check(subject(ZONE), first.inputs, { type: "IP" });
        assert.equal(second.inputs.name, first.inputs.name);
    });

    const POLICY = "okta:index/appSignonPolicy:AppSignonPolicy";

    it("denies by a new policy's catch-all rule, and puts its apps on the default policy before it goes", async () => {
        const made = await create(POLICY, { name: "staff", description: "d", catchAll: false });
        const [wellKnown, post, ...rest] = asked();
        assert.equal(wellKnown, "GET /.well-known/okta-organization");
        assert.equal(
            post,
            'POST /api/v1/policies {"description":"d","name":"staff","priority":1,"type":"ACCESS_POLICY"}',
        );
        assert.deepEqual(rest.slice(0, 2), ["GET /api/v1/policies/rst/rules", "GET /api/v1/policies/rst/rules"]);
        assert.match(
            rest[2] ?? "",
            /^PUT \/api\/v1\/policies\/rst\/rules\/rul .*"access":"DENY".*"name":"Catch-all Rule","priority":99,"system":true,"type":"ACCESS_POLICY"}$/,
        );
        assert.equal(rest.length, 3);

        const renamed = await update(made, { name: "crew", description: "d", catchAll: false });
        assert.deepEqual(asked(), [
            'PUT /api/v1/policies/rst {"description":"d","name":"crew","priority":1,"type":"ACCESS_POLICY"}',
            "GET /api/v1/policies/rst/rules",
        ]);

        const [app] = okta.org.apps.keys();
        const assigned = await create("okta:app/accessPolicyAssignment:AccessPolicyAssignment", {
            appId: app ?? "",
            policyId: made.id,
        });
        assert.deepEqual(asked(), ["GET /api/v1/apps/0oa", "PUT /api/v1/apps/0oa/policies/rst"]);
        assert.deepEqual((await read(assigned))?.outputs, { appId: app, policyId: made.id });
        await remove(assigned);
        assert.deepEqual(asked(), ["GET /api/v1/apps/0oa"]);

        await remove(renamed);
        assert.deepEqual(asked(), [
            "GET /api/v1/policies?type=ACCESS_POLICY",
            "GET /api/v1/apps?limit=200",
            "PUT /api/v1/apps/0oa/policies/rst",
            "DELETE /api/v1/policies/rst",
        ]);
        await assert.rejects(async () => read(renamed), { code: "okta-refused", message: /: 404 / });
    });

    it("writes rules of authentication policies as recorded", async () => {
        const policy = await create(POLICY, { name: "staff", description: "d" });
        asked();
        const inputs = { policyId: policy.id, name: "inside", priority: 1, networkConnection: "ANYWHERE" };
        const made = await create("okta:index/appSignonPolicyRule:AppSignonPolicyRule", inputs);
        assert.deepEqual(asked(), [
            'POST /api/v1/policies/rst/rules {"actions":{"appSignOn":{"access":"ALLOW","verificationMethod":{"factorMode":"2FA","reauthenticateIn":"PT2H","type":"ASSURANCE"}}},"conditions":{"network":{"connection":"ANYWHERE"},"platform":{}},"name":"inside","priority":1,"type":"ACCESS_POLICY"}',
            "GET /api/v1/policies/rst/rules/rul",
        ]);
        const closed = await update(made, { ...inputs, status: "INACTIVE", access: "DENY" });
        assert.deepEqual(
            asked().map((request) => request.split(" {")[0]),
            [
                "PUT /api/v1/policies/rst/rules/rul",
                "POST /api/v1/policies/rst/rules/rul/lifecycle/deactivate",
                "GET /api/v1/policies/rst/rules/rul",
            ],
        );
        const moved = await provider.diff(subject(made.type), closed, { ...closed.inputs, policyId: "rst2" });
        assert.deepEqual(moved.replaces, ["policyId"]);
        await remove(closed);
        assert.deepEqual(asked(), ["DELETE /api/v1/policies/rst/rules/rul"]);
        assert.equal(await read(closed), undefined);
    });

    it("writes global session policies and their rules as recorded", async () => {
        const policy = await create("okta:policy/signon:Signon", { name: "staff", groupsIncluded: [everyone()] });
        assert.deepEqual(
            asked().map((request) => request.replace(/00g\w{17}/, "00g")),
            [
                'POST /api/v1/policies {"conditions":{"people":{"groups":{"include":["00g"]}}},"name":"staff","status":"ACTIVE","type":"OKTA_SIGN_ON"}',
                "POST /api/v1/policies/00p/lifecycle/activate",
                "GET /api/v1/policies/00p",
            ],
        );
        const inputs = { policyId: policy.id, name: "inside" };
        const rule = await create("okta:policy/ruleSignon:RuleSignon", inputs);
        assert.deepEqual(asked(), [
            'POST /api/v1/policies/00p/rules {"type":"SIGN_ON","name":"inside","status":"ACTIVE","conditions":{"authContext":{"authType":"ANY"},"identityProvider":{"provider":"ANY"},"network":{"connection":"ANYWHERE"}},"actions":{"signon":{"access":"ALLOW","rememberDeviceByDefault":false,"requireFactor":false,"session":{"maxSessionIdleMinutes":120,"maxSessionLifetimeMinutes":120,"usePersistentCookie":false}}}}',
            "GET /api/v1/policies/00p",
            "GET /api/v1/policies/00p/rules/0pr",
        ]);
        const found = await read(rule);
        assert.equal((await provider.diff(subject(rule.type), { ...rule, ...found }, rule.inputs)).changes, false);
        asked();
        await remove(rule);
        await remove(policy);
        assert.deepEqual(asked(), [
            "GET /api/v1/policies/00p",
            "GET /api/v1/policies/00p/rules/0pr",
            "DELETE /api/v1/policies/00p/rules/0pr",
            "DELETE /api/v1/policies/00p",
        ]);
    });

    it("finds a policy by name and type, and says which one there is not", async () => {
        const args = { name: "Default Policy", type: "OKTA_SIGN_ON" };
        const found = await provider.invoke?.("okta:policy/getPolicy:getPolicy", args);
        assert.deepEqual({ ...found, id: "" }, { ...args, id: "", status: "ACTIVE" });
        await assert.rejects(async () => provider.invoke?.("okta:policy/getPolicy:getPolicy", { ...args, name: "x" }), {
            message: 'Okta has no policy "x" of type OKTA_SIGN_ON',
        });
    });

    it("asks for no user with an access token, and says what is missing without a credential", async () => {
        const bearer = open({ httpProxy: okta.url, accessToken: "abc" });
        await bearer.check(subject(ZONE), {}, { type: "IP" });
        assert.deepEqual(asked(), []);
        await assert.rejects(open({ httpProxy: okta.url }).check(subject(ZONE), {}, {}), {
            code: "bad-input",
            message: /^no Okta credential: set okta:apiToken/,
        });
    });

    function everyone(): string {
        return okta.org.groups.keys().next().value ?? "";
    }
});
