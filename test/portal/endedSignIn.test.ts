import { strict as assert } from "node:assert";

import { secondsOf } from "../../emulator/state/stamp";
import type { TestBrowser } from "./browser";
import { type Issuer, startIssuer } from "./issuer";
import { openPortalScene, type PortalScene } from "./scene";

/** How a provider, or an admin at it, ends all sign-ins of Ana. */
type End = (issuer: Issuer, scene: PortalScene) => Promise<Response>;

const EVENT = { "http://schemas.openid.net/event/backchannel-logout": {} };

const ENDS: Readonly<Record<string, End>> = {
    "a back-channel logout of her sub": async (issuer, { url }) => {
        const logout_token = await issuer.token({ sub: "00uAna", events: EVENT }, "0oaPortal");
        return fetch(`${url}/backchannel-logout`, { method: "POST", body: new URLSearchParams({ logout_token }) });
    },
    "a Global Token Revocation by issuer and sub": (issuer, scene) =>
        revoke(issuer, scene, { format: "iss_sub", iss: issuer.url, sub: "00uAna" }),
    "a Global Token Revocation by e-mail address": (issuer, scene) =>
        revoke(issuer, scene, { format: "email", email: "Ana@example.com" }),
};

async function revoke(issuer: Issuer, { url }: PortalScene, sub_id: object): Promise<Response> {
    const bearer = await issuer.token({ sub: undefined }, `${url}/global-token-revocation`);
    return fetch(`${url}/global-token-revocation`, {
        method: "POST",
        headers: { authorization: `Bearer ${bearer}`, "content-type": "application/json" },
        body: JSON.stringify({ sub_id }),
    });
}

describe("a sign-in that is under way", () => {
    let issuer: Issuer;
    let scene: PortalScene;
    let claims: Readonly<Record<string, unknown>>;

    before(async () => {
        const ana = { sub: "00uAna", name: "Ana", email: "ana@example.com", email_verified: true, groups: [] };
        issuer = await startIssuer(() => issuer.token({ ...ana, ...claims }, "0oaPortal"));
        scene = await openPortalScene({ config: { login: { issuer: issuer.url } } });
    });

    beforeEach(() => {
        // Later than what the test before has ended.
        scene.pass(1);
    });

    after(async () => {
        await scene[Symbol.asyncDispose]();
        await issuer[Symbol.asyncDispose]();
    });

    /** Sends the browser to the provider. @returns what the provider was asked */
    async function leave(browser: TestBrowser): Promise<URLSearchParams> {
        const { headers } = await browser.ask(`${scene.url}/login`);
        return new URL(headers.get("location") ?? "").searchParams;
    }

    const comeBack = (browser: TestBrowser, asked: URLSearchParams) =>
        browser.ask(`${scene.url}/callback?${new URLSearchParams({ code: "c", state: asked.get("state") ?? "" })}`);
    const nonceOf = (asked: URLSearchParams) => ({ nonce: asked.get("nonce") });
    const isIn = async (browser: TestBrowser) => (await browser.ask(`${scene.url}/api/v1/me`)).status === 200;

    for (const [how, end] of Object.entries(ENDS)) {
        it(`is stopped by ${how}, and the next one goes through`, async () => {
            const [browser, other] = [scene.browser(), scene.browser()];
            const asked = await leave(browser);
            const ended = await end(issuer, scene);
            assert.ok(ended.ok, await ended.text());
            claims = nonceOf(asked);
            const answer = await comeBack(browser, asked);
            assert.deepEqual([answer.status, await isIn(browser)], [400, false]);
            assert.match(answer.text, /the provider has ended this sign-in already: sign in again/i);
            scene.pass(1);
            const again = await leave(other);
            claims = nonceOf(again);
            assert.equal((await comeBack(other, again)).status, 303);
            assert.equal(await isIn(other), true);
        });
    }

    it("has to log in anew at the provider where its login there is from before the end", async () => {
        const end = ENDS["a back-channel logout of her sub"] as End;
        await end(issuer, scene);
        scene.pass(1);
        const browser = scene.browser();
        const asked = await leave(browser);
        const old = { auth_time: secondsOf(Date.now()) - 3600 };
        claims = { ...nonceOf(asked), ...old };
        const answer = await comeBack(browser, asked);
        const again = new URL(answer.headers.get("location") ?? "");
        assert.deepEqual([asked.get("prompt"), again.searchParams.get("prompt")], [null, "login"]);
        assert.equal(await isIn(browser), false);
        claims = { ...nonceOf(again.searchParams), ...old };
        const refused = await comeBack(browser, again.searchParams);
        assert.deepEqual([refused.status, await isIn(browser)], [400, false], "the provider did not ask");
    });
});
