import { strict as assert } from "node:assert";

import { startEmulator } from "../../../emulator/emulator";
import { callerOf } from "../caller";

const users = ["00u1", "00u2", "00u3"].map((id) => ({ id, login: `${id}@example.com` }));
const tokens = [
    { value: "writes", userId: "00u1" },
    { value: "reads", userId: "00u2", access: "read-only" as const },
];
const accessTokens = [
    { value: "all", scopes: ["okta.roles.read"] },
    { value: "users", scopes: ["okta.users.read"] },
];
const oauthClients = [{ clientId: "0oa1", keys: [{ kty: "EC" as const }] }];
const seed = { users, tokens, accessTokens, oauthClients, roles: { "00u3": ["APP_ADMIN", "CUSTOM"] } };

describe("roles", () => {
    for (const [path, types] of [
        ["/api/v1/users/00u1/roles", ["SUPER_ADMIN"]],
        ["/api/v1/users/00u2/roles", ["READ_ONLY_ADMIN"]],
        ["/api/v1/users/00u3/roles", ["APP_ADMIN", "CUSTOM"]],
        ["/oauth2/v1/clients/0oa1/roles", ["SUPER_ADMIN"]],
    ] as const) {
        it(`of ${path} are ${types.join(", ")}`, async () => {
            await using emulator = await startEmulator({ seed });
            const { body } = await callerOf(emulator, { authorization: "SSWS writes" })("GET", path);
            assert.deepEqual(
                body.map(({ type }: { type: string }) => type),
                types,
            );
        });
    }

    for (const [title, path, status] of [
        ["a user", "/api/v1/users/00u3/roles", 201],
        ["a service app", "/oauth2/v1/clients/0oa1/roles", 201],
    ] as const) {
        it(`are given to ${title} once, read one by one, and taken back`, async () => {
            await using emulator = await startEmulator({ seed });
            const call = callerOf(emulator, { authorization: "SSWS writes" });
            const given = await call("POST", `${path}?disableNotifications=true`, { type: "HELP_DESK_ADMIN" });
            assert.deepEqual(
                [given.status, given.body.label, given.body.type],
                [status, "Help Desk Administrator", "HELP_DESK_ADMIN"],
            );
            assert.equal((await call("POST", path, { type: "HELP_DESK_ADMIN" })).status, 409);
            assert.equal((await call("POST", path, {})).status, 400);
            assert.deepEqual((await call("GET", `${path}/${given.body.id}`)).body, given.body);
            assert.equal((await call("DELETE", `${path}/${given.body.id}`)).status, 204);
            assert.equal((await call("DELETE", `${path}/${given.body.id}`)).status, 404);
            const { body } = await call("GET", path);
            assert.equal(
                body.some(({ type }: { type: string }) => type === "HELP_DESK_ADMIN"),
                false,
            );
        });
    }

    it("are shown in Okta's shape", async () => {
        await using emulator = await startEmulator({ seed, now: () => 0 });
        const { body } = await callerOf(emulator, { authorization: "SSWS writes" })("GET", "/api/v1/users/00u1/roles");
        assert.deepEqual(body, [
            {
                id: "ra01",
                label: "Super Administrator",
                type: "SUPER_ADMIN",
                status: "ACTIVE",
                created: "1970-01-01T00:00:00.000Z",
                lastUpdated: "1970-01-01T00:00:00.000Z",
                assignmentType: "USER",
                _links: { assignee: { href: `${emulator.url}/api/v1/users/00u1` } },
            },
        ]);
    });

    for (const [authorization, path, status] of [
        ["Bearer all", "/api/v1/users/00u1/roles", 200],
        ["Bearer users", "/api/v1/users/00u1/roles", 403],
        ["Bearer all", "/oauth2/v1/clients/0oa1/roles", 200],
        ["Bearer users", "/oauth2/v1/clients/0oa1/roles", 403],
        ["Bearer all", "/api/v1/users/00u1", 403],
        ["SSWS writes", "/api/v1/users/00u9/roles", 404],
        ["SSWS nobody", "/oauth2/v1/clients/0oa1/roles", 401],
    ] as const) {
        it(`answer ${authorization} with ${status} at ${path}`, async () => {
            await using emulator = await startEmulator({ seed });
            assert.equal((await callerOf(emulator, { authorization })("GET", path)).status, status);
        });
    }
});
