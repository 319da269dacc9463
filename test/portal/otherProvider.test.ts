import { strict as assert } from "node:assert";
import { freePort } from "../support/freePort";

import type { TestBrowser } from "./browser";
import { startCertifiedProvider } from "./certifiedProvider";
import { openPortalScene } from "./scene";

const MINUTE = 60_000;

/** jose asks an issuer for its keys at most every 30 s, and openid-client every 60 s. */
const COOLDOWN_MS = 61_000;

async function openScene(outgoing?: typeof fetch) {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const provider = await startCertifiedProvider(() => url);
    const scopes = ["openid", "profile", "groups", "offline_access"];
    const login = { issuer: provider.url, clientId: "portal", scopes, userClaim: "login" };
    const config = { url, listen: `127.0.0.1:${port}`, login };
    const scene = await openPortalScene({ config, ...(outgoing !== undefined && { fetch: outgoing }) });
    return {
        url,
        provider,
        scene,
        async ana(): Promise<TestBrowser> {
            const browser = scene.browser();
            await browser.go(`${url}/`);
            await browser.submit("/login");
            return browser;
        },
        state: () => scene.store.read(new AbortController().signal),
        async [Symbol.asyncDispose]() {
            await scene[Symbol.asyncDispose]();
            await provider[Symbol.asyncDispose]();
        },
    };
}

const isSignedIn = async (url: string, browser: TestBrowser) => (await browser.ask(`${url}/api/v1/me`)).status === 200;

describe("the portal with another certified provider", () => {
    /** Provider and portal are in this process. */
    const wallClock = Date.now;
    let aheadMs = 0;
    const pass = (ms: number) => {
        aheadMs += ms;
        Date.now = () => wallClock() + aheadMs;
    };
    afterEach(() => {
        aheadMs = 0;
        Date.now = wallClock;
    });

    it("signs in by discovery, PKCE and userinfo, and grants under the claim that names the user", async () => {
        await using other = await openScene();
        const browser = await other.ana();
        assert.equal(browser.page.url, `${other.url}/`, browser.page.text.slice(0, 500));
        await browser.submit("/do/grants", { _csrf: browser.csrf(), access: "payroll" });
        const [grant] = (await other.state()).grants.values();
        assert.deepEqual(
            [grant?.holder.user, grant?.holder.iss, grant?.holder.sub],
            ["ana@example.com", other.provider.url, "ana"],
        );
    });

    it("does not believe an answer of another issuer", async () => {
        await using other = await openScene();
        const browser = other.scene.browser();
        const begun = await browser.ask(`${other.url}/login`);
        const state = new URL(begun.headers.get("location") ?? "").searchParams.get("state") ?? "";
        const mixed = new URLSearchParams({ code: "x", state, iss: "https://evil.example" });
        const answer = await browser.ask(`${other.url}/callback?${mixed}`, { headers: { accept: "application/json" } });
        assert.deepEqual([answer.status, JSON.parse(answer.text).code], [400, "ZK810"]);
        assert.match(JSON.parse(answer.text).detail, /^the sign-in is not believed: .*iss/);
    });

    it("grants after session.recheck by the refresh token, again and again", async () => {
        await using other = await openScene();
        const ana = await other.ana();
        for (const access of ["payroll", "payroll"]) {
            pass(16 * MINUTE);
            await ana.submit("/do/grants", { _csrf: ana.csrf(), access });
            assert.equal(ana.page.status, 200, ana.page.text);
        }
        const { grants, people } = await other.state();
        assert.equal(grants.size, 2);
        assert.ok(Date.now() - ([...people.values()][0]?.checkedAtMs ?? 0) < MINUTE);
    });

    it("ends a session that the provider refuses to renew, and grants nothing", async () => {
        await using other = await openScene();
        const ana = await other.ana();
        await other.provider.revoke();
        assert.equal(await isSignedIn(other.url, ana), true, "nobody has asked the provider yet");
        pass(16 * MINUTE);
        await ana.submit("/do/grants", { _csrf: ana.csrf(), access: "payroll" });
        assert.equal(ana.page.status, 401);
        assert.equal(await isSignedIn(other.url, ana), false);
        assert.equal((await other.state()).grants.size, 0);
    });

    /** Confirms what the provider asks at a sign-out. */
    const confirm = async (browser: TestBrowser) => {
        const { text } = browser.page;
        const action = /<form id="op\.logoutForm" method="post" action="([^"]+)"/.exec(text)?.[1];
        const xsrf = /name="xsrf" value="([^"]+)"/.exec(text)?.[1];
        assert.ok(action && xsrf, text.slice(0, 500));
        await browser.submit(action, { xsrf, logout: "yes" });
    };

    it("signs out at the provider too, which leads back without a question about the client", async () => {
        await using other = await openScene();
        const ana = await other.ana();
        await ana.submit("/logout", { _csrf: ana.csrf() });
        assert.equal(await isSignedIn(other.url, ana), false);
        const at = new URL(ana.page.url);
        assert.equal(at.origin, other.provider.url);
        assert.ok(at.searchParams.has("id_token_hint"));
        await confirm(ana);
        assert.equal(ana.page.url, `${other.url}/`, ana.page.text.slice(0, 500));
        assert.match(ana.page.text, /Sign in/);
    });

    it("ends the session by the logout token of the provider, and the one of no other browser", async () => {
        await using other = await openScene();
        const [ana, elsewhere] = [await other.ana(), await other.ana()];
        await ana.go(`${other.provider.url}/session/end`);
        await confirm(ana);
        assert.deepEqual([await isSignedIn(other.url, ana), await isSignedIn(other.url, elsewhere)], [false, true]);
        assert.match(other.scene.log.join(""), /session ended .*signed out at the provider/);
    });

    it("follows a key that the provider replaces, at sign-in and at a back-channel logout", async () => {
        await using other = await openScene();
        await other.ana();
        await other.provider.rotate();
        pass(COOLDOWN_MS);
        const ana = await other.ana();
        assert.equal(await isSignedIn(other.url, ana), true, ana.page.text.slice(0, 800));
        await ana.go(`${other.provider.url}/session/end`);
        await confirm(ana);
        assert.equal(await isSignedIn(other.url, ana), false);
    });

    const SKEWS: Readonly<Record<string, readonly [seconds: number, detail: RegExp | undefined]>> = {
        "30 s ahead": [30, undefined],
        "30 s behind": [-30, undefined],
        "5 minutes ahead": [300, /the provider's token was issued (299|300) s after the time of this portal/],
        "5 minutes behind": [-300, /the provider's token was issued (300|301) s before the time of this portal/],
    };
    for (const [how, [seconds, detail]] of Object.entries(SKEWS)) {
        it(`${detail === undefined ? "signs in" : "does not sign in"} by a provider whose clock is ${how}`, async () => {
            // The provider's clock counts while it makes the tokens, and the portal's before and after.
            const skewed: typeof fetch = async (input, init) => {
                const isToken = String(input instanceof Request ? input.url : input).endsWith("/token");
                if (!isToken) return fetch(input, init);
                pass(seconds * 1000);
                const answer = await fetch(input, init);
                const text = await answer.text();
                pass(-seconds * 1000);
                return new Response(text, { status: answer.status, headers: answer.headers });
            };
            await using other = await openScene(skewed);
            const ana = await other.ana();
            assert.equal(await isSignedIn(other.url, ana), detail === undefined, ana.page.text.slice(0, 800));
            if (detail !== undefined) assert.match(other.scene.log.join(""), detail);
        });
    }
});
