import { strict as assert } from "node:assert";
import { createPublicKey, type JsonWebKey } from "node:crypto";

import { NOW, signal } from "../support/client";
import { openJwt, sha256 } from "../support/jwt";
import { APP_KEY, appAt, grant, paths, TOKEN } from "../support/oauthApp";
import { type Asked, type Reply, serve } from "../support/scriptedServer";

const PATH = "/api/v1/zones/nzo1";
const ZONES = { body: [] };

const NONCE: Reply = {
    status: 400,
    headers: { "dpop-nonce": "nonce1" },
    body: { error: "use_dpop_nonce", error_description: "Authorization server requires nonce in DPoP proof." },
};

/** The proof in a request, its signature checked with the key in it. */
function proofIn(asked: Asked | undefined) {
    const proof = String(asked?.headers.dpop);
    return openJwt(proof, ({ jwk }) => createPublicKey({ key: jwk as JsonWebKey, format: "jwk" }));
}

describe("an OAuth app asks for a token", () => {
    it("with an assertion signed by its key, and its scopes", async () => {
        await using okta = await serve(grant("Bearer"), ZONES);
        await appAt(okta.url).http.request("GET", PATH, { signal });
        const { headers, body } = okta.asked[0] ?? assert.fail("not asked");
        const { client_assertion, ...form } = Object.fromEntries(new URLSearchParams(String(body)));
        assert.match(headers["content-type"] ?? "", /^application\/x-www-form-urlencoded/);
        assert.deepEqual(form, {
            grant_type: "client_credentials",
            scope: "okta.networkZones.read okta.networkZones.manage",
            client_id: "0oa1",
            client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        });
        const { header, claims } = openJwt(client_assertion ?? "", () => APP_KEY);
        assert.deepEqual(header, { alg: "RS256", kid: "kid1" });
        const { jti, ...rest } = claims;
        assert.equal(typeof jti, "string");
        const iat = NOW / 1000;
        assert.deepEqual(rest, {
            aud: `${okta.url}/oauth2/v1/token`,
            iss: "0oa1",
            sub: "0oa1",
            iat,
            nbf: iat,
            exp: iat + 300,
        });
    });

    it("with a proof of possession, and again with the nonce that Okta demands", async () => {
        await using okta = await serve(NONCE, grant("DPoP"), ZONES);
        await appAt(okta.url).http.request("GET", PATH, { signal });
        const [first, second] = [proofIn(okta.asked[0]), proofIn(okta.asked[1])];
        assert.deepEqual(
            { typ: first.header.typ, htm: first.claims.htm, htu: first.claims.htu, iat: first.claims.iat },
            { typ: "dpop+jwt", htm: "POST", htu: `${okta.url}/oauth2/v1/token`, iat: NOW / 1000 },
        );
        assert.deepEqual([first.claims.nonce, second.claims.nonce], [undefined, "nonce1"]);
        assert.notEqual(first.claims.jti, second.claims.jti);
        assert.notEqual(okta.asked[0]?.body, okta.asked[1]?.body);
    });
});

describe("an OAuth app calls the API", () => {
    it("with a bearer token where it got one", async () => {
        await using okta = await serve(grant("Bearer"), ZONES);
        await appAt(okta.url).http.request("GET", PATH, { signal });
        const { authorization, dpop, accept, "user-agent": agent } = okta.asked[1]?.headers ?? {};
        assert.deepEqual(
            { authorization, dpop, accept, agent },
            { authorization: `Bearer ${TOKEN}`, dpop: undefined, accept: "application/json", agent: "zonekeeper" },
        );
    });

    it("with a bound token and a fresh proof for each attempt, without a nonce", async () => {
        await using okta = await serve(NONCE, grant("DPoP"), { status: 429 }, { body: { id: "nzo1" } });
        const answer = await appAt(okta.url).http.request("PUT", `${PATH}?x=1`, { signal, body: { name: "é" } });
        assert.deepEqual(answer.body, { id: "nzo1" });
        const [tried, tried2] = [proofIn(okta.asked[2]), proofIn(okta.asked[3])];
        const { jti, ...claims } = tried2.claims;
        assert.deepEqual(claims, { htm: "PUT", htu: okta.url + PATH, iat: NOW / 1000 + 1, ath: sha256(TOKEN) });
        assert.notEqual(jti, tried.claims.jti);
        assert.deepEqual(tried.header.jwk, proofIn(okta.asked[1]).header.jwk);
        const { headers, body } = okta.asked[3] ?? assert.fail("not asked");
        assert.deepEqual(
            { authorization: headers.authorization, type: headers["content-type"], body },
            { authorization: `DPoP ${TOKEN}`, type: "application/json", body: { name: "é" } },
        );
    });

    it("with one token for all, until shortly before it ends", async () => {
        await using okta = await serve(
            grant("Bearer"),
            ZONES,
            ZONES,
            ZONES,
            grant("Bearer", "opaque-access-token-2"),
            ZONES,
        );
        const { http, pass } = appAt(okta.url);
        await Promise.all([http.request("GET", PATH, { signal }), http.request("GET", PATH, { signal })]);
        pass(3_540_000 - 1);
        await http.request("GET", PATH, { signal });
        pass(1);
        await http.request("GET", PATH, { signal });
        assert.deepEqual(
            okta.asked.map(({ headers }) => headers.authorization),
            [
                undefined,
                `Bearer ${TOKEN}`,
                `Bearer ${TOKEN}`,
                `Bearer ${TOKEN}`,
                undefined,
                "Bearer opaque-access-token-2",
            ],
        );
    });

    it("with a new token, once, where Okta no longer accepts the old one", async () => {
        const challenge = { "www-authenticate": 'DPoP error="invalid_token", error_description="expired"' };
        const stale: Reply = { status: 401, headers: challenge, body: { errorCode: "E0000011" } };
        await using okta = await serve(
            grant("DPoP"),
            stale,
            grant("DPoP", "opaque-access-token-2"),
            ZONES,
            stale,
            grant("DPoP"),
            stale,
        );
        const { http } = appAt(okta.url);
        await http.request("PUT", PATH, { signal, body: {} });
        assert.equal(okta.asked[3]?.headers.authorization, "DPoP opaque-access-token-2");
        await assert.rejects(http.request("GET", PATH, { signal }), {
            code: "okta-unauthorized",
            message:
                `GET ${PATH}: 401 E0000011; ${okta.url} does not accept the OAuth app 0oa1 with the private key from ` +
                "okta:privateKey: if okta:privateKey was changed since the last pulumi up, run pulumi up --run-program once, " +
                "as the refresh before a run uses the old one; else check the client id, that its public key is in the app, and that the app is active",
        });
        assert.equal(okta.asked.length, 7);
    });

    it("without a new token where the org lacks a feature", async () => {
        await using okta = await serve(grant("Bearer"), { status: 401, body: { errorCode: "E0000015" } });
        await assert.rejects(appAt(okta.url).http.request("GET", PATH, { signal }), { code: "okta-refused" });
        assert.deepEqual(paths(okta.asked), ["POST /oauth2/v1/token", `GET ${PATH}`]);
    });
});
