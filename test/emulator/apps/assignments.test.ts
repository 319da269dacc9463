import { strict as assert } from "node:assert";

import { type Emulator, startEmulator } from "../../../emulator/emulator";
import { callerOf } from "../caller";

describe("assignments of an app", () => {
    let emulator: Emulator;
    let call: ReturnType<typeof callerOf>;
    beforeEach(async () => {
        emulator = await startEmulator({
            seed: {
                users: ["ana", "bob", "cyd"].map((name, index) => ({
                    id: `00u${index}`,
                    login: `${name}@example.com`,
                })),
                groups: [
                    { id: "00g1", name: "Staff" },
                    { id: "00g2", name: "Guests" },
                ],
                apps: [{ id: "0oa1", label: "Payroll" }],
            },
        });
        call = callerOf(emulator);
    });
    afterEach(() => emulator.close());

    it("to users: assigned, changed, listed in pages, taken back", async () => {
        const first = await call("POST", "/api/v1/apps/0oa1/users", { id: "00u0", credentials: { userName: "a" } });
        assert.deepEqual(
            [first.status, first.body.scope, first.body.status, first.body.credentials],
            [200, "USER", "ACTIVE", { userName: "a" }],
        );
        assert.equal(first.body._links.user.href, `${emulator.url}/api/v1/users/00u0`);
        await call("POST", "/api/v1/apps/0oa1/users", { id: "00u1", scope: "USER" });
        const changed = await call("POST", "/api/v1/apps/0oa1/users/00u1", { profile: { role: "x" } });
        assert.deepEqual([changed.body.profile.role, changed.body.credentials.userName], ["x", "bob@example.com"]);
        const page = await call("GET", "/api/v1/apps/0oa1/users?limit=1");
        assert.deepEqual([page.body[0].id, /rel="next"/.test(page.headers.get("link") ?? "")], ["00u0", true]);
        const all = await call("GET", "/api/v1/apps/0oa1/users");
        assert.equal(all.headers.get("link"), `<${emulator.url}/api/v1/apps/0oa1/users?limit=50>; rel="self"`);
        assert.equal((await call("DELETE", "/api/v1/apps/0oa1/users/00u0")).status, 204);
        assert.equal((await call("GET", "/api/v1/apps/0oa1/users/00u0")).status, 404);
        for (const _time of [1, 2]) await call("DELETE", "/api/v1/users/00u1");
        assert.deepEqual((await call("GET", "/api/v1/apps/0oa1/users")).body, []);
    });

    it("to groups: assigned, changed, listed, taken back", async () => {
        const first = await call("PUT", "/api/v1/apps/0oa1/groups/00g1", { priority: 3, profile: { role: "x" } });
        const { id, priority, profile } = first.body;
        assert.deepEqual([first.status, id, priority, profile], [200, "00g1", 3, { role: "x" }]);
        assert.equal((await call("PUT", "/api/v1/apps/0oa1/groups/00g1", {})).body.priority, 3);
        await call("PUT", "/api/v1/apps/0oa1/groups/00g2");
        const { body } = await call("GET", "/api/v1/apps/0oa1/groups");
        assert.deepEqual(
            body.map((row: { id: string }) => row.id),
            ["00g1", "00g2"],
        );
        assert.equal((await call("DELETE", "/api/v1/apps/0oa1/groups/00g1")).status, 204);
        assert.equal((await call("GET", "/api/v1/apps/0oa1/groups/00g1")).status, 404);
        await call("DELETE", "/api/v1/groups/00g2");
        assert.deepEqual((await call("GET", "/api/v1/apps/0oa1/groups")).body, []);
    });

    it("assign a user at the first update, as Okta's provider expects, with no profile where the app is no OpenID client", async () => {
        const { id } = (await call("POST", "/api/v1/apps", { label: "Saml", signOnMode: "SAML_2_0" })).body;
        const body = { profile: { testCustom: "testing" } };
        const { status, body: row } = await call("POST", `/api/v1/apps/${id}/users/00u0`, body);
        assert.deepEqual([status, row.profile], [200, body.profile]);
    });

    for (const [method, path, body] of [
        ["POST", "/api/v1/apps/0oa9/users", { id: "00u0" }],
        ["POST", "/api/v1/apps/0oa1/users", { id: "00u9" }],
        ["PUT", "/api/v1/apps/0oa1/groups/00g9", {}],
        ["PUT", "/api/v1/apps/0oa9/groups/00g1", {}],
        ["DELETE", "/api/v1/apps/0oa1/groups/00g1", undefined],
        ["DELETE", "/api/v1/apps/0oa1/users/00u0", undefined],
        ["GET", "/api/v1/apps/0oa9/users", undefined],
    ] as const) {
        it(`answer ${method} ${path} with 404`, async () => {
            assert.equal((await call(method, path, body)).status, 404);
        });
    }

    it("are forgotten with the app, and so are the settings of its ID tokens", async () => {
        const app = { label: "Other", signOnMode: "OPENID_CONNECT" };
        const { id } = (await call("POST", "/api/v1/apps", app)).body;
        const path = `/api/v1/internal/apps/${id}/settings/oauth/idToken`;
        assert.deepEqual((await call("GET", path)).body, {
            issuer: emulator.url,
            orgUrl: null,
            customUrl: null,
            audience: id,
            issuerMode: "ORG_URL",
        });
        const claim = { valueType: "GROUPS", groupFilterType: "REGEX", name: "groups", value: ".*" };
        const { body: said } = await call("POST", path, { issuerMode: "ORG_URL", ...claim });
        assert.deepEqual(said, {
            issuer: null,
            orgUrl: null,
            customUrl: null,
            audience: null,
            issuerMode: "ORG_URL",
            ...claim,
        });
        const { body: kept } = await call("GET", path);
        assert.deepEqual(kept, { ...said, issuer: emulator.url, audience: id });
        await call("PUT", `/api/v1/apps/${id}/groups/00g1`, {});
        await call("POST", `/api/v1/apps/${id}/lifecycle/deactivate`);
        await call("DELETE", `/api/v1/apps/${id}`);
        assert.deepEqual(
            [emulator.org.appParts.groups.has(id), emulator.org.appParts.idTokens.has(id)],
            [false, false],
        );
        assert.equal((await call("GET", path)).status, 404);
        assert.equal(
            (await call("GET", "/api/v1/internal/apps/0oa1/settings/oauth/idToken")).body.errorSummary,
            "Not found: Resource not found: 0oa1 (OAuth2AppInstance)",
        );
    });
});
