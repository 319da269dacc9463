import { strict as assert } from "node:assert";

import { startEmulator } from "../../../emulator/emulator";
import { callerOf } from "../caller";

describe("an app that is replaced", () => {
    it("keeps its id, name, status, policy and key; the rest is as sent", async () => {
        const clock = { ms: 0 };
        await using emulator = await startEmulator({ now: () => clock.ms });
        const call = callerOf(emulator);
        const { body: before } = await call("POST", "/api/v1/apps", {
            label: "Payroll",
            signOnMode: "BOOKMARK",
            settings: { app: { url: "https://a.example" } },
            visibility: { hide: { iOS: true, web: true } },
        });
        const path = `/api/v1/apps/${before.id}`;
        await call("POST", `${path}/lifecycle/deactivate`);
        clock.ms = 5000;
        const settings = { app: { url: "https://b.example" } };
        const { status, body } = await call("PUT", path, { label: "Wages", signOnMode: "BOOKMARK", settings });
        assert.deepEqual(
            [status, body.id, body.name, body.label, body.status, body.created, body.lastUpdated],
            [200, before.id, before.name, "Wages", "INACTIVE", before.created, "1970-01-01T00:00:05.000Z"],
        );
        assert.deepEqual(
            [body.settings.app.url, body.visibility.hide.web, body.credentials.signing],
            ["https://b.example", false, before.credentials.signing],
        );
        assert.deepEqual(body._links.accessPolicy, before._links.accessPolicy);
        assert.deepEqual((await call("GET", path)).body, body);
        assert.equal((await call("PUT", path, { label: "W", signOnMode: "SAML_2_0" })).status, 400);
        assert.equal((await call("PUT", "/api/v1/apps/0oa9", { label: "W" })).status, 404);
    });

    it("shows the secret of an OIDC client in the answer to a POST or a PUT, and never again", async () => {
        await using emulator = await startEmulator();
        const call = callerOf(emulator);
        const app = { label: "Web", signOnMode: "OPENID_CONNECT" };
        const { body } = await call("POST", "/api/v1/apps", app);
        const { client_id: id, client_secret: secret } = body.credentials.oauthClient;
        assert.deepEqual([id, secret.length], [body.id, 64]);
        const credentials = {
            oauthClient: { client_secret: "mine", token_endpoint_auth_method: "client_secret_post" },
        };
        const put = await call("PUT", `/api/v1/apps/${body.id}`, { ...app, credentials });
        assert.equal(put.body.credentials.oauthClient.client_secret, "mine");
        const got = await call("GET", `/api/v1/apps/${body.id}`);
        assert.deepEqual(got.body.credentials.oauthClient, {
            autoKeyRotation: true,
            client_id: body.id,
            token_endpoint_auth_method: "client_secret_post",
        });
        assert.doesNotMatch(JSON.stringify([...emulator.org.apps.values()]), new RegExp(`mine|${secret}`));
    });
});
