import { strict as assert } from "node:assert";

import { type Emulator, startEmulator } from "../../../emulator/emulator";
import { callerOf } from "../caller";
import { rule, seed } from "./ruleSeed";

describe("rules", () => {
    let emulator: Emulator;
    let call: ReturnType<typeof callerOf>;
    const clock = { ms: 1_000_000 };
    const rules = "/api/v1/policies/rst1/rules";
    const order = async () =>
        (await call("GET", rules)).body.map(({ name, priority }: { name: string; priority: number }) => [
            name,
            priority,
        ]);
    const catchAll = async () => (await call("GET", rules)).body.at(-1);
    beforeEach(async () => {
        emulator = await startEmulator({ seed, now: () => clock.ms });
        call = callerOf(emulator);
    });
    afterEach(() => emulator.close());

    it("lists in the order of evaluation: 0 before 1, the catch-all last at 99", async () => {
        await call("POST", rules, rule("B", { priority: 1 }));
        await call("POST", rules, rule("A", { priority: 0 }));
        await call("POST", rules, rule("C"));
        assert.deepEqual(await order(), [
            ["A", 0],
            ["B", 1],
            ["C", 2],
            ["Catch-all Rule", 99],
        ]);
    });

    it("pushes down those of a priority that is taken, at a POST and at a PUT", async () => {
        await call("POST", rules, rule("A", { priority: 1 }));
        await call("POST", rules, rule("B", { priority: 2 }));
        const { body: last } = await call("POST", rules, rule("C", { priority: 1 }));
        assert.deepEqual(await order(), [
            ["C", 1],
            ["A", 2],
            ["B", 3],
            ["Catch-all Rule", 99],
        ]);
        await call("PUT", `${rules}/${last.id}`, rule("C", { priority: 3 }));
        assert.deepEqual(await order(), [
            ["A", 2],
            ["C", 3],
            ["B", 4],
            ["Catch-all Rule", 99],
        ]);
    });

    it("refuses a name that the policy has, with 409, and not that of the rule itself", async () => {
        const { body } = await call("POST", rules, rule("A"));
        assert.equal((await call("POST", rules, rule("A"))).status, 409);
        assert.equal((await call("PUT", `${rules}/${body.id}`, rule("A"))).status, 200);
    });

    it("PUT replaces the rule, ignores a status, and has a fresh lastUpdated", async () => {
        const { body: before } = await call(
            "POST",
            rules,
            rule("A", { conditions: { network: { connection: "ZONE", include: ["nzo1"] } } }),
        );
        clock.ms += 5_000;
        const { body } = await call("PUT", `${rules}/${before.id}`, rule("B", { status: "INACTIVE" }));
        assert.deepEqual(
            [body.name, body.status, body.priority, body.conditions.network],
            ["B", "ACTIVE", 1, { connection: "ANYWHERE" }],
        );
        assert.equal(Date.parse(body.lastUpdated), Math.floor(clock.ms / 1000) * 1000);
    });

    it("lifecycle answers 204 and turns the rule; activate=false creates it inactive", async () => {
        const { body } = await call("POST", `${rules}?activate=false`, rule("A"));
        assert.deepEqual(
            [body.status, "activate" in body._links, "deactivate" in body._links],
            ["INACTIVE", true, false],
        );
        assert.equal((await call("POST", `${rules}/${body.id}/lifecycle/activate`)).status, 204);
        assert.equal((await call("GET", `${rules}/${body.id}`)).body.status, "ACTIVE");
    });

    it("deletes a rule, then 404; a rule of another policy is 404 too", async () => {
        const { body } = await call("POST", rules, rule("A"));
        assert.equal((await call("GET", `/api/v1/policies/00p1/rules/${body.id}`)).status, 404);
        assert.equal((await call("DELETE", `${rules}/${body.id}`)).status, 204);
        const gone = await call("GET", `${rules}/${body.id}`);
        assert.deepEqual(
            [gone.status, gone.body.errorSummary],
            [404, `Not found: Resource not found: ${body.id} (PolicyRule)`],
        );
    });

    it("lets the catch-all be denied by a PUT with its name, its priority and system: true", async () => {
        const { id, name, priority, type } = await catchAll();
        const body = { name, priority, type, system: true, actions: { appSignOn: { access: "DENY" } } };
        const put = await call("PUT", `${rules}/${id}`, body);
        assert.deepEqual([put.status, put.body.actions.appSignOn.access, put.body.conditions], [200, "DENY", null]);
        assert.equal((await catchAll()).actions.appSignOn.access, "DENY");
    });

    it("takes the whole catch-all back with DENY, which is what the Okta provider sends", async () => {
        const read = await catchAll();
        const { appSignOn } = read.actions;
        const body = { ...read, actions: { appSignOn: { ...appSignOn, access: "DENY" } } };
        const put = await call("PUT", `${rules}/${read.id}`, body);
        assert.deepEqual([put.status, { ...put.body, actions: read.actions }], [200, read]);
        assert.deepEqual(put.body.actions.appSignOn, { ...appSignOn, access: "DENY" });
    });

    const catchAllRefused: [title: string, change: object][] = [
        ["without system", { system: undefined }],
        ["with another name", { name: "Other" }],
        ["with another priority", { priority: 1 }],
        ["with conditions", { conditions: { network: { connection: "ANYWHERE" } } }],
    ];
    for (const [title, change] of catchAllRefused) {
        it(`refuses a PUT of the catch-all ${title}`, async () => {
            const { id, name, priority, type } = await catchAll();
            const body = { name, priority, type, system: true, actions: { appSignOn: { access: "DENY" } }, ...change };
            assert.equal((await call("PUT", `${rules}/${id}`, body)).status, 400);
            assert.equal((await catchAll()).actions.appSignOn.access, "ALLOW");
        });
    }

    it("refuses to delete and to deactivate the catch-all", async () => {
        const { id } = await catchAll();
        assert.equal((await call("DELETE", `${rules}/${id}`)).status, 403);
        assert.equal((await call("POST", `${rules}/${id}/lifecycle/deactivate`)).status, 403);
    });

    it("fills in a rule of a global session policy, and puts the default policy's own rule after others", async () => {
        const { body } = await call("POST", "/api/v1/policies/00p1/rules", { name: "R", type: "SIGN_ON" });
        assert.match(body.id, /^0pr[0-9A-Za-z]{17}$/);
        assert.deepEqual(body.actions.signon.primaryFactor, "PASSWORD_IDP_ANY_FACTOR");
        assert.deepEqual(body.conditions, {
            people: { users: { exclude: [] } },
            network: { connection: "ANYWHERE" },
            authContext: { authType: "ANY" },
        });
        const last =
            [...emulator.org.policies.values()].find(({ type, system }) => type === "OKTA_SIGN_ON" && system) ??
            assert.fail();
        const path = `/api/v1/policies/${last.id}/rules`;
        await call("POST", path, { name: "R", type: "SIGN_ON" });
        const { body: list } = await call("GET", path);
        assert.deepEqual(
            list.map(({ name, priority }: { name: string; priority: number }) => [name, priority]),
            [
                ["R", 1],
                ["Default Rule", 2],
            ],
        );
    });
});
