import { strict as assert } from "node:assert";

import { type Emulator, startEmulator } from "../../../emulator/emulator";
import { callerOf } from "../caller";

const CHANNEL = { type: "HTTP", version: "1.0.0", config: { uri: "https://example.com/test", method: "POST" } };

describe("what rules refer to", () => {
    let emulator: Emulator;
    let call: ReturnType<typeof callerOf>;
    const clock = { ms: 1_000_000 };
    beforeEach(async () => {
        clock.ms = 1_000_000;
        emulator = await startEmulator({ now: () => clock.ms });
        call = callerOf(emulator);
    });
    afterEach(() => emulator.close());

    for (const [path, body, id] of [
        ["/api/v1/behaviors", { name: "B", type: "VELOCITY", settings: { velocityKph: 5 } }, /^bhv\w{17}$/],
        ["/api/v1/device-assurances", { name: "D", platform: "MACOS" }, /^dae\w{17}$/],
        ["/api/v1/inlineHooks", { name: "H", type: "t", version: "1.0.0", channel: CHANNEL }, /^cal\w{17}$/],
    ] as const) {
        it(`is created, found, replaced and deleted: ${path}`, async () => {
            const made = (await call("POST", path, { ...body, id: "mine", status: "INACTIVE" })).body;
            assert.match(made.id, id);
            assert.deepEqual([made.name, made.status], [body.name, path.endsWith("assurances") ? undefined : "ACTIVE"]);
            const found = (await call("GET", `${path}?q=${body.name.toLowerCase()}`)).body;
            assert.deepEqual(
                found.map((each: { id: string }) => each.id),
                [made.id],
            );
            clock.ms += 5_000;
            const put = (await call("PUT", `${path}/${made.id}`, { ...body, name: "Other", status: "INACTIVE" })).body;
            assert.deepEqual([put.id, put.name, put.status], [made.id, "Other", made.status]);
            assert.deepEqual((await call("GET", `${path}/${made.id}`)).body, put);
            await call("POST", `${path}/${made.id}/lifecycle/deactivate`);
            assert.equal((await call("DELETE", `${path}/${made.id}`)).status, 204);
            assert.equal((await call("GET", `${path}/${made.id}`)).status, 404);
        });

        it(`is refused without its fields: ${path}`, async () => {
            for (const field of Object.keys(body).filter((each) => each !== "settings")) {
                const { status } = await call("POST", path, { ...body, [field]: undefined });
                assert.equal(status, 400, field);
            }
        });
    }

    it("are behaviors with moments in a form of their own, seven of them from the start", async () => {
        const all = (await call("GET", "/api/v1/behaviors")).body as { name: string; created: string }[];
        assert.deepEqual(
            all.map(({ name }) => name),
            ["New City", "New State", "New Country", "New Geo-Location", "New Device", "New IP", "Velocity"],
        );
        assert.equal(all[0]?.created, "1970-01-01 00:16:40.0");
    });

    it("are hooks that show no secret again, and that are deactivated before they are deleted", async () => {
        const authScheme = { type: "HEADER", key: "Authorization", value: "s3cr3t" };
        const channel = { ...CHANNEL, config: { ...CHANNEL.config, authScheme } };
        const body = { name: "H", type: "t", version: "1.0.0", channel };
        const { body: hook } = await call("POST", "/api/v1/inlineHooks", body);
        assert.deepEqual(hook.channel.config, {
            ...CHANNEL.config,
            headers: [],
            authScheme: { type: "HEADER", key: "Authorization" },
        });
        assert.equal((await call("DELETE", `/api/v1/inlineHooks/${hook.id}`)).status, 403);
        const off = await call("POST", `/api/v1/inlineHooks/${hook.id}/lifecycle/deactivate`);
        assert.equal(off.body.status, "INACTIVE");
        assert.equal((await call("DELETE", `/api/v1/inlineHooks/${hook.id}`)).status, 204);
    });
});

describe("the risk of a user", () => {
    it("is what an administrator said of it, created once and then changed", async () => {
        await using emulator = await startEmulator({ seed: { users: [{ id: "00u1", login: "ana@example.com" }] } });
        const call = callerOf(emulator);
        const path = "/api/v1/users/ana@example.com/risk";
        assert.equal((await call("GET", path)).body.riskLevel, "NONE");
        const first = await call("PUT", path, { riskLevel: "LOW" });
        assert.deepEqual([first.status, first.body.riskLevel, first.body.reason], [201, "LOW", "Admin override risk"]);
        assert.equal((await call("PUT", "/api/v1/users/00u1/risk", { riskLevel: "HIGH" })).status, 200);
        assert.equal((await call("GET", path)).body.riskLevel, "HIGH");
        assert.equal((await call("PUT", path, { riskLevel: "EXTREME" })).status, 400);
        assert.equal((await call("GET", "/api/v1/users/00u9/risk")).status, 404);
    });
});

describe("the signing keys of identity providers", () => {
    it("are read from their certificate, and refused without one", async () => {
        await using emulator = await startEmulator();
        const call = callerOf(emulator);
        const path = "/api/v1/idps/credentials/keys";
        const app = (await call("POST", "/api/v1/apps", { label: "S", signOnMode: "SAML_2_0" })).body;
        const [own] = (await call("GET", `/api/v1/apps/${app.id}/credentials/keys`)).body;
        const { status, body: key } = await call("POST", path, { x5c: own.x5c });
        assert.deepEqual([status, key.kty, key.alg, key.use, key.n, key.e], [200, "RSA", "RSA", "sig", own.n, own.e]);
        assert.deepEqual((await call("GET", `${path}/${key.kid}`)).body, key);
        assert.deepEqual((await call("GET", path)).body, [key]);
        assert.equal((await call("POST", path, { x5c: ["bm90IG9uZQ=="] })).status, 400);
        assert.equal((await call("DELETE", `${path}/${key.kid}`)).status, 204);
        assert.equal((await call("GET", `${path}/${key.kid}`)).status, 404);
    });
});

describe("the profile mappings of an identity provider", () => {
    it("are one for each user type, found by their source", async () => {
        await using emulator = await startEmulator();
        const call = callerOf(emulator);
        const idps = await Promise.all(
            ["SAML2", "OIDC"].map(async (type) => (await call("POST", "/api/v1/idps", { name: type, type })).body),
        );
        const [saml] = idps;
        const { body: found } = await call("GET", `/api/v1/mappings?limit=200&sourceId=${saml.id}`);
        assert.deepEqual(
            found.map(({ source, target }: { source: object; target: { name: string } }) => [source, target.name]),
            [[{ id: saml.id, name: "saml_idp", type: "appuser" }, "user"]],
        );
        const { body: one } = await call("GET", `/api/v1/mappings/${found[0].id}`);
        assert.deepEqual(one.properties.login, { expression: "source.userName", pushStatus: "DONT_PUSH" });
        assert.equal((await call("GET", "/api/v1/mappings/prm0")).status, 404);
    });
});
