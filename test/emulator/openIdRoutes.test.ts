import { strict as assert } from "node:assert";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { type Emulator, startEmulator } from "../../emulator/emulator";

const REDIRECT = "https://app.example.com/callback";
const SECRET = "a-client-secret";
const VERIFIER = "v".repeat(43);

const SEED = {
    users: [{ id: "00uAna", login: "ana@example.com", profile: { firstName: "Ana", lastName: "Anders" } }],
    groups: [{ name: "Staff", members: ["ana@example.com"] }],
    apps: [
        {
            id: "0oaApp",
            label: "App",
            signOnMode: "OPENID_CONNECT",
            credentials: { oauthClient: { client_id: "0oaApp", client_secret: SECRET } },
            settings: { oauthClient: { redirect_uris: [REDIRECT] } },
        },
    ],
};

const AUTHORIZE = {
    client_id: "0oaApp",
    redirect_uri: REDIRECT,
    response_type: "code",
    scope: "openid profile groups",
    state: "s",
    nonce: "n",
    code_challenge: createHash("sha256").update(VERIFIER).digest("base64url"),
    code_challenge_method: "S256",
};

/** Requests that come to no sign-in: what they answer, and the error or the place that it leads to. */
const AUTHORIZE_ROWS: Readonly<Record<string, readonly [change: object, status: number, says: RegExp]>> = {
    "another client": [{ client_id: "0oaOther" }, 400, /client_id/],
    "an address that is not listed": [{ redirect_uri: "https://evil.example/" }, 400, /redirect_uri/],
    "another kind of answer": [{ response_type: "token" }, 302, /error=unsupported_response_type/],
    "prompt=none, and nobody has signed in": [{ prompt: "none" }, 302, /error=login_required.*state=s$/],
    "nobody has signed in": [{}, 302, /^\/login\/login\.htm\?fromURI=%2Foauth2%2Fv1%2Fauthorize/],
};

const TOKEN_ROWS: Readonly<Record<string, readonly [change: object, status: number, error: string]>> = {
    "another secret": [{ client_secret: "wrong" }, 401, "invalid_client"],
    "another code": [{ code: "wrong" }, 400, "invalid_grant"],
    "another verifier": [{ code_verifier: "w".repeat(43) }, 400, "invalid_grant"],
    "another address": [{ redirect_uri: "https://app.example.com/other" }, 400, "invalid_grant"],
};

describe("the emulator as an OpenID provider", () => {
    let okta: Emulator;
    before(async () => {
        okta = await startEmulator({ idSeed: "openid", seed: SEED });
    });
    after(() => okta.close());

    const authorize = (change: object, headers: Record<string, string> = {}) =>
        fetch(`${okta.url}/oauth2/v1/authorize?${new URLSearchParams({ ...AUTHORIZE, ...change })}`, {
            headers,
            redirect: "manual",
        });

    async function codeOf(): Promise<string> {
        const fromURI = `/oauth2/v1/authorize?${new URLSearchParams(AUTHORIZE)}`;
        const body = new URLSearchParams({ login: "ana@example.com", fromURI });
        const signedIn = await fetch(`${okta.url}/login/login.htm`, { method: "POST", body, redirect: "manual" });
        const [cookie = ""] = (signedIn.headers.get("set-cookie") ?? "").split(";");
        const { headers } = await authorize({}, { cookie });
        return new URL(headers.get("location") ?? "").searchParams.get("code") ?? "";
    }

    const redeem = (code: string, change: object = {}) => {
        const form = { grant_type: "authorization_code", code, redirect_uri: REDIRECT, code_verifier: VERIFIER };
        const body = new URLSearchParams({ ...form, client_id: "0oaApp", client_secret: SECRET, ...change });
        return fetch(`${okta.url}/oauth2/v1/token`, { method: "POST", body });
    };

    const userinfo = (token: string) =>
        fetch(`${okta.url}/oauth2/v1/userinfo`, { headers: { authorization: `Bearer ${token}` } });

    it("has every route that docs/emulator.md lists", async () => {
        const page = readFileSync(join(__dirname, "../../docs/emulator.md"), "utf8").split("## An OpenID provider")[1];
        const listed = [...(page ?? "").matchAll(/`(GET|POST) (\/[\w./-]+)`/g)];
        assert.equal(listed.length, 11);
        for (const [, method = "", path = ""] of listed) {
            const { status } = await fetch(`${okta.url}${path}`, { method, redirect: "manual" });
            assert.notEqual(status, 404, `${method} ${path}`);
        }
    });

    for (const [name, [change, status, says]] of Object.entries(AUTHORIZE_ROWS)) {
        it(`authorize, ${name}: ${status}`, async () => {
            const answer = await authorize(change);
            assert.equal(answer.status, status);
            assert.match(answer.headers.get("location") ?? (await answer.text()), says);
        });
    }

    for (const [name, [change, status, error]] of Object.entries(TOKEN_ROWS)) {
        it(`token, ${name}: ${status} ${error}`, async () => {
            const answer = await redeem(await codeOf(), change);
            assert.deepEqual([answer.status, ((await answer.json()) as { error: string }).error], [status, error]);
        });
    }

    it("redeems a code once, tells claims by the token, and none after it was revoked", async () => {
        const code = await codeOf();
        const first = await redeem(code);
        const { access_token: token } = (await first.json()) as { access_token: string };
        assert.deepEqual([first.status, (await redeem(code)).status], [200, 400]);
        const claims = (await (await userinfo(token)).json()) as Record<string, unknown>;
        assert.deepEqual([claims.sub, claims.name, claims.groups], ["00uAna", "Ana Anders", ["Everyone", "Staff"]]);
        const body = new URLSearchParams({ token, client_id: "0oaApp", client_secret: SECRET });
        assert.equal((await fetch(`${okta.url}/oauth2/v1/revoke`, { method: "POST", body })).status, 200);
        assert.deepEqual([(await userinfo(token)).status, (await userinfo("made-up")).status], [401, 401]);
    });
});
