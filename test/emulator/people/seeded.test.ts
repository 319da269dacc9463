import { strict as assert } from "node:assert";

import { startEmulator } from "../../../emulator/emulator";
import { callerOf } from "../caller";

const users = [
    { id: "00u1", login: "ana@example.com" },
    { id: "00u2", login: "bob@example.com" },
    { id: "00u3", login: "bob@example.org", status: "SUSPENDED" },
];

describe("users", () => {
    const found: [key: string, id: string | undefined][] = [
        ["00u2", "00u2"],
        ["ana@example.com", "00u1"],
        ["ana", "00u1"],
        ["bob", undefined],
        ["nobody@example.com", undefined],
        ["me", "00u1"],
    ];
    for (const [key, id] of found) {
        it(id === undefined ? `does not find ${key}` : `finds ${id} as ${key}`, async () => {
            await using emulator = await startEmulator({ seed: { users } });
            const { status, body } = await callerOf(emulator)("GET", `/api/v1/users/${encodeURIComponent(key)}`);
            if (id !== undefined) assert.deepEqual([status, body.id], [200, id]);
            else assert.deepEqual([status, body.errorSummary], [404, `Not found: Resource not found: ${key} (User)`]);
        });
    }

    it("shows a user in Okta's shape", async () => {
        await using emulator = await startEmulator({ seed: { users }, now: () => 0 });
        const { body } = await callerOf(emulator)("GET", "/api/v1/users/00u3");
        const { created, statusChanged, lastLogin, lastUpdated, passwordChanged, type, ...rest } = body;
        for (const moment of [created, statusChanged, lastLogin, lastUpdated, passwordChanged]) {
            assert.equal(moment, "1970-01-01T00:00:00.000Z");
        }
        assert.match(type.id, /^oty[0-9A-Za-z]{17}$/);
        assert.deepEqual(rest, {
            id: "00u3",
            status: "SUSPENDED",
            activated: null,
            profile: {
                firstName: "A",
                lastName: "User",
                mobilePhone: null,
                secondEmail: null,
                login: "bob@example.org",
                email: "bob@example.org",
            },
            credentials: { provider: { type: "OKTA", name: "OKTA" } },
            _links: rest._links,
        });
        assert.deepEqual(rest._links.self, { href: `${emulator.url}/api/v1/users/00u3` });
        const me = await callerOf(emulator)("GET", "/api/v1/users/me");
        assert.deepEqual(me.body._links, { self: { href: `${emulator.url}/api/v1/users/00u1` } });
    });

    it("clears sessions by id only: 204, an event in the log, and a login is not found", async () => {
        await using emulator = await startEmulator({ seed: { users } });
        const call = callerOf(emulator);
        assert.equal((await call("DELETE", "/api/v1/users/00u2/sessions?oauthTokens=false")).status, 204);
        assert.equal((await call("DELETE", "/api/v1/users/bob@example.com/sessions")).status, 404);
        const events = emulator.org.events.map(({ eventType, target }) => [
            eventType,
            (target as { displayName: string }[])[0]?.displayName,
        ]);
        assert.deepEqual(events, [["user.session.clear", "bob@example.com"]]);
    });
});

describe("groups", () => {
    it("finds Everyone, and those of the seed, by how a name begins", async () => {
        await using emulator = await startEmulator({ seed: { groups: [{ id: "00g1", name: "Staff" }] } });
        const call = callerOf(emulator);
        const names = async (q: string) =>
            (await call("GET", `/api/v1/groups?q=${q}`)).body.map(
                ({ profile }: { profile: { name: string } }) => profile.name,
            );
        assert.deepEqual(
            [await names("Everyone"), await names("sta"), await names("x")],
            [["Everyone"], ["Staff"], []],
        );
        assert.equal((await call("GET", "/api/v1/groups/00g1")).body.type, "OKTA_GROUP");
        assert.equal((await call("GET", "/api/v1/groups/00g9")).status, 404);
    });
});

describe("/.well-known/okta-organization", () => {
    it("answers without authorization", async () => {
        await using emulator = await startEmulator({ seed: { org: { id: "00o1", cell: "ok14" } } });
        const response = await fetch(`${emulator.url}/.well-known/okta-organization`);
        const { settings, ...body } = (await response.json()) as Record<string, unknown>;
        assert.deepEqual(
            [response.status, body],
            [200, { id: "00o1", cell: "ok14", _links: { organization: { href: emulator.url } }, pipeline: "idx" }],
        );
    });
});
