import { strict as assert } from "node:assert";

import { type Emulator, startEmulator } from "../../../emulator/emulator";
import { callerOf } from "../caller";

const SERVERS = "/api/v1/authorizationServers";

type Row = { id: string; name: string; priority: number };

describe("authorization servers", () => {
    let emulator: Emulator;
    let call: ReturnType<typeof callerOf>;
    const clock = { ms: 1_000_000 };
    beforeEach(async () => {
        clock.ms = 1_000_000;
        emulator = await startEmulator({ now: () => clock.ms });
        call = callerOf(emulator);
    });
    afterEach(() => emulator.close());
    const make = async (): Promise<string> => (await call("POST", SERVERS, { name: "S", audiences: ["a"] })).body.id;
    const policy = (name: string, more: object = {}) => ({
        type: "OAUTH_AUTHORIZATION_POLICY",
        name,
        conditions: { clients: { include: ["ALL_CLIENTS"] } },
        ...more,
    });
    const rule = (name: string, more: object = {}) => ({ type: "RESOURCE_ACCESS", name, actions: {}, ...more });
    const ranks = async (path: string) =>
        (await call("GET", path)).body.map(({ name, priority }: Row) => `${priority} ${name}`);

    it("are created with a key that is changed after 90 days, replaced, and deleted once they are inactive", async () => {
        const { status, body } = await call("POST", SERVERS, { name: "S", audiences: ["a"], status: "INACTIVE" });
        assert.match(body.id, /^aus\w{17}$/);
        assert.deepEqual(
            [status, body.status, body.issuer, body.issuerMode, body.default],
            [201, "ACTIVE", `${emulator.url}/oauth2/${body.id}`, "ORG_URL", false],
        );
        const { rotationMode, lastRotated, nextRotation } = body.credentials.signing;
        assert.deepEqual(
            [rotationMode, Date.parse(nextRotation) - Date.parse(lastRotated)],
            ["AUTO", 90 * 24 * 3_600_000],
        );
        const path = `${SERVERS}/${body.id}`;
        const put = (await call("PUT", path, { name: "T", audiences: ["b"], issuerMode: "CUSTOM_URL" })).body;
        assert.deepEqual([put.id, put.name, put.issuerMode, put.status], [body.id, "T", "CUSTOM_URL", "ACTIVE"]);
        assert.equal((await call("DELETE", path)).status, 403);
        assert.equal((await call("POST", `${path}/lifecycle/deactivate`)).status, 204);
        assert.equal((await call("GET", path)).body.status, "INACTIVE");
        assert.equal((await call("DELETE", path)).status, 204);
        assert.equal((await call("GET", path)).status, 404);
        assert.equal((await call("POST", SERVERS, { audiences: [] })).status, 400);
    });

    it("number their policies, and the rules of each, without gaps", async () => {
        const policies = `${SERVERS}/${await make()}/policies`;
        const [first] = [(await call("POST", policies, policy("A", { priority: 7 }))).body];
        await call("POST", policies, policy("B", { priority: 1 }));
        assert.deepEqual(await ranks(policies), ["1 B", "2 A"]);
        const rules = `${policies}/${first.id}/rules`;
        const ids: string[] = [];
        for (const name of ["x", "y", "z"]) ids.push((await call("POST", rules, rule(name))).body.id);
        assert.deepEqual(await ranks(rules), ["1 x", "2 y", "3 z"]);
        await call("PUT", `${rules}/${ids[2]}`, rule("z", { priority: 1 }));
        assert.deepEqual(await ranks(rules), ["1 z", "2 x", "3 y"]);
        assert.equal((await call("DELETE", `${rules}/${ids[0]}`)).status, 204);
        assert.deepEqual(await ranks(rules), ["1 z", "2 y"]);
    });

    it("fill in the conditions of a rule, turn it, and know the parts of each server alone", async () => {
        const [server, other] = [await make(), await make()];
        const { body: made } = await call("POST", `${SERVERS}/${server}/policies`, policy("A"));
        const rules = `${SERVERS}/${server}/policies/${made.id}/rules`;
        const conditions = { people: { groups: { include: ["00g1"] }, users: {} }, scopes: {} };
        const { status, body } = await call("POST", rules, rule("x", { conditions }));
        assert.equal(status, 201);
        assert.deepEqual(body.conditions, {
            people: { groups: { include: ["00g1"] }, users: { exclude: [] } },
            scopes: { include: [] },
        });
        assert.equal((await call("POST", `${rules}/${body.id}/lifecycle/deactivate`)).status, 204);
        assert.equal((await call("GET", `${rules}/${body.id}`)).body.status, "INACTIVE");
        for (const path of [`${other}/policies/${made.id}`, `${other}/policies/${made.id}/rules`, "aus0/policies"]) {
            assert.equal((await call("GET", `${SERVERS}/${path}`)).status, 404, path);
        }
        assert.equal((await call("POST", rules, rule("x", { type: "SIGN_ON" }))).status, 400);
    });

    it("take their policies and rules with them", async () => {
        const server = await make();
        const { body } = await call("POST", `${SERVERS}/${server}/policies`, policy("A"));
        await call("POST", `${SERVERS}/${server}/policies/${body.id}/rules`, rule("x"));
        await call("POST", `${SERVERS}/${server}/lifecycle/deactivate`);
        await call("DELETE", `${SERVERS}/${server}`);
        assert.ok([...emulator.org.references.keys()].every((path) => !path.includes(server)));
    });
});
