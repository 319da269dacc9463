import { strict as assert } from "node:assert";
import { inspect } from "node:util";

import { signal } from "../support/client";
import { appAt, grant, paths } from "../support/oauthApp";
import { type Asked, type Reply, type Script, serve } from "../support/scriptedServer";

const PATH = "/api/v1/zones/nzo1";
const ZONES = { body: [] };

describe("an OAuth app that gets no token", () => {
    const refused = (error: string): Script => ({ status: 400, body: { error, error_description: "Because." } });
    // URL stands for the org's address.
    const table: [because: string, reply: Script, code: string, message: string][] = [
        [
            "is told to check its key",
            { status: 401, body: { error: "invalid_client", error_description: "The client is unknown." } },
            "okta-unauthorized",
            "401 invalid_client: The client is unknown.; URL does not accept the OAuth app 0oa1 with the private key from okta:privateKey: " +
                "if okta:privateKey was changed since the last pulumi up, run pulumi up --run-program once, as the refresh " +
                "before a run uses the old one; else check the client id, the key's id, that the public key is in the app, and this machine's clock",
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
