import { strict as assert } from "node:assert";
import { listApiTokens, listRoles, rolesPath } from "../../src/okta/admins";
import { unusedCredentials } from "../../src/okta/connection";
import { claimsOf } from "../../src/okta/credentials/accessToken";
import { scopeFor } from "../../src/okta/exchange/refusal";
import { readZoneChanges } from "../../src/okta/zones/zoneLog";
import { signal, testClient } from "./support/client";
import { serve } from "./support/scriptedServer";

const NOON = Date.UTC(2026, 10, 26, 12);

describe("listApiTokens", () => {
    it("reads whose they are, when they end and where they work, and never asks for the current one", async () => {
        const token = { id: "00T1", name: "sync", userId: "00u1", expiresAt: "2026-11-26T12:00:00.000Z" };
        await using okta = await serve({
            body: [
                { ...token, network: { connection: "ANYWHERE" } },
                { ...token, expiresAt: null, network: { connection: "ZONE", include: ["nzo1"] } },
                { id: "00T3", network: { connection: "ZONE", exclude: ["nzo2"] } },
            ],
        });
        const plain = { name: "sync", userId: "00u1", expiresAtMs: NOON, include: [], exclude: [] };
        assert.deepEqual(await listApiTokens(testClient(okta.url).http, signal), [
            plain,
            { ...plain, expiresAtMs: undefined, include: ["nzo1"] },
            { name: "", userId: undefined, expiresAtMs: undefined, include: [], exclude: ["nzo2"] },
        ]);
        assert.deepEqual(
            okta.asked.map(({ method, path }) => `${method} ${path}`),
            ["GET /api/v1/api-tokens"],
        );
    });
});

describe("listRoles", () => {
    it("reads the types of active roles, of users and of apps", async () => {
        const roles = [
            { type: "ORG_ADMIN", status: "ACTIVE" },
            { type: "SUPER_ADMIN", status: "INACTIVE" },
            { type: "CUSTOM" },
            { label: "something new" },
        ];
        await using okta = await serve({ body: roles }, { body: {} });
        const { http } = testClient(okta.url);
        assert.deepEqual(await listRoles(http, rolesPath({ userId: "00u1" }), signal), ["ORG_ADMIN", "CUSTOM"]);
        assert.deepEqual(await listRoles(http, rolesPath({ clientId: "0oa/1" }), signal), []);
        assert.deepEqual(
            okta.asked.map(({ path }) => path),
            ["/api/v1/users/00u1/roles", "/oauth2/v1/clients/0oa%2F1/roles"],
        );
    });

    for (const [path, scope] of [
        ["/api/v1/users/00u1/roles", "okta.roles.read"],
        ["/oauth2/v1/clients/0oa1/roles", "okta.roles.read"],
        ["/api/v1/users/me", "okta.users.read"],
        ["/oauth2/v1/token", undefined],
    ] as const) {
        it(`needs the scope ${scope} at ${path}`, () => {
            assert.equal(scopeFor("GET", path), scope);
        });
    }
});

describe("readZoneChanges", () => {
    it("asks for one page of the latest, and reads who and when", async () => {
        const event = { published: "2026-11-26T12:00:00.000Z", eventType: "zone.update" };
        const actor = { id: "00u2", displayName: "Bob", alternateId: "bob@example.com" };
        await using okta = await serve({
            body: [
                { ...event, actor, target: [{ id: "nzo1", type: "NetworkZone" }] },
                { ...event, actor: { id: "0oa1", alternateId: "app" }, target: [{ id: "nzo2" }, {}] },
                { ...event, actor: { id: "00u3" }, target: [{ id: "nzo3" }] },
                { ...event, actor: {}, target: [{ id: "nzo4" }] },
                { ...event, actor, target: null },
                null,
            ],
        });
        const range = { sinceMs: NOON - 86_400_000, untilMs: NOON };
        assert.deepEqual(await readZoneChanges(testClient(okta.url).http, range, signal), [
            { zoneId: "nzo1", atMs: NOON, actorId: "00u2", actorName: "Bob" },
            { zoneId: "nzo2", atMs: NOON, actorId: "0oa1", actorName: "app" },
            { zoneId: "nzo3", atMs: NOON, actorId: "00u3", actorName: "an unknown actor" },
        ]);
        const { searchParams } = new URL(okta.asked[0]?.path ?? "", okta.url);
        assert.deepEqual(Object.fromEntries(searchParams), {
            since: "2026-11-25T12:00:00.000Z",
            until: "2026-11-26T12:00:00.000Z",
            filter: 'eventType eq "zone.update"',
            sortOrder: "DESCENDING",
            limit: "1000",
        });
    });
});

describe("claimsOf", () => {
    const jwt = (claims: unknown) => `x.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.y`;
    const nothing = { scopes: undefined, endsAtMs: undefined, clientId: undefined };

    for (const [title, token, claims] of [
        [
            "a token of Okta's",
            jwt({ scp: ["a", "b"], exp: 1000, cid: "0oa1" }),
            { scopes: ["a", "b"], endsAtMs: 1_000_000, clientId: "0oa1" },
        ],
        ["one that says nothing", jwt({}), nothing],
        ["one that says nonsense", jwt({ scp: "a", exp: "soon", cid: 1 }), nothing],
        ["one that is a list", jwt([1]), nothing],
        ["one that is no JWT", "opaque", nothing],
        ["one that is no JSON", "x.e30x.y", nothing],
        ["nothing", "", nothing],
    ] as const) {
        it(`reads ${title}`, () => {
            assert.deepEqual(claimsOf(token), claims);
        });
    }
});

describe("unusedCredentials", () => {
    const all = { OKTA_ACCESS_TOKEN: "a", OKTA_API_TOKEN: "b", OKTA_API_PRIVATE_KEY: "c" };
    for (const [title, env, unused] of [
        ["an access token before the others", all, ["OKTA_API_TOKEN", "OKTA_API_PRIVATE_KEY"]],
        ["an API token before a private key", { ...all, OKTA_ACCESS_TOKEN: "" }, ["OKTA_API_PRIVATE_KEY"]],
        ["one alone", { OKTA_API_TOKEN: "b" }, []],
        ["none", {}, []],
    ] as const) {
        it(`counts ${title}`, () => {
            const options = {
                config: () => undefined,
                nameOf: () => undefined,
                env: { OKTA_API_CLIENT_ID: "x", ...env },
            };
            assert.deepEqual(unusedCredentials(options), unused);
        });
    }
});
