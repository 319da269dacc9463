import { strict as assert } from "node:assert";
import { createHmac, createPublicKey, type KeyObject } from "node:crypto";

import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { type Issuer, startIssuer } from "./issuer";
import { ANA, openPortalScene, type PortalScene } from "./scene";

const AUDIENCE = "https://access.example.com";
const CLAIMS = { repository_id: "123456", environment: "production" };

describe("tokens of workloads", () => {
    let issuer: Issuer;
    let scene: PortalScene;

    before(async () => {
        issuer = await startIssuer();
        const workload = {
            name: "deploy",
            issuer: issuer.url,
            audience: AUDIENCE,
            accesses: ["payroll"],
            maxDuration: "30m",
        };
        const allowed = { repository_id: "123456", environment: ["production", "staging"] };
        scene = await openPortalScene({ config: { workloads: [{ ...workload, claims: allowed }] } });
    });

    after(async () => {
        await scene[Symbol.asyncDispose]();
        await issuer[Symbol.asyncDispose]();
    });

    const call = async (
        token: string,
        method = "POST",
        path = "/api/v1/grants",
        body: object = { access: "payroll" },
    ) => {
        const answer = await fetch(`${scene.url}${path}`, {
            method,
            headers: {
                authorization: `Bearer ${token}`,
                "x-forwarded-for": "198.51.100.30",
                ...(method !== "GET" && method !== "DELETE" && { "content-type": "application/json" }),
            },
            ...(method !== "GET" && method !== "DELETE" && { body: JSON.stringify(body) }),
        });
        return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
    };

    it("grants to a run from its present address, for the longest time at most", async () => {
        const token = await issuer.token({ ...CLAIMS, run_id: "1" }, AUDIENCE);
        assert.equal((await call(token, "POST", "/api/v1/grants", { access: "payroll", duration: "1h" })).status, 422);
        const { status, body } = await call(token);
        assert.equal(status, 201);
        assert.deepEqual(
            [body.addresses, body.workload, body.run, body.user],
            [["198.51.100.30"], "deploy", "1", undefined],
        );
        assert.equal(Date.parse(String(body.expiresAt)) - Date.parse(String(body.startsAt)), 1_800_000);
        assert.equal((await call(token, "DELETE", `/api/v1/grants/${body.id}`)).status, 200);
    });

    it("lets a token create once, also beside itself", async () => {
        const token = await issuer.token({ ...CLAIMS, run_id: "2" }, AUDIENCE);
        const statuses = (await Promise.all([call(token), call(token), call(token)])).map(({ status }) => status);
        assert.deepEqual(statuses.sort(), [201, 409, 409]);
    });

    it("remembers a token for a day at most, whenever it says that it expires", async () => {
        const token = await issuer.token({ ...CLAIMS, run_id: "6", exp: 1e300 }, AUDIENCE);
        assert.equal((await call(token)).status, 201);
        const { used } = await scene.store.read(new AbortController().signal);
        const until = [...used].flatMap(([key, { untilMs }]) => (key.startsWith("jti") ? [untilMs] : []));
        assert.ok(Math.max(...until) <= scene.now() + 86_400_000 + 300_000, String(until));
        assert.equal((await call(token)).status, 409);
    });

    it("lets no run see or end the grant of another", async () => {
        const [first, second] = [
            await issuer.token({ ...CLAIMS, run_id: "3" }, AUDIENCE),
            await issuer.token({ ...CLAIMS, run_id: "4" }, AUDIENCE),
        ];
        const { body } = await call(first);
        assert.equal((await call(second, "DELETE", `/api/v1/grants/${body.id}`)).status, 404);
        assert.deepEqual((await call(second, "GET", "/api/v1/grants")).body, { grants: [] });
    });

    it("lets a workload grant for nobody else", async () => {
        const token = await issuer.token({ ...CLAIMS, run_id: "5" }, AUDIENCE);
        const asked = { access: "payroll", user: "00uAna", address: "203.0.113.1", reason: "x" };
        assert.equal((await call(token, "POST", "/api/v1/grants", asked)).status, 403);
        assert.equal((await call(token, "POST", "/api/v1/grants", { access: "production" })).status, 403);
    });

    const NOW = () => Math.floor(Date.now() / 1000);
    const WRONG: Readonly<Record<string, () => Promise<string>>> = {
        "is no JWT": async () => "not-a-token",
        "is of another issuer": () => issuer.token({ ...CLAIMS, run_id: "9", iss: "https://evil.example" }, AUDIENCE),
        "is of the issuer with a slash": () => issuer.token({ ...CLAIMS, iss: `${issuer.url}/` }, AUDIENCE),
        "is for another audience": () => issuer.token({ ...CLAIMS, run_id: "9" }, "https://other.example"),
        "is of another repository": () => issuer.token({ ...CLAIMS, repository_id: "123457" }, AUDIENCE),
        "has a list in the place of a claim": () => issuer.token({ ...CLAIMS, repository_id: ["123456"] }, AUDIENCE),
        "lacks a claim": () => issuer.token({ repository_id: "123456" }, AUDIENCE),
        "is of an environment that is not listed": () => issuer.token({ ...CLAIMS, environment: "prod" }, AUDIENCE),
        "has expired": () => issuer.token({ ...CLAIMS, iat: NOW() - 900, exp: NOW() - 300 }, AUDIENCE),
        "is of the future": () => issuer.token({ ...CLAIMS, nbf: NOW() + 600, iat: NOW() + 600 }, AUDIENCE),
        "names its run by no text": () => issuer.token({ ...CLAIMS, run_id: { a: 1 } }, AUDIENCE),
        "has no jti": () => issuer.token({ ...CLAIMS, jti: undefined }, AUDIENCE),
        "has a jti of no text": () => issuer.token({ ...CLAIMS, jti: null }, AUDIENCE),
        "has a jti that is a number": () => issuer.token({ ...CLAIMS, jti: 7 }, AUDIENCE),
        "has an empty jti": () => issuer.token({ ...CLAIMS, jti: "" }, AUDIENCE),
        "has a sub of no text": () => issuer.token({ ...CLAIMS, sub: { a: 1 } }, AUDIENCE),
        "has an empty sub": () => issuer.token({ ...CLAIMS, sub: "" }, AUDIENCE),
        "has a sub of 1,001 characters": () => issuer.token({ ...CLAIMS, sub: "x".repeat(1_001) }, AUDIENCE),
        "names its run by 201 characters": () => issuer.token({ ...CLAIMS, run_id: "x".repeat(201) }, AUDIENCE),
        "is too old, however late it expires": () =>
            issuer.token({ ...CLAIMS, iat: NOW() - 7200, exp: NOW() + 7200 }, AUDIENCE),
        "is signed with nothing": async () => unsigned(await issuer.token(CLAIMS, AUDIENCE)),
        "is signed with HS256 and the public key": async () =>
            signedWithPublicKey(await issuer.token(CLAIMS, AUDIENCE), createPublicKey(issuer.publicPem)),
        "is signed with a key of somebody else": async () => foreign(issuer.url),
    };
    for (const [how, make] of Object.entries(WRONG)) {
        it(`are refused where one ${how}`, async () => {
            const { status, body } = await call(await make());
            assert.deepEqual([status, body.code], [401, "ZK801"], JSON.stringify(body));
        });
    }

    const HOUR = 3_600;
    /** Of a run that was granted something when its token was new: what the token can do `age` seconds after it was issued. */
    const AGES: Readonly<
        Record<string, readonly [age: number, expiresIn: number, grants: number, lists: number, ends: number]>
    > = {
        "59 minutes": [HOUR - 60, HOUR, 201, 200, 200],
        "three hours": [3 * HOUR, HOUR, 401, 200, 200],
        "23 hours": [23 * HOUR, HOUR, 401, 200, 200],
        "25 hours": [25 * HOUR, HOUR, 401, 401, 401],
        "three hours, and it has expired": [3 * HOUR, -300, 401, 401, 401],
    };
    for (const [how, [age, expiresIn, grants, lists, ends]] of Object.entries(AGES)) {
        it(`of an age of ${how}: a new grant is ${grants}, the list ${lists}, the end of the run's grant ${ends}`, async () => {
            const run = { ...CLAIMS, run_id: `age ${how}` };
            const { body } = await call(await issuer.token(run, AUDIENCE));
            const old = await issuer.token({ ...run, iat: NOW() - age, exp: NOW() + expiresIn }, AUDIENCE);
            const found = [
                await call(old),
                await call(old, "GET"),
                await call(old, "DELETE", `/api/v1/grants/${body.id}`),
            ];
            const changed = await call(old, "PATCH", `/api/v1/grants/${body.id}`, { duration: "10m" });
            assert.deepEqual(
                [...found.map(({ status }) => status), changed.status === 401],
                [grants, lists, ends, grants === 401],
            );
        });
    }

    it("of three hours ends no grant of another run", async () => {
        const { body } = await call(await issuer.token({ ...CLAIMS, run_id: "of another" }, AUDIENCE));
        const old = await issuer.token(
            { ...CLAIMS, run_id: "old", iat: NOW() - 3 * HOUR, exp: NOW() + HOUR },
            AUDIENCE,
        );
        assert.equal((await call(old, "DELETE", `/api/v1/grants/${body.id}`)).status, 404);
    });

    it("are not those of the OpenID provider", async () => {
        const ana = await scene.person(ANA);
        assert.ok(ana);
        const { access_token: access, id_token: id } = await oktaTokens(scene);
        for (const token of [access, id]) assert.equal((await call(token)).status, 401);
    });
});

function part(value: object): string {
    return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function unsigned(token: string): string {
    const [, claims = ""] = token.split(".");
    return `${part({ alg: "none" })}.${claims}.`;
}

function signedWithPublicKey(token: string, key: KeyObject): string {
    const [, claims = ""] = token.split(".");
    const signed = `${part({ alg: "HS256", typ: "JWT" })}.${claims}`;
    const secret = key.export({ type: "spki", format: "pem" });
    return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
}

async function foreign(issuer: string): Promise<string> {
    const { privateKey, publicKey } = await generateKeyPair("RS256");
    const { n, e } = await exportJWK(publicKey);
    return new SignJWT({ ...CLAIMS, jti: "x", sub: "s" })
        .setProtectedHeader({ alg: "RS256", jwk: { kty: "RSA", n: String(n), e: String(e) } })
        .setIssuer(issuer)
        .setAudience(AUDIENCE)
        .setIssuedAt()
        .setExpirationTime("5m")
        .sign(privateKey);
}

/** Tokens that the emulator gives to another client of the same org. */
async function oktaTokens({
    okta,
    url,
}: PortalScene): Promise<{ readonly access_token: string; readonly id_token: string }> {
    const authorize = `/oauth2/v1/authorize?${new URLSearchParams({
        client_id: "0oaPortal",
        response_type: "code",
        scope: "openid groups",
        redirect_uri: `${url}/callback`,
        state: "s",
    })}`;
    const form = (fields: Record<string, string>, headers: Record<string, string> = {}) => ({
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
        body: String(new URLSearchParams(fields)),
        redirect: "manual" as const,
    });
    const login = await fetch(`${okta.url}/login/login.htm`, form({ login: ANA, fromURI: authorize }));
    const cookie = (login.headers.getSetCookie()[0] ?? "").split(";")[0] ?? "";
    const back = await fetch(`${okta.url}${authorize}`, { headers: { cookie }, redirect: "manual" });
    const code = new URL(back.headers.get("location") ?? "").searchParams.get("code") ?? "";
    const basic = Buffer.from("0oaPortal:a-client-secret-of-the-portal").toString("base64");
    const fields = { grant_type: "authorization_code", code, redirect_uri: `${url}/callback` };
    const answer = await fetch(`${okta.url}/oauth2/v1/token`, form(fields, { authorization: `Basic ${basic}` }));
    return (await answer.json()) as { access_token: string; id_token: string };
}
