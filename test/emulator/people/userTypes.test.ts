import { strict as assert } from "node:assert";

import { startEmulator } from "../../../emulator/emulator";
import { callerOf } from "../caller";

describe("user types", () => {
    const path = "/api/v1/meta/types/user";

    it("have one from the start, of which every user is", async () => {
        await using emulator = await startEmulator();
        const call = callerOf(emulator);
        const { body } = await call("GET", path);
        assert.deepEqual(
            body.map((type: { name: string; default: boolean }) => [type.name, type.default]),
            [["user", true]],
        );
        assert.equal((await call("GET", "/api/v1/users/me")).body.type.id, body[0].id);
        assert.equal((await call("DELETE", `${path}/${body[0].id}`)).status, 403);
    });

    it("are created, changed but for their name, and deleted while no user has them", async () => {
        await using emulator = await startEmulator();
        const call = callerOf(emulator);
        const created = await call("POST", path, { name: "guest", displayName: "Guest", description: "d" });
        const { id } = created.body;
        assert.match(id, /^oty[0-9A-Za-z]{17}$/);
        const self = `${emulator.url}${path}/${id}`;
        assert.deepEqual(created.body._links.self, { rel: "self", href: self, method: "GET" });
        const changed = await call("POST", `${path}/${id}`, { name: "guest", displayName: "Visitor" });
        assert.deepEqual([changed.body.displayName, changed.body.description], ["Visitor", "d"]);
        assert.equal((await call("POST", `${path}/${id}`, { name: "other", displayName: "V" })).status, 400);
        const login = "ana@example.com";
        const user = await call("POST", "/api/v1/users", { profile: { login, email: login }, type: { id } });
        assert.equal(user.body.type.id, id);
        assert.equal((await call("DELETE", `${path}/${id}`)).status, 400);
        for (const _time of [1, 2]) await call("DELETE", `/api/v1/users/${user.body.id}`);
        assert.equal((await call("DELETE", `${path}/${id}`)).status, 204);
        assert.equal((await call("GET", `${path}/${id}`)).status, 404);
    });

    for (const body of [{ name: "1st", displayName: "x" }, { name: "a" }, { name: "user", displayName: "x" }, {}]) {
        it(`refuse ${JSON.stringify(body)}`, async () => {
            await using emulator = await startEmulator();
            assert.equal((await callerOf(emulator)("POST", path, body)).status, 400);
        });
    }
});
