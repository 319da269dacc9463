import { strict as assert } from "node:assert";

import { type Emulator, startEmulator } from "../../../emulator/emulator";
import { callerOf } from "../caller";

describe("the emulator's identity providers and schema of groups", () => {
    let okta: Emulator;
    let call: ReturnType<typeof callerOf>;

    before(async () => {
        okta = await startEmulator();
        call = callerOf(okta);
    });
    after(() => okta.close());

    it("keeps what a provider writes, by its id", async () => {
        assert.deepEqual((await call("GET", "/api/v1/idps")).body, []);
        const { body: made } = await call("POST", "/api/v1/idps", { type: "GOOGLE", name: "Guests", policy: {} });
        assert.match(made.id, /^0oa/);
        assert.equal(made.status, "ACTIVE");
        const path = `/api/v1/idps/${made.id}`;
        assert.equal((await call("POST", `${path}/lifecycle/deactivate`)).body.status, "INACTIVE");
        assert.equal((await call("PUT", path, { type: "GOOGLE", name: "Others" })).body.name, "Others");
        assert.deepEqual(
            (await call("GET", "/api/v1/idps?type=GOOGLE")).body.map(({ name, status }: Record<string, string>) => [
                name,
                status,
            ]),
            [["Others", "INACTIVE"]],
        );
        assert.equal((await call("POST", "/api/v1/idps", { type: "GOOGLE" })).status, 400);
        assert.equal((await call("DELETE", path)).status, 204);
        assert.equal((await call("GET", path)).status, 404);
    });

    it("adds an attribute to the profile of groups, and takes it away", async () => {
        const path = "/api/v1/meta/schemas/group/default";
        const ask = async (attribute: object | null) => {
            const definitions = { custom: { id: "#custom", type: "object", properties: { team: attribute } } };
            return (await call("POST", path, { definitions })).body.definitions.custom.properties;
        };
        assert.deepEqual(Object.keys((await call("GET", path)).body.definitions.base.properties), [
            "name",
            "description",
        ]);
        assert.equal((await ask({ title: "Team", type: "string" })).team.title, "Team");
        assert.deepEqual(await ask(null), {});
    });
});
