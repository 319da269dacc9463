import { strict as assert } from "node:assert";
import { createSecretKey } from "node:crypto";

import { type JWTPayload, SignJWT } from "jose";

import type { TestBrowser } from "./browser";
import { type Issuer, startIssuer } from "./issuer";
import { openPortalScene, type PortalScene } from "./scene";

const CLIENT = "0oaPortal";

const jsonPart = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A provider that takes any code, as often as it comes, and does not look at PKCE: what is refused, the portal refuses. */
describe("a sign-in by a provider that checks nothing", () => {
    let issuer: Issuer;
    let scene: PortalScene;
    let idToken: (nonce: string) => Promise<string> | string;
    let nonce = "";

    const signed = (claims: JWTPayload = {}, audience = CLIENT) =>
        issuer.token({ sub: "00uAna", name: "Ana", groups: ["Staff"], nonce, ...claims }, audience);

    before(async () => {
        issuer = await startIssuer(async () => idToken(nonce));
        scene = await openPortalScene({ config: { login: { issuer: issuer.url } } });
    });

    beforeEach(() => {
        idToken = () => signed();
    });

    after(async () => {
        await scene[Symbol.asyncDispose]();
        await issuer[Symbol.asyncDispose]();
    });

    /** Begins a sign-in. @returns the state that the provider is asked with */
    async function begin(browser: TestBrowser): Promise<string> {
        const { headers } = await browser.ask(`${scene.url}/login`);
        const asked = new URL(headers.get("location") ?? "").searchParams;
        nonce = asked.get("nonce") ?? "";
        return asked.get("state") ?? "";
    }

    const comeBack = (browser: TestBrowser, state: string) =>
        browser.ask(`${scene.url}/callback?${new URLSearchParams({ code: "c", state })}`);
    const isIn = async (browser: TestBrowser) => (await browser.ask(`${scene.url}/api/v1/me`)).status === 200;

    /** The cookies of a browser, in another one. */
    function copyOf(browser: TestBrowser): TestBrowser {
        const other = scene.browser();
        for (const [host, jar] of browser.cookies) other.cookies.set(host, new Map(jar));
        return other;
    }

    it("counts", async () => {
        const ana = scene.browser();
        assert.equal((await comeBack(ana, await begin(ana))).status, 303);
        assert.equal(await isIn(ana), true);
    });

    it("counts once, in the browser that has its cookie", async () => {
        const ana = scene.browser();
        const state = await begin(ana);
        const thief = copyOf(ana);
        assert.equal((await comeBack(ana, state)).status, 303);
        const again = await comeBack(thief, state);
        assert.match(again.text, /this sign-in was answered before/);
        assert.deepEqual([again.status, await isIn(thief), await isIn(ana)], [400, false, true]);
    });

    it("is refused with the state of another browser, whose token it is, too", async () => {
        const [ana, attacker] = [scene.browser(), scene.browser()];
        await begin(ana);
        const own = nonce;
        const state = await begin(attacker);
        nonce = own;
        assert.deepEqual([(await comeBack(ana, state)).status, await isIn(ana)], [400, false]);
    });

    it("is refused where its answer names another issuer", async () => {
        const ana = scene.browser();
        const state = await begin(ana);
        const mixed = new URLSearchParams({ code: "c", state, iss: "https://evil.example" });
        const { status } = await ana.ask(`${scene.url}/callback?${mixed}`);
        assert.deepEqual([status, await isIn(ana)], [400, false]);
    });

    const TOKENS: Readonly<Record<string, () => Promise<string> | string>> = {
        "of another sign-in": () => signed({ nonce: "another" }),
        "without a nonce": () => signed({ nonce: undefined }),
        "for another client": () => signed({}, "another"),
        "of another issuer": () => signed({ iss: "https://evil.example" }),
        "that has expired": () => signed({ exp: Math.floor(Date.now() / 1000) - 120 }),
        "that was issued two minutes ahead": () => signed({ iat: Math.floor(Date.now() / 1000) + 120 }),
        "that was issued two minutes ago": () => signed({ iat: Math.floor(Date.now() / 1000) - 120 }),
        "that nobody signed": async () => {
            const [, payload] = (await signed()).split(".");
            return `${jsonPart({ alg: "none" })}.${payload}.`;
        },
        "that is signed with the provider's public key as a secret": async () => {
            const [, payload = ""] = (await signed()).split(".");
            const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as JWTPayload;
            const secret = createSecretKey(Buffer.from(issuer.publicPem));
            return new SignJWT(claims).setProtectedHeader({ alg: "HS256" }).sign(secret);
        },
        "that is signed with the client's secret": async () => {
            const [, payload = ""] = (await signed()).split(".");
            const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as JWTPayload;
            const secret = createSecretKey(Buffer.from("a-client-secret-of-the-portal"));
            return new SignJWT(claims).setProtectedHeader({ alg: "HS256" }).sign(secret);
        },
        "with another signature": async () => `${(await signed()).slice(0, -20)}${"A".repeat(20)}`,
        "that was changed": async () => {
            const [header, payload = "", signature] = (await signed()).split(".");
            const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as JWTPayload;
            return [header, jsonPart({ ...claims, groups: ["Security"] }), signature].join(".");
        },
    };
    for (const [how, token] of Object.entries(TOKENS)) {
        it(`is refused with an ID token ${how}`, async () => {
            idToken = token;
            const ana = scene.browser();
            assert.deepEqual([(await comeBack(ana, await begin(ana))).status, await isIn(ana)], [400, false]);
        });
    }
});
