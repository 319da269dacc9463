import { strict as assert } from "node:assert";

import { type Emulator, startEmulator } from "../../../emulator/emulator";
import { callerOf } from "../caller";
import { jwtOf, type Keys, newKeys } from "./signing";

const TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

describe("POST /oauth2/v1/token", () => {
    const keys = { RS256: newKeys("RS256"), ES256: newKeys("ES256") };
    const stranger = newKeys("RS256");
    const scopes = ["okta.networkZones.read", "okta.networkZones.manage"];
    let emulator: Emulator;
    const nowS = () => Math.floor(Date.now() / 1000);
    before(async () => {
        const client = {
            scopes,
            keys: [
                { ...keys.ES256.jwk, kid: "k2" },
                { ...keys.RS256.jwk, kid: "k1" },
            ],
        };
        emulator = await startEmulator({
            seed: {
                oauthClients: [
                    { clientId: "0oaService", ...client },
                    { clientId: "0oaReader", ...client, access: "read-only" },
                ],
                accessTokens: [{ value: "ready-made", scopes: ["okta.policies.read"] }],
            },
        });
    });
    after(() => emulator.close());

    const ask = async (claims: object = {}, form: object = {}, signer: Keys = keys.RS256, header: object = {}) => {
        const clientId = "0oaService";
        const usual = { iss: clientId, sub: clientId, aud: `${emulator.url}/oauth2/v1/token`, exp: nowS() + 300 };
        const assertion = { ...usual, ...claims };
        const fields = {
            grant_type: "client_credentials",
            scope: "okta.networkZones.read",
            client_assertion_type: TYPE,
            client_assertion: jwtOf({ kid: signer === keys.ES256 ? "k2" : "k1", ...header }, assertion, signer),
            ...form,
        };
        const response = await fetch(`${emulator.url}/oauth2/v1/token`, {
            method: "POST",
            body: new URLSearchParams(fields),
        });
        return { status: response.status, body: (await response.json()) as Record<string, string> };
    };

    for (const algorithm of ["RS256", "ES256"] as const) {
        it(`gives a Bearer token for an hour to a client that signs with ${algorithm}`, async () => {
            const { status, body } = await ask({}, { scope: scopes.join(" ") }, keys[algorithm]);
            const { access_token: token = "", ...rest } = body;
            assert.deepEqual(
                [status, rest],
                [200, { token_type: "Bearer", expires_in: 3600, scope: scopes.join(" ") }],
            );
            assert.equal(
                (await callerOf(emulator, { authorization: `Bearer ${token}` })("GET", "/api/v1/zones")).status,
                200,
            );
        });
    }

    it("takes an aud that is a list", async () => {
        assert.equal((await ask({ aud: ["x", `${emulator.url}/oauth2/v1/token`] })).status, 200);
    });

    it("takes the form as a query, as the provider's older client sends it, and keeps no assertion", async () => {
        const claims = {
            iss: "0oaService",
            sub: "0oaService",
            aud: `${emulator.url}/oauth2/v1/token`,
            exp: nowS() + 300,
        };
        const query = new URLSearchParams({
            grant_type: "client_credentials",
            scope: "okta.networkZones.read",
            client_assertion_type: TYPE,
            client_assertion: jwtOf({ kid: "k1" }, claims, keys.RS256),
        });
        const response = await fetch(`${emulator.url}/oauth2/v1/token?${query}`, { method: "POST" });
        assert.equal(response.status, 200);
        await response.text();
        assert.match(emulator.requests.at(-1)?.path ?? "", /&client_assertion=…$/);
    });

    const rows: [
        title: string,
        claims: () => object,
        form: object,
        signer: Keys | undefined,
        status: number,
        error: string,
    ][] = [
        ["an unknown client", () => ({ iss: "0oaNobody", sub: "0oaNobody" }), {}, undefined, 401, "invalid_client"],
        ["a sub that is another's", () => ({ sub: "0oaReader" }), {}, undefined, 401, "invalid_client"],
        ["a stranger's signature", () => ({}), {}, stranger, 401, "invalid_client"],
        [
            "an assertion for another address",
            () => ({ aud: "https://acme.okta.com/oauth2/v1/token" }),
            {},
            undefined,
            401,
            "invalid_client",
        ],
        ["an expired assertion", () => ({ exp: nowS() - 1 }), {}, undefined, 401, "invalid_client"],
        ["an assertion without exp", () => ({ exp: undefined }), {}, undefined, 401, "invalid_client"],
        ["an assertion for more than an hour", () => ({ exp: nowS() + 3700 }), {}, undefined, 401, "invalid_client"],
        ["an assertion that is none", () => ({}), { client_assertion: "x" }, undefined, 401, "invalid_client"],
        ["an assertion of another type", () => ({}), { client_assertion_type: "x" }, undefined, 401, "invalid_client"],
        ["another grant", () => ({}), { grant_type: "password" }, undefined, 400, "unsupported_grant_type"],
        ["a scope that is not granted", () => ({}), { scope: "okta.users.manage" }, undefined, 400, "invalid_scope"],
        ["no scope", () => ({}), { scope: "" }, undefined, 400, "invalid_scope"],
    ];
    for (const [title, claims, form, signer, status, error] of rows) {
        it(`refuses ${title}: ${status} ${error}`, async () => {
            const { status: answered, body } = await ask(claims(), form, signer ?? keys.RS256);
            assert.deepEqual(
                [answered, Object.keys(body), body.error],
                [status, ["error", "error_description"], error],
            );
        });
    }

    it("refuses an unsigned token", async () => {
        assert.equal((await ask({}, {}, keys.RS256, { alg: "none" })).status, 401);
        assert.equal((await ask({}, {}, keys.RS256, { alg: "HS256" })).status, 401);
        assert.equal((await ask({}, {}, keys.RS256, { alg: "ES256" })).status, 401);
    });

    it("never writes an assertion down", async () => {
        await ask();
        const { body } = emulator.requests.at(-1) ?? assert.fail();
        assert.deepEqual(body, {
            grant_type: "client_credentials",
            scope: "okta.networkZones.read",
            client_assertion_type: TYPE,
        });
    });

    const calls: [scope: string, method: string, path: string, status: number][] = [
        ["okta.networkZones.read", "GET", "/api/v1/zones", 200],
        ["okta.networkZones.read", "POST", "/api/v1/zones", 403],
        ["okta.networkZones.manage", "GET", "/api/v1/zones", 403],
        ["okta.networkZones.manage", "GET", "/api/v1/policies?type=ACCESS_POLICY", 403],
        ["okta.networkZones.manage", "DELETE", "/api/v1/users/00u1/sessions", 403],
    ];
    for (const [scope, method, path, status] of calls) {
        it(`answers ${method} ${path} with the scope ${scope} with ${status}`, async () => {
            const { access_token: token } = (await ask({}, { scope })).body;
            const answer = await callerOf(emulator, { authorization: `Bearer ${token}` })(method, path);
            assert.equal(answer.status, status);
            const challenge = answer.headers.get("www-authenticate") ?? "";
            if (status === 403) {
                assert.match(challenge, /^Bearer error="insufficient_scope", .*scope="okta\.[a-zA-Z.]+"$/);
            }
            if (status === 403) assert.equal(answer.body.errorCode, "E0000006");
        });
    }

    it("refuses writes to an app with a read-only role, whatever its scopes", async () => {
        const reader = { iss: "0oaReader", sub: "0oaReader" };
        const { access_token: token } = (await ask(reader, { scope: scopes.join(" ") })).body;
        const call = callerOf(emulator, { authorization: `Bearer ${token}` });
        assert.deepEqual(
            [(await call("GET", "/api/v1/zones")).status, (await call("POST", "/api/v1/zones", {})).status],
            [200, 403],
        );
    });

    it("takes a ready-made token of the seed", async () => {
        const call = callerOf(emulator, { authorization: "Bearer ready-made" });
        assert.equal((await call("GET", "/api/v1/policies?type=ACCESS_POLICY")).status, 200);
        assert.equal((await call("GET", "/api/v1/zones")).status, 403);
    });

    it("lets a token expire after an hour: 401 with invalid_token", async () => {
        const clock = { ms: Date.now() };
        await using short = await startEmulator({
            now: () => clock.ms,
            seed: { oauthClients: [{ clientId: "0oaService", scopes, keys: [keys.RS256.jwk] }] },
        });
        const claims = { iss: "0oaService", sub: "0oaService", aud: `${short.url}/oauth2/v1/token`, exp: nowS() + 300 };
        const body = new URLSearchParams({
            grant_type: "client_credentials",
            scope: scopes.join(" "),
            client_assertion_type: TYPE,
            client_assertion: jwtOf({}, claims, keys.RS256),
        });
        const response = await fetch(`${short.url}/oauth2/v1/token`, { method: "POST", body });
        const { access_token: token } = (await response.json()) as { access_token: string };
        const call = callerOf(short, { authorization: `Bearer ${token}` });
        clock.ms += 3_599_000;
        assert.equal((await call("GET", "/api/v1/zones")).status, 200);
        clock.ms += 1_000;
        const { status, headers } = await call("GET", "/api/v1/zones");
        assert.equal(status, 401);
        assert.match(headers.get("www-authenticate") ?? "", /^Bearer error="invalid_token"/);
    });
});
