import { strict as assert } from "node:assert";

import { startEmulator } from "../../../emulator/emulator";
import { callerOf } from "../caller";

const ROLES = "/api/v1/iam/roles";
const SETS = "/api/v1/iam/resource-sets";
const seed = {
    users: [{ id: "00u1", login: "ana@example.com" }],
    groups: [{ id: "00g1", name: "Staff" }],
    roles: { "00u1": [] },
};
const role = { label: "Helpers", description: "d", permissions: ["okta.users.read"] };
const set = { label: "All users", description: "d", resources: ["https://a.example/api/v1/users"] };

/** An organization with one custom role and one resource set. */
async function prepared() {
    const emulator = await startEmulator({ seed });
    const call = callerOf(emulator);
    const { body: custom } = await call("POST", ROLES, role);
    const { body: resources } = await call("POST", SETS, set);
    const bindings = `${SETS}/${resources.id}/bindings`;
    return { emulator, call, custom, resources, bindings };
}

describe("custom admin roles", () => {
    it("are created, found by id and label, changed and deleted", async () => {
        await using emulator = await startEmulator({ seed });
        const call = callerOf(emulator);
        const { body } = await call("POST", ROLES, role);
        assert.match(body.id, /^cr0/);
        assert.equal(body.permissions, undefined);
        assert.equal((await call("GET", `${ROLES}/Helpers`)).body.id, body.id);
        assert.equal((await call("PUT", `${ROLES}/${body.id}`, { ...role, label: "Desk" })).body.label, "Desk");
        assert.deepEqual((await call("GET", ROLES)).body.roles.length, 1);
        assert.equal((await call("DELETE", `${ROLES}/${body.id}`)).status, 204);
        assert.equal((await call("GET", `${ROLES}/${body.id}`)).status, 404);
    });

    it("have permissions", async () => {
        await using emulator = await startEmulator({ seed });
        const call = callerOf(emulator);
        const { body } = await call("POST", ROLES, role);
        const path = `${ROLES}/${body.id}/permissions`;
        const labels = async () =>
            (await call("GET", path)).body.permissions.map(({ label }: { label: string }) => label);
        assert.equal((await call("POST", `${path}/okta.groups.read`)).status, 204);
        assert.deepEqual(await labels(), ["okta.users.read", "okta.groups.read"]);
        assert.equal((await call("GET", `${path}/okta.groups.read`)).body.conditions, null);
        assert.equal((await call("DELETE", `${path}/okta.users.read`)).status, 204);
        assert.equal((await call("DELETE", `${path}/okta.users.read`)).status, 404);
        assert.deepEqual(await labels(), ["okta.groups.read"]);
    });

    for (const [title, body, status] of [
        ["without a label", { ...role, label: "" }, 400],
        ["without permissions", { ...role, permissions: [] }, 400],
        ["whose label is taken", role, 409],
    ] as const) {
        it(`are refused ${title}`, async () => {
            const { emulator, call } = await prepared();
            await using _ = emulator;
            assert.equal((await call("POST", ROLES, body)).status, status);
        });
    }
});

describe("resource sets", () => {
    it("are created, changed, have resources, and are deleted", async () => {
        const { emulator, call, resources } = await prepared();
        await using _ = emulator;
        const path = `${SETS}/${resources.id}`;
        assert.equal((await call("PUT", path, { ...set, label: "L" })).body.label, "L");
        await call("PATCH", `${path}/resources`, { additions: ["orn:okta:directory:00o1:groups"] });
        const [first, second] = (await call("GET", `${path}/resources`)).body.resources;
        assert.deepEqual([first._links.self.href, second.orn], [set.resources[0], "orn:okta:directory:00o1:groups"]);
        assert.equal((await call("DELETE", `${path}/resources/${first.id}`)).status, 204);
        assert.equal((await call("GET", `${path}/resources`)).body.resources.length, 1);
        assert.equal((await call("GET", SETS)).body["resource-sets"].length, 1);
        assert.equal((await call("DELETE", path)).status, 204);
        assert.equal((await call("GET", path)).status, 404);
    });
});

describe("bindings of resource sets", () => {
    it("have the members that a role assignment of type CUSTOM makes", async () => {
        const { emulator, call, custom, resources, bindings } = await prepared();
        await using _ = emulator;
        const wanted = { type: "CUSTOM", role: custom.id, "resource-set": resources.id };
        const given = await call("POST", "/api/v1/groups/00g1/roles", wanted);
        assert.deepEqual([given.status, given.body.label], [201, "Helpers"]);
        assert.equal((await call("POST", "/api/v1/groups/00g1/roles", wanted)).status, 409);
        assert.deepEqual(
            (await call("GET", bindings)).body.roles.map(({ id }: { id: string }) => id),
            [custom.id],
        );
        const [member] = (await call("GET", `${bindings}/${custom.id}/members`)).body.members;
        const { body: other } = await call("POST", SETS, { ...set, label: "Other" });
        assert.equal((await call("GET", `${SETS}/${other.id}/bindings/${custom.id}/members`)).status, 404);
        assert.deepEqual([member.id, member._links.self.href], [given.body.id, `${emulator.url}/api/v1/groups/00g1`]);
    });

    it("give roles to their members, and take them", async () => {
        const { emulator, call, custom, bindings } = await prepared();
        await using _ = emulator;
        const members = ["https://a.example/api/v1/users/00u1"];
        assert.equal((await call("POST", bindings, { role: custom.id, members })).body.id, custom.id);
        const path = `${bindings}/${custom.id}/members`;
        await call("PATCH", path, { additions: ["https://a.example/api/v1/groups/00g1", ...members] });
        const found = (await call("GET", path)).body.members;
        const links = found.map((member: { _links: { self: { href: string } } }) => member._links.self.href);
        assert.deepEqual(links, [...members, "https://a.example/api/v1/groups/00g1"]);
        assert.equal((await call("GET", "/api/v1/users/00u1/roles")).body[0].type, "CUSTOM");
        assert.equal((await call("DELETE", `${ROLES}/${custom.id}`)).status, 400);
        for (const { id } of found) assert.equal((await call("DELETE", `${path}/${id}`)).status, 204);
        assert.equal((await call("GET", `${bindings}/${custom.id}`)).status, 404);
        assert.deepEqual((await call("GET", "/api/v1/users/00u1/roles")).body, []);
    });

    it("refuse members, roles and sets that there are not", async () => {
        const { emulator, call, custom, resources, bindings } = await prepared();
        await using _ = emulator;
        const bind = async (members: string[], to = custom.id) =>
            (await call("POST", bindings, { role: to, members })).status;
        assert.deepEqual(
            [
                await bind([]),
                await bind(["https://a.example/api/v1/zones/1"]),
                await bind(["https://a.example/api/v1/users/00u9"]),
                await bind(["https://a.example/api/v1/users/00u1"], "cr0"),
            ],
            [400, 400, 404, 404],
        );
        const custom2 = { type: "CUSTOM", role: custom.id, "resource-set": `${resources.id}x` };
        assert.equal((await call("POST", "/api/v1/users/00u1/roles", custom2)).status, 404);
    });

    it("are there for apps that the API created", async () => {
        const { emulator, call, custom, resources } = await prepared();
        await using _ = emulator;
        const app = { label: "Bot", name: "oidc_client", signOnMode: "OPENID_CONNECT" };
        const { body } = await call("POST", "/api/v1/apps", app);
        const given = { type: "CUSTOM", role: custom.id, "resource-set": resources.id };
        assert.equal((await call("POST", `/oauth2/v1/clients/${body.id}/roles`, given)).body.assignmentType, "CLIENT");
        assert.equal((await call("POST", "/oauth2/v1/clients/0oaNone/roles", given)).status, 404);
    });
});
