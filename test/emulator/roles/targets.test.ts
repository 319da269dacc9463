import { strict as assert } from "node:assert";

import { startEmulator } from "../../../emulator/emulator";
import { callerOf } from "../caller";

const seed = {
    users: [{ id: "00u1", login: "ana@example.com" }],
    groups: ["00g1", "00g2", "00g3"].map((id) => ({ id, name: `Group ${id}` })),
    apps: [{ id: "0oa1", label: "Payroll", name: "template_swa" }],
    oauthClients: [{ clientId: "0oac", keys: [{ kty: "EC" as const }] }],
    roles: { "00u1": [], "0oac": [] },
};

const named = ({ body }: { body: readonly { id?: string; name?: string }[] }) => body.map(({ id, name }) => id ?? name);

describe("targets of admin roles", () => {
    for (const holder of ["/api/v1/users/00u1", "/api/v1/groups/00g1", "/oauth2/v1/clients/0oac"]) {
        it(`limit a role of ${holder} to groups, of which the last one stays`, async () => {
            await using emulator = await startEmulator({ seed });
            const call = callerOf(emulator);
            const { body } = await call("POST", `${holder}/roles`, { type: "HELP_DESK_ADMIN" });
            const targets = `${holder}/roles/${body.id}/targets/groups`;
            assert.deepEqual(named(await call("GET", targets)), []);
            for (const id of ["00g2", "00g3", "00g2"]) {
                assert.equal((await call("PUT", `${targets}/${id}`)).status, 204);
            }
            assert.deepEqual(named(await call("GET", targets)), ["00g3", "00g2"]);
            assert.equal((await call("DELETE", `${targets}/00g3`)).status, 204);
            assert.deepEqual(
                [(await call("DELETE", `${targets}/00g3`)).status, (await call("DELETE", `${targets}/00g2`)).status],
                [404, 400],
            );
            assert.deepEqual(named(await call("GET", targets)), ["00g2"]);
        });

        it(`limit a role of ${holder} to apps, by their kind or one by one`, async () => {
            await using emulator = await startEmulator({ seed });
            const call = callerOf(emulator);
            const { body } = await call("POST", `${holder}/roles`, { type: "APP_ADMIN" });
            const targets = `${holder}/roles/${body.id}/targets/catalog/apps`;
            assert.equal((await call("PUT", `${targets}/facebook`)).status, 204);
            assert.equal((await call("PUT", `${targets}/template_swa/0oa1`)).status, 204);
            const [kind, app] = (await call("GET", targets)).body;
            assert.deepEqual([kind.id, kind.name, app.id, app.name], [undefined, "facebook", "0oa1", "Payroll"]);
            assert.equal((await call("DELETE", `${targets}/facebook`)).status, 204);
            assert.deepEqual(named(await call("GET", targets)), ["0oa1"]);
        });
    }

    for (const [title, type, target] of [
        ["groups for a role over apps", "APP_ADMIN", "groups/00g2"],
        ["apps for a role over groups", "HELP_DESK_ADMIN", "catalog/apps/facebook"],
        ["groups for a role over everything", "SUPER_ADMIN", "groups/00g2"],
    ] as const) {
        it(`refuse ${title}`, async () => {
            await using emulator = await startEmulator({ seed });
            const call = callerOf(emulator);
            const { body } = await call("POST", "/api/v1/users/00u1/roles", { type });
            assert.equal((await call("PUT", `/api/v1/users/00u1/roles/${body.id}/targets/${target}`)).status, 400);
        });
    }

    for (const [target, type] of [
        ["groups/00g9", "HELP_DESK_ADMIN"],
        ["catalog/apps/template_swa/0oa9", "APP_ADMIN"],
    ]) {
        it(`refuse ${target}, which there is not`, async () => {
            await using emulator = await startEmulator({ seed });
            const call = callerOf(emulator);
            const { body } = await call("POST", "/api/v1/users/00u1/roles", { type });
            assert.equal((await call("PUT", `/api/v1/users/00u1/roles/${body.id}/targets/${target}`)).status, 404);
        });
    }

    it("are gone with the role", async () => {
        await using emulator = await startEmulator({ seed });
        const call = callerOf(emulator);
        const { body } = await call("POST", "/api/v1/users/00u1/roles", { type: "HELP_DESK_ADMIN" });
        const role = `/api/v1/users/00u1/roles/${body.id}`;
        await call("PUT", `${role}/targets/groups/00g2`);
        await call("DELETE", role);
        assert.equal((await call("GET", `${role}/targets/groups`)).status, 404);
        assert.equal(emulator.org.roleTargets.size, 0);
    });
});
