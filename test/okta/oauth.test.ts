import { strict as assert } from "node:assert";
import { createPublicKey, generateKeyPairSync, type JsonWebKey } from "node:crypto";
import { inspect } from "node:util";

import type { OktaHttpOptions } from "../../src/okta/http";
import { NOW, signal, testClient } from "./support/client";
import { openJwt, sha256 } from "./support/jwt";
import { type Asked, type Reply, type Script, serve } from "./support/scriptedServer";

const PATH = "/api/v1/zones/nzo1";
const TOKEN = "opaque-access-token-1";
const ZONES = { body: [] };

const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const PEM = privateKey.export({ format: "pem", type: "pkcs8" }).toString();

function grant(token_type: string, access_token = TOKEN, expires_in = 3600): Reply {
    return { body: { token_type, access_token, expires_in, scope: "okta.networkZones.read" } };
}

const NONCE: Reply = {
    status: 400,
    headers: { "dpop-nonce": "nonce1" },
    body: { error: "use_dpop_nonce", error_description: "Authorization server requires nonce in DPoP proof." },
};

function appAt(orgUrl: string, change: Partial<OktaHttpOptions> = {}) {
    const credential = {
        kind: "private-key",
        clientId: "0oa1",
        privateKey: PEM,
        privateKeyId: "kid1",
        scopes: ["okta.networkZones.read", "okta.networkZones.manage"],
        from: "okta:privateKey",
    } as const;
    return testClient(orgUrl, { connection: { orgUrl, credential }, ...change });
}

/** The proof in a request, its signature checked with the key in it. */
function proofIn(asked: Asked | undefined) {
    const proof = String(asked?.headers.dpop);
    return openJwt(proof, ({ jwk }) => createPublicKey({ key: jwk as JsonWebKey, format: "jwk" }));
}

function paths(asked: readonly Asked[]): string[] {
    return asked.map(({ method, path }) => `${method} ${path}`);
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
        const { header, claims } = openJwt(client_assertion ?? "", () => publicKey);
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
                "okta:privateKey: check the client id, that its public key is in the app, and that the app is active",
        });
        assert.equal(okta.asked.length, 7);
    });

    it("without a new token where the org lacks a feature", async () => {
        await using okta = await serve(grant("Bearer"), { status: 401, body: { errorCode: "E0000015" } });
        await assert.rejects(appAt(okta.url).http.request("GET", PATH, { signal }), { code: "okta-refused" });
        assert.deepEqual(paths(okta.asked), ["POST /oauth2/v1/token", `GET ${PATH}`]);
    });
});

describe("an OAuth app that gets no token", () => {
    const refused = (error: string): Script => ({ status: 400, body: { error, error_description: "Because." } });
    // URL stands for the org's address.
    const table: [because: string, reply: Script, code: string, message: string][] = [
        [
            "is told to check its key",
            { status: 401, body: { error: "invalid_client", error_description: "The client is unknown." } },
            "okta-unauthorized",
            "401 invalid_client: The client is unknown.; URL does not accept the OAuth app 0oa1 with the private key from okta:privateKey: " +
                "check the client id, the key's id, that the public key is in the app, and this machine's clock",
        ],
        [
            "is told which scopes to grant",
            refused("invalid_scope"),
            "okta-forbidden",
            "400 invalid_scope: Because.; grant the app the scopes okta.networkZones.read, okta.networkZones.manage under its Okta API Scopes, or ask for fewer",
        ],
        [
            "is told of a proof that Okta rejects",
            refused("invalid_dpop_proof"),
            "okta-unauthorized",
            "400 invalid_dpop_proof: Because.; check this machine's clock",
        ],
        [
            "hears anything else in Okta's words",
            refused("constructor"),
            "okta-refused",
            "400 constructor: Because.; check the app 0oa1",
        ],
        [
            "does not take an answer without a token for one",
            { body: { token_type: "Bearer" } },
            "okta-unreachable",
            "the answer of URL holds no token",
        ],
        ["does not take a token of another type", grant("mac"), "okta-unreachable", "the answer of URL holds no token"],
        [
            "does not take a page for an answer",
            { body: "<html>" },
            "okta-unreachable",
            "200, but the answer of URL is not JSON, so this is not Okta's API; check orgName and baseUrl",
        ],
    ];
    for (const [because, reply, code, message] of table) {
        it(because, async () => {
            await using okta = await serve(reply);
            await assert.rejects(appAt(okta.url).http.request("GET", PATH, { signal }), {
                code,
                message: `POST /oauth2/v1/token: ${message.replace("URL", okta.url)}`,
            });
            assert.equal(okta.asked.length, 1);
        });
    }

    it("asks again for the next request", async () => {
        await using okta = await serve({ status: 400, body: { error: "invalid_scope" } }, grant("Bearer"), ZONES);
        const { http } = appAt(okta.url);
        await assert.rejects(http.request("GET", PATH, { signal }), { code: "okta-forbidden" });
        assert.deepEqual((await http.request("GET", PATH, { signal })).body, []);
    });

    it("waits for the rate limit of the token endpoint", async () => {
        await using okta = await serve({ status: 429 }, grant("Bearer"), ZONES);
        const { http, slept } = appAt(okta.url);
        await http.request("GET", PATH, { signal });
        assert.deepEqual(slept, [1000]);
    });

    it("does not wait longer than its caller, nor take the token from another", async () => {
        const reason = new Error("stopping");
        const stop = new AbortController();
        const slow: Script = () => {
            stop.abort(reason);
            return grant("Bearer");
        };
        await using okta = await serve(slow, ZONES);
        const { http } = appAt(okta.url);
        const stopping = assert.rejects(http.request("GET", PATH, { signal: stop.signal }), reason);
        await http.request("GET", PATH, { signal });
        await stopping;
        assert.deepEqual(paths(okta.asked), ["POST /oauth2/v1/token", `GET ${PATH}`]);
    });

    it("does not go to another machine without TLS", async () => {
        await assert.rejects(appAt("http://okta.example.com").http.request("GET", PATH, { signal }), {
            code: "bad-input",
            message: "http://okta.example.com: OAuth needs an https URL",
        });
    });
});

describe("no error of an OAuth app shows", () => {
    const reflect = ({ headers, body }: Asked): Reply => {
        const said = `${headers.authorization} ${headers.dpop} ${decodeURIComponent(String(body))}`;
        return { status: 400, body: { error: "invalid_request", error_description: said, errorSummary: said } };
    };
    const table: [because: string, script: Script[]][] = [
        ["its assertion or its proof", [reflect]],
        ["its token", [grant("DPoP"), reflect]],
        ["a token that is a JWT", [grant("Bearer", "eyJhbGciOiJub25lIn0.eyJzdWIiOiIwb2ExIn0.c2ln"), reflect]],
    ];
    for (const [because, script] of table) {
        it(because, async () => {
            await using okta = await serve(...script);
            const error = await appAt(okta.url)
                .http.request("GET", PATH, { signal })
                .catch((error: unknown) => error);
            const shown = inspect(error, { depth: 12, showHidden: true });
            assert.match(shown, /\[hidden\]/);
            assert.doesNotMatch(shown, /eyJ|opaque-access-token/);
        });
    }
});
