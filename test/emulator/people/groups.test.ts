import { strict as assert } from "node:assert";

import { type Emulator, startEmulator } from "../../../emulator/emulator";
import { callerOf } from "../caller";

const USERS = ["ana", "bob", "cyd"].map((name, index) => ({ id: `00u${index}`, login: `${name}@example.com` }));

describe("groups", () => {
    let emulator: Emulator;
    let call: ReturnType<typeof callerOf>;
    const clock = { ms: 0 };
    beforeEach(async () => {
        clock.ms = 0;
        const groups = [{ id: "00g1", name: "Staff", members: ["00u0", "bob@example.com"] }];
        emulator = await startEmulator({ now: () => clock.ms, seed: { users: USERS, groups } });
        call = callerOf(emulator);
    });
    afterEach(() => emulator.close());
    const ids = (body: { id: string }[]) => body.map(({ id }) => id).join(" ");
    const members = async (id: string) => ids((await call("GET", `/api/v1/groups/${id}/users`)).body);
    const everyone = async () => (await call("GET", "/api/v1/groups?q=Everyone")).body[0].id;

    it("are created, replaced and deleted", async () => {
        const created = await call("POST", "/api/v1/groups", { profile: { name: "New" } });
        const { id } = created.body;
        assert.match(id, /^00g[0-9A-Za-z]{17}$/);
        assert.deepEqual(
            [created.status, created.body.type, created.body.profile],
            [200, "OKTA_GROUP", { name: "New", description: null }],
        );
        clock.ms = 5000;
        const put = await call("PUT", `/api/v1/groups/${id}`, { profile: { name: "Newer", description: "d" } });
        assert.deepEqual(put.body.profile, { name: "Newer", description: "d" });
        assert.deepEqual(
            [put.body.lastUpdated, put.body.lastMembershipUpdated],
            ["1970-01-01T00:00:05.000Z", "1970-01-01T00:00:00.000Z"],
        );
        assert.equal((await call("DELETE", `/api/v1/groups/${id}`)).status, 204);
        assert.equal((await call("GET", `/api/v1/groups/${id}`)).status, 404);
        assert.equal((await call("GET", `/api/v1/groups/${id}/users`)).status, 404);
    });

    it("have names of their own", async () => {
        const taken = await call("POST", "/api/v1/groups", { profile: { name: "Staff" } });
        assert.deepEqual([taken.status, taken.body.errorSummary], [400, "Api validation failed: name"]);
        assert.equal((await call("PUT", "/api/v1/groups/00g1", { profile: { name: "Staff" } })).status, 200);
        assert.equal((await call("POST", "/api/v1/groups", { profile: {} })).status, 400);
    });

    const lists: [query: string, found: RegExp][] = [
        ["?q=sta", /^00g1$/],
        ['?filter=type eq "BUILT_IN"', /^00g\w{17}$/],
        ['?filter=type eq "APP_GROUP"&limit=200', /^$/],
        ['?filter=id eq "00g1"', /^00g1$/],
        ['?search=profile.name sw "St"', /^00g1$/],
        ['?search=type eq "OKTA_GROUP" and profile.name eq "Staff"', /^00g1$/],
    ];
    for (const [query, found] of lists) {
        it(`lists ${query}`, async () => {
            const { body, headers } = await call("GET", `/api/v1/groups${encodeURI(query)}`);
            assert.match(ids(body), found);
            assert.match(headers.get("link") ?? "", /^<[^>]*>; rel="self"$/);
        });
    }

    it("have members: put in twice is in once, taken out twice is out, each change stamped and logged once", async () => {
        assert.equal(await members("00g1"), "00u0 00u1");
        clock.ms = 5000;
        for (const _time of [1, 2]) assert.equal((await call("PUT", "/api/v1/groups/00g1/users/00u2")).status, 204);
        assert.equal(await members("00g1"), "00u0 00u1 00u2");
        for (const _time of [1, 2]) assert.equal((await call("DELETE", "/api/v1/groups/00g1/users/00u0")).status, 204);
        assert.equal(await members("00g1"), "00u1 00u2");
        const { body } = await call("GET", "/api/v1/groups/00g1");
        assert.equal(body.lastMembershipUpdated, "1970-01-01T00:00:05.000Z");
        const events = emulator.org.events.map(({ eventType, target }) => [
            eventType,
            ...(target as { id: string; type: string }[]).map(({ id, type }) => `${type} ${id}`),
        ]);
        assert.deepEqual(events, [
            ["group.user_membership.add", "User 00u2", "UserGroup 00g1"],
            ["group.user_membership.remove", "User 00u0", "UserGroup 00g1"],
        ]);
    });

    it("list members in pages, each with a link to the next", async () => {
        await call("PUT", "/api/v1/groups/00g1/users/00u2");
        const found: string[] = [];
        let path: string | undefined = "/api/v1/groups/00g1/users?limit=1";
        while (path !== undefined) {
            const { body, headers } = await call("GET", path);
            assert.equal(body.length, 1);
            found.push(body[0].id);
            path = /<[^>]*(\/api[^>]*)>; rel="next"/.exec(headers.get("link") ?? "")?.[1];
        }
        assert.deepEqual(found, ["00u0", "00u1", "00u2"]);
    });

    it("are listed by user, Everyone among them", async () => {
        const { body } = await call("GET", "/api/v1/users/bob@example.com/groups");
        assert.equal(ids(body), `${await everyone()} 00g1`);
        assert.equal(ids((await call("GET", "/api/v1/users/00u2/groups")).body), await everyone());
    });

    it("forget a user who is deleted, and keep one who is suspended or deactivated", async () => {
        await call("POST", "/api/v1/users/00u0/lifecycle/suspend");
        await call("DELETE", "/api/v1/users/00u1");
        assert.equal(await members("00g1"), "00u0 00u1");
        await call("DELETE", "/api/v1/users/00u1");
        assert.equal(await members("00g1"), "00u0");
    });

    it("Everyone has everybody, and cannot be changed", async () => {
        const id = await everyone();
        assert.equal(await members(id), "00u0 00u1 00u2");
        for (const [method, path, body] of [
            ["PUT", `/api/v1/groups/${id}`, { profile: { name: "All" } }],
            ["DELETE", `/api/v1/groups/${id}`, undefined],
            ["PUT", `/api/v1/groups/${id}/users/00u0`, undefined],
            ["DELETE", `/api/v1/groups/${id}/users/00u0`, undefined],
        ] as const) {
            assert.equal((await call(method, path, body)).status, 403, `${method} ${path}`);
        }
    });

    it("answer 404 for a group or a user that there is not", async () => {
        const rows = [
            ["/api/v1/groups/00g9/users/00u0", "00g9 (UserGroup)"],
            ["/api/v1/groups/00g1/users/00u9", "00u9 (User)"],
        ] as const;
        for (const [path, what] of rows) {
            const { status, body } = await call("PUT", path);
            assert.deepEqual([status, body.errorSummary], [404, `Not found: Resource not found: ${what}`]);
        }
    });

    it("refuses a seed with a member who is not a user", async () => {
        await assert.rejects(startEmulator({ seed: { groups: [{ name: "G", members: ["x"] }] } }), {
            code: "bad-input",
            message: "the emulator's seed puts the user x into the group G, and has no such user",
        });
    });

    it("wants the scope okta.groups.manage for members", async () => {
        const accessTokens = [{ value: "reads", scopes: ["okta.groups.read"] }];
        await using okta = await startEmulator({
            seed: { users: USERS, groups: [{ id: "00g1", name: "S" }], accessTokens },
        });
        const reader = callerOf(okta, { authorization: "Bearer reads" });
        assert.equal((await reader("GET", "/api/v1/groups/00g1/users")).status, 200);
        assert.equal((await reader("PUT", "/api/v1/groups/00g1/users/00u0")).status, 403);
    });
});

describe("group rules", () => {
    const rule = (name: string, more: object = {}) => ({
        type: "group_rule",
        name,
        conditions: { expression: { type: "urn:okta:expression:1.0", value: 'user.firstName=="a"' } },
        actions: { assignUserToGroups: { groupIds: ["00g1"] } },
        ...more,
    });
    const seed = { groups: [{ id: "00g1", name: "Staff" }] };

    it("begin inactive, are turned, changed while inactive, and deleted with 202", async () => {
        await using emulator = await startEmulator({ seed });
        const call = callerOf(emulator);
        const { body } = await call("POST", "/api/v1/groups/rules", rule("R"));
        assert.match(body.id, /^0pr[0-9A-Za-z]{17}$/);
        assert.deepEqual(
            [body.status, body.allGroupsValid, body.conditions.people],
            ["INACTIVE", true, { users: { exclude: [] }, groups: { exclude: [] } }],
        );
        const path = `/api/v1/groups/rules/${body.id}`;
        assert.equal((await call("POST", `${path}/lifecycle/activate`)).status, 204);
        assert.equal((await call("GET", path)).body.status, "ACTIVE");
        assert.deepEqual(
            [(await call("PUT", path, rule("R2"))).status, (await call("DELETE", path)).status],
            [400, 400],
        );
        assert.equal((await call("POST", `${path}/lifecycle/deactivate`)).status, 204);
        assert.equal((await call("PUT", path, rule("R2"))).body.name, "R2");
        assert.equal((await call("GET", "/api/v1/groups/rules?limit=1&search=r2")).body.length, 1);
        assert.equal((await call("GET", "/api/v1/groups/rules?search=x")).body.length, 0);
        await call("DELETE", "/api/v1/groups/00g1");
        assert.equal((await call("GET", path)).body.allGroupsValid, false);
        assert.equal((await call("DELETE", `${path}?removeUsers=false`)).status, 202);
        assert.equal((await call("GET", path)).status, 404);
    });

    for (const [title, body] of [
        ["no name", rule("")],
        ["a name of 51 characters", rule("x".repeat(51))],
        ["no expression", rule("R", { conditions: {} })],
        ["no groups", rule("R", { actions: {} })],
        ["a group that there is not", rule("R", { actions: { assignUserToGroups: { groupIds: ["00g9"] } } })],
    ] as const) {
        it(`refuse ${title}`, async () => {
            await using emulator = await startEmulator({ seed });
            assert.equal((await callerOf(emulator)("POST", "/api/v1/groups/rules", body)).status, 400);
        });
    }

    const users = [
        { id: "00ua", login: "a@example.com", profile: { login: "a@example.com", department: "Sales" } },
        { id: "00ub", login: "b@example.com", profile: { login: "b@example.com", department: "IT" } },
    ];
    const applied: [value: string, members: string[]][] = [
        ['user.department=="Sales"', ["00ua"]],
        ['user.department!="Sales"', ["00ub"]],
        ['String.startsWith(user.login, "b@")', ["00ub"]],
        ['String.stringContains(user.login, "example")', ["00ua", "00ub"]],
        ['user.department=="IT" OR user.login == "a@example.com"', ["00ua", "00ub"]],
        ['user.department=="IT" AND user.login == "a@example.com"', []],
        ['isMemberOfAnyGroup("00gIt")', ["00ub"]],
        ["Arrays.contains(user.roles, 1)", []],
    ];
    for (const [value, expected] of applied) {
        it(`add the users for whom ${value} is true, once they are active`, async () => {
            const groups = [...seed.groups, { id: "00gIt", name: "IT", members: ["00ub"] }];
            await using emulator = await startEmulator({ seed: { users, groups } as never });
            const call = callerOf(emulator);
            const conditions = { expression: { type: "urn:okta:expression:1.0", value } };
            const { body } = await call("POST", "/api/v1/groups/rules", rule("R", { conditions }));
            const members = async () =>
                (await call("GET", "/api/v1/groups/00g1/users")).body.map(({ id }: { id: string }) => id);
            assert.deepEqual(await members(), []);
            await call("POST", `/api/v1/groups/rules/${body.id}/lifecycle/activate`);
            assert.deepEqual(await members(), expected);
            await call("POST", `/api/v1/groups/rules/${body.id}/lifecycle/deactivate`);
            assert.deepEqual(await members(), expected);
            await call("DELETE", `/api/v1/groups/rules/${body.id}?removeUsers=true`);
            assert.deepEqual(await members(), []);
        });
    }
});
