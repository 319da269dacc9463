import { strict as assert } from "node:assert";
import { get } from "node:http";

import { type Emulator, startEmulator } from "../../../emulator/emulator";
import { athOf, jwtOf, type Keys, newKeys, proofOf } from "./signing";

const DAY_MS = 24 * 3_600_000;

describe("DPoP", () => {
    const [client, key, otherKey] = [newKeys("RS256"), newKeys("ES256"), newKeys("ES256")];
    const clock = { ms: Date.now() };
    let emulator: Emulator;
    const htu = () => `${emulator.url}/oauth2/v1/token`;
    beforeEach(async () => {
        clock.ms = Date.now();
        const oauthClients = [
            { clientId: "0oaBound", keys: [client.jwk], scopes: ["okta.networkZones.read"], isDpopBound: true },
        ];
        emulator = await startEmulator({ now: () => clock.ms, seed: { oauthClients } });
    });
    afterEach(() => emulator.close());

    const ask = async (proof: string | undefined) => {
        const claims = { iss: "0oaBound", sub: "0oaBound", aud: htu(), exp: Math.floor(clock.ms / 1000) + 300 };
        const body = new URLSearchParams({
            grant_type: "client_credentials",
            scope: "okta.networkZones.read",
            client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            client_assertion: jwtOf({}, claims, client),
        });
        const response = await fetch(htu(), {
            method: "POST",
            body,
            headers: proof === undefined ? {} : { dpop: proof },
        });
        return {
            status: response.status,
            nonce: response.headers.get("dpop-nonce"),
            body: (await response.json()) as Record<string, string>,
        };
    };
    const proof = (claims: object = {}, keys: Keys = key) =>
        proofOf(keys, { iat: Math.floor(clock.ms / 1000), ...claims });
    const nonceOf = async () => (await ask(proof({ htm: "POST", htu: htu() }))).nonce ?? assert.fail("no nonce");
    const tokenOf = async () =>
        (await ask(proof({ htm: "POST", htu: htu(), nonce: await nonceOf() }))).body.access_token ?? "";

    it("goes as recorded: no proof, a proof without a nonce, and a proof with it", async () => {
        const first = await ask(undefined);
        assert.deepEqual(
            [first.status, first.body],
            [400, { error: "invalid_dpop_proof", error_description: "The DPoP proof JWT header is missing." }],
        );
        const second = await ask(proof({ htm: "POST", htu: htu() }));
        assert.deepEqual(
            [second.status, second.body],
            [400, { error: "use_dpop_nonce", error_description: "Authorization server requires nonce in DPoP proof." }],
        );
        const third = await ask(proof({ htm: "POST", htu: htu(), nonce: second.nonce }));
        assert.deepEqual([third.status, third.body.token_type, third.body.expires_in], [200, "DPoP", 3600]);
    });

    it("gives the same nonce for 24 hours and takes an old one for 3 days", async () => {
        const nonce = await nonceOf();
        clock.ms += DAY_MS - 1;
        assert.equal(await nonceOf(), nonce);
        clock.ms += 1;
        assert.notEqual(await nonceOf(), nonce);
        clock.ms += 2 * DAY_MS - 1;
        assert.equal((await ask(proof({ htm: "POST", htu: htu(), nonce }))).status, 200);
        clock.ms += 1;
        assert.equal((await ask(proof({ htm: "POST", htu: htu(), nonce }))).body.error, "use_dpop_nonce");
    });

    const bad: [title: string, claims: (right: object) => object][] = [
        ["another method", (right) => ({ ...right, htm: "GET" })],
        ["an address with a doubled slash", (right) => ({ ...right, htu: htu().replace("/oauth2", "//oauth2") })],
        ["an address with a slash at its end", (right) => ({ ...right, htu: `${htu()}/` })],
        ["a moment six minutes ago", (right) => ({ ...right, iat: Math.floor(clock.ms / 1000) - 360 })],
        ["no moment", (right) => ({ ...right, iat: undefined })],
        ["no jti", (right) => ({ ...right, jti: undefined })],
    ];
    for (const [title, claims] of bad) {
        it(`refuses a proof with ${title}`, async () => {
            const right = { htm: "POST", htu: htu(), nonce: await nonceOf() };
            assert.equal((await ask(proof(claims(right)))).body.error, "invalid_dpop_proof");
        });
    }

    it("refuses a proof that was used before, one that shows a private key, and one of another type", async () => {
        const right = { htm: "POST", htu: htu(), nonce: await nonceOf(), iat: Math.floor(clock.ms / 1000), jti: "1" };
        const once = proof(right);
        assert.deepEqual([(await ask(once)).status, (await ask(once)).body.error], [200, "invalid_dpop_proof"]);
        const leaking = jwtOf(
            { typ: "dpop+jwt", jwk: key.privateKey.export({ format: "jwk" }) },
            { ...right, jti: "2" },
            key,
        );
        assert.equal((await ask(leaking)).body.error, "invalid_dpop_proof");
        const untyped = jwtOf({ typ: "JWT", jwk: key.jwk }, { ...right, jti: "3" }, key);
        assert.equal((await ask(untyped)).body.error, "invalid_dpop_proof");
        const forged = jwtOf({ typ: "dpop+jwt", jwk: otherKey.jwk }, { ...right, jti: "4" }, key);
        assert.equal((await ask(forged)).body.error, "invalid_dpop_proof");
    });

    describe("with an API call", () => {
        const call = async (scheme: string, token: string, dpop: string | undefined, query = "") => {
            const headers = { authorization: `${scheme} ${token}`, ...(dpop !== undefined && { dpop }) };
            const response = await fetch(`${emulator.url}/api/v1/zones${query}`, { headers });
            await response.text();
            return [response.status, /error="(\w+)"/.exec(response.headers.get("www-authenticate") ?? "")?.[1]];
        };
        const right = (token: string) => ({ htm: "GET", htu: `${emulator.url}/api/v1/zones`, ath: athOf(token) });

        it("takes the token with a proof, without a nonce, the address being that without its query", async () => {
            const token = await tokenOf();
            assert.deepEqual(await call("DPoP", token, proof(right(token)), "?limit=1"), [200, undefined]);
        });

        it("takes a proof for the address that the request names, with or without the port", async () => {
            const token = await tokenOf();
            const dpop = proof({ ...right(token), htu: "http://127.0.0.1/api/v1/zones" });
            const headers = { host: "127.0.0.1", authorization: `DPoP ${token}`, dpop };
            const { port } = new URL(emulator.url);
            const status = await new Promise((resolve) => {
                const options = { port, path: "http://127.0.0.1/api/v1/zones", headers };
                get({ host: "127.0.0.1", ...options }, (response) => resolve(response.resume().statusCode));
            });
            assert.equal(status, 200);
        });

        const refused: [title: string, scheme: string, dpop: (token: string) => string | undefined, error: string][] = [
            ["without a proof", "DPoP", () => undefined, "invalid_dpop_proof"],
            ["as a Bearer token", "Bearer", (token) => proof(right(token)), "invalid_token"],
            ["with another key's proof", "DPoP", (token) => proof(right(token), otherKey), "invalid_dpop_proof"],
            ["with the hash of another token", "DPoP", () => proof(right("other")), "invalid_dpop_proof"],
            [
                "with a proof for another path",
                "DPoP",
                (token) => proof({ ...right(token), htu: `${emulator.url}/api/v1/apps` }),
                "invalid_dpop_proof",
            ],
        ];
        for (const [title, scheme, dpop, error] of refused) {
            it(`refuses the token ${title}: 401 ${error}`, async () => {
                const token = await tokenOf();
                assert.deepEqual(await call(scheme, token, dpop(token)), [401, error]);
            });
        }

        it("wants a new jti for every attempt", async () => {
            const token = await tokenOf();
            const once = proof(right(token));
            assert.deepEqual(
                [await call("DPoP", token, once), await call("DPoP", token, once)],
                [
                    [200, undefined],
                    [401, "invalid_dpop_proof"],
                ],
            );
        });
    });
});
