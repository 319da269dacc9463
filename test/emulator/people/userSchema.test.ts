import { strict as assert } from "node:assert";

import { startEmulator } from "../../../emulator/emulator";
import { callerOf } from "../caller";

const added = (properties: object) => ({ definitions: { custom: { id: "#custom", type: "object", properties } } });

async function ofNewApp(call: ReturnType<typeof callerOf>): Promise<string> {
    const { body } = await call("POST", "/api/v1/apps", { label: "A", signOnMode: "BOOKMARK" });
    return `/api/v1/meta/schemas/apps/${body.id}/default`;
}

describe("schemas of profiles", () => {
    it("let attributes be added to users, which then can be set and searched, and removed", async () => {
        await using emulator = await startEmulator();
        const call = callerOf(emulator);
        const path = "/api/v1/meta/schemas/user/default";
        const profile = { login: "ana@example.com", email: "ana@example.com", team: ["a", "b"] };
        assert.equal((await call("POST", "/api/v1/users", { profile })).status, 400);
        const { body } = await call("POST", path, added({ team: { title: "Team", type: "array" } }));
        assert.deepEqual(body.definitions.custom.properties.team.title, "Team");
        assert.equal(body.definitions.base.properties.login.type, "string");
        assert.deepEqual((await call("POST", "/api/v1/users", { profile })).body.profile.team, ["a", "b"]);
        const search = encodeURIComponent('profile.team eq "b"');
        assert.equal((await call("GET", `/api/v1/users?search=${search}`)).body.length, 1);
        await call("POST", path, added({ team: null }));
        assert.deepEqual((await call("GET", path)).body.definitions.custom.properties, {});
    });

    it("have the attributes of every profile, each as it was written last, or as Okta has it", async () => {
        await using emulator = await startEmulator();
        const call = callerOf(emulator);
        for (const path of ["/api/v1/meta/schemas/user/default", await ofNewApp(call)]) {
            const base = async () => (await call("GET", path)).body.definitions.base;
            const usual = await base();
            const { firstName, login } = usual.properties;
            assert.deepEqual([firstName.title, login.title, login.maxLength], ["First name", "Username", 100]);
            assert.deepEqual(usual.required, ["login", "firstName", "lastName", "email"]);
            const written = { title: "Given name", type: "string", required: false };
            await call("POST", path, { definitions: { base: { properties: { firstName: written } } } });
            assert.deepEqual((await base()).properties.firstName, { mutability: "READ_WRITE", ...written });
            assert.deepEqual((await base()).required, ["login", "lastName", "email"]);
            await call("POST", path, { definitions: { base: { properties: { firstName: null } } } });
            assert.deepEqual(await base(), usual);
        }
    });

    it("let attributes be added to the users of one app", async () => {
        const apps = ["0oa1", "0oa2"].map((id) => ({ id, label: id }));
        await using emulator = await startEmulator({ seed: { apps } });
        const call = callerOf(emulator);
        const path = (id: string) => `/api/v1/meta/schemas/apps/${id}/default`;
        await call("POST", path("0oa1"), added({ role: { type: "string" } }));
        const names = async (id: string) =>
            Object.keys((await call("GET", path(id))).body.definitions.custom.properties);
        assert.deepEqual([await names("0oa1"), await names("0oa2")], [["role"], []]);
        assert.equal((await call("GET", path("0oa9"))).status, 404);
    });
});
