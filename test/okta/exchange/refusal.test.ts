import { strict as assert } from "node:assert";
import { inspect } from "node:util";

import type { Credential } from "../../../src/okta/exchange/credential";
import { reasonIn, scopeFor } from "../../../src/okta/exchange/refusal";
import { API_TOKEN, signal, testClient } from "../support/client";
import { type Reply, serve } from "../support/scriptedServer";

const ZONE = "/api/v1/zones/nzo1";
const TOKEN: Credential = { kind: "api-token", apiToken: API_TOKEN, from: "OKTA_API_TOKEN" };
const ACCESS: Credential = { kind: "access-token", accessToken: "eyJraWQiOiJ4", from: "okta:accessToken" };

function said(errorCode: string, errorSummary: string, ...causes: string[]) {
    return { errorCode, errorSummary, errorCauses: causes.map((errorSummary) => ({ errorSummary })) };
}

describe("a refusal", () => {
    // URL stands for the org's address.
    const table: [
        because: string,
        path: string,
        credential: Credential,
        reply: Reply,
        code: string,
        message: string,
    ][] = [
        [
            "of the token",
            ZONE,
            TOKEN,
            {
                status: 401,
                body: { ...said("E0000011", "Invalid token provided"), errorId: "oae1" },
                headers: { "x-okta-request-id": "req1" },
            },
            "okta-unauthorized",
            "401 E0000011: Invalid token provided (errorId oae1, request id req1); URL does not accept the API token from OKTA_API_TOKEN: " +
                "it is mistyped, revoked, of another org, unused for 30 days, or its admin is deactivated; create a new one under Security > API > Tokens",
        ],
        [
            "of an access token",
            ZONE,
            ACCESS,
            { status: 401 },
            "okta-unauthorized",
            "401; URL does not accept the access token from okta:accessToken: " +
                "if okta:accessToken was changed since the last pulumi up, run pulumi up --run-program once, as the refresh " +
                "before a run uses the old one; else it has expired, or is of another org; fetch a new one",
        ],
        [
            "of a feature that the org lacks",
            "/api/v1/policies?type=ACCESS_POLICY",
            TOKEN,
            {
                status: 401,
                body: said("E0000015", "You do not have permission to access the feature you are requesting"),
            },
            "okta-refused",
            "401 E0000015: You do not have permission to access the feature you are requesting; URL lacks the feature; the credential is not the problem",
        ],
        [
            "of the role",
            ZONE,
            TOKEN,
            { status: 403, body: said("E0000006", "You do not have permission to perform the requested action") },
            "okta-forbidden",
            "403 E0000006: You do not have permission to perform the requested action; the API token from OKTA_API_TOKEN may not do this: " +
                "the admin who created it needs the role Organization Administrator; after a change of role create a new token; a token that is bound to network zones works only from inside one of them",
        ],
        [
            "of the scope",
            ZONE,
            ACCESS,
            { status: 403 },
            "okta-forbidden",
            "403; the access token from okta:accessToken may not do this: the app needs the role Organization Administrator and the scope okta.networkZones.read, granted and asked for",
        ],
        [
            "of a zone's id",
            ZONE,
            TOKEN,
            { status: 404, body: said("E0000007", "Not found: Resource not found: nzo1 (NetworkZone)") },
            "zone-missing",
            "404 E0000007: Not found: Resource not found: nzo1 (NetworkZone); check the zone's id (nzo1), and that URL is its org",
        ],
        [
            "of another id",
            "/api/v1/policies/rst1",
            TOKEN,
            { status: 404, body: said("E0000007", "Not found: Resource not found: rst1 (Policy)") },
            "okta-refused",
            "404 E0000007: Not found: Resource not found: rst1 (Policy); check the id, and that URL is the org",
        ],
        [
            "of what was sent, with every cause",
            ZONE,
            TOKEN,
            {
                status: 400,
                body: said(
                    "E0000001",
                    "Api validation failed: gateways",
                    "gateways: one is invalid",
                    "gateways: so is another",
                ),
            },
            "okta-refused",
            "400 E0000001: Api validation failed: gateways: gateways: one is invalid: gateways: so is another",
        ],
    ];
    for (const [because, path, credential, reply, code, message] of table) {
        it(because, async () => {
            await using okta = await serve(reply);
            const { http } = testClient(okta.url, { connection: { orgUrl: okta.url, credential } });
            await assert.rejects(http.request("GET", path, { signal }), {
                code,
                message: `GET ${path}: ${message.replace("URL", okta.url)}`,
            });
        });
    }
});

describe("no error of oktaHttp shows the token", () => {
    const reflected = { errorCode: API_TOKEN, errorSummary: `SSWS ${API_TOKEN} is bad`, errorId: API_TOKEN };
    const table: [because: string, reply: Reply][] = [
        ["that a 401 repeats", { status: 401, body: reflected }],
        ["that a 400 repeats", { status: 400, body: reflected }],
        ["that a 500 repeats", { status: 500, body: reflected }],
        ["that a 429 repeats", { status: 429, body: reflected }],
        ["that a long 400 cuts in two", { status: 400, body: { errorSummary: `${"x".repeat(380)} ${API_TOKEN}` } }],
        ["that a request id repeats", { status: 400, headers: { "x-okta-request-id": API_TOKEN }, body: {} }],
        ["that a page repeats", { body: `<html>${API_TOKEN}` }],
        ["that a redirect repeats", { status: 301, headers: { location: `https://${API_TOKEN}.example.com/` } }],
        ["of a lost connection", { silence: "drop" }],
        ["of a time-out", { silence: "hang" }],
    ];
    for (const [because, reply] of table) {
        it(because, async () => {
            await using okta = await serve(reply, reply, reply);
            const { http } = testClient(okta.url, { timeoutMs: 50 });
            const error = await http.request("GET", ZONE, { signal }).catch((error: unknown) => error);
            const shown = inspect(error, { depth: 12, showHidden: true }).toLowerCase();
            assert.match(shown, /get \/api\/v1\/zones\/nzo1: /);
            assert.equal(shown.includes(API_TOKEN.slice(0, 8).toLowerCase()), false, shown);
        });
    }

    it("that has an unfit character", () => {
        for (const apiToken of [`${API_TOKEN}\n`, `${API_TOKEN}ü`, ""]) {
            assert.throws(
                () =>
                    testClient("https://acme.okta.com", {
                        connection: { orgUrl: "https://acme.okta.com", credential: { kind: "api-token", apiToken } },
                    }),
                { code: "bad-input", message: "the API token is empty or has characters that no token has" },
            );
        }
    });
});

describe("reasonIn", () => {
    const table: [body: unknown, reason: string][] = [
        [undefined, "400"],
        [null, "400"],
        ["text", "400"],
        [{ errorSummary: "no code" }, "400: no code"],
        [{ errorCode: 7, errorCauses: "none" }, "400"],
        [{ errorCode: "E1", errorCauses: [null, {}, { errorSummary: "why\n not" }] }, "400 E1: why not"],
        [
            { error: "invalid_client", error_description: "The client is not known." },
            "400 invalid_client: The client is not known.",
        ],
        [{ errorSummary: "x".repeat(500) }, `400: ${"x".repeat(400)}`],
    ];
    for (const [body, reason] of table) {
        it(`reads ${JSON.stringify(body)?.slice(0, 60)}`, () => {
            assert.equal(reasonIn({ status: 400, headers: new Headers(), body }), reason);
        });
    }
});

describe("scopeFor", () => {
    const table: [method: string, path: string, scope: string | undefined][] = [
        ["GET", "/api/v1/zones?limit=200", "okta.networkZones.read"],
        ["PUT", "/api/v1/zones/nzo1", "okta.networkZones.manage"],
        ["GET", "/api/v1/policies/rst1/rules", "okta.policies.read"],
        ["GET", "/api/v1/apps", "okta.apps.read"],
        ["DELETE", "/api/v1/users/00u1/sessions", "okta.users.manage"],
        ["GET", "/.well-known/okta-organization", undefined],
        ["GET", "/api/v1/toString", undefined],
    ];
    for (const [method, path, scope] of table) {
        it(`names ${scope} for ${method} ${path}`, () => assert.equal(scopeFor(method, path), scope));
    }
});
