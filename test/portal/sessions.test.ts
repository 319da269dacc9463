import { strict as assert } from "node:assert";

import { SignJWT } from "jose";
import { documentOf } from "../../emulator/state/document";
import { secondsOf } from "../../emulator/state/stamp";
import { ACCESSES, ADAM, ANA, openPortalScene, type PortalScene, seedFor } from "./scene";

const OFFLINE = { scopes: ["openid", "profile", "email", "groups", "offline_access"] };

const ONLINE = { scopes: ["openid", "profile", "email", "groups"] };

const ON_LOGIN = {
    name: "vpn",
    title: "VPN",
    eligible: { groups: ["Staff"] },
    duration: { default: "1h", max: "2h" },
    grantOnLogin: true,
};

describe("sessions of the portal", () => {
    let scene: PortalScene;

    afterEach(() => scene[Symbol.asyncDispose]());

    const grants = async () => [...(await scene.store.read(new AbortController().signal)).grants.values()];
    const open = async (config: object = {}) => {
        scene = await openPortalScene({ config: { accesses: [...ACCESSES, ON_LOGIN], ...config } });
        return scene;
    };
    const withRefresh = () => ({ login: OFFLINE });

    it("grant on a sign-in that the portal's own page began, and on no other", async () => {
        await open();
        await scene.person(ANA);
        assert.deepEqual(
            (await grants()).map(({ access }) => access),
            ["vpn"],
        );
        const other = scene.browser();
        await other.go(`${scene.url}/login`);
        const fromURI = new URL(other.page.url).searchParams.get("fromURI") ?? "";
        await other.submit("/login/login.htm", { login: ANA, fromURI });
        assert.match(other.page.text, /Get for 1 h: VPN/);
        assert.equal((await grants()).length, 1);
    });

    it("ask for a refresh token by themselves, so that a click after session.recheck needs no sign-in", async () => {
        await open();
        const ana = await scene.person(ANA);
        scene.pass(16 * 60_000);
        await ana.submit("/do/grants", { _csrf: ana.csrf(), access: "payroll" });
        assert.equal(ana.page.status, 200, ana.page.text);
        assert.doesNotMatch(scene.log.join(""), /offline_access/);
    });

    it("begin without a refresh token where the provider gives this client none, and the log says so", async () => {
        const apps = (url: string) => {
            const [app] = seedFor(url).apps ?? [];
            const settings = documentOf(documentOf(app).settings);
            const oauthClient = { ...documentOf(settings.oauthClient), grant_types: ["authorization_code"] };
            return [{ label: "Zonekeeper portal", ...documentOf(app), settings: { ...settings, oauthClient } }];
        };
        scene = await openPortalScene({ seedOf: (url) => ({ apps: apps(url) }) });
        const ana = await scene.person(ANA);
        assert.match(ana.page.text, /id="summary"/);
        assert.match(scene.log.join(""), /the provider refuses offline_access to this client/);
        scene.pass(16 * 60_000);
        await ana.submit("/do/grants", { _csrf: ana.csrf(), access: "payroll" });
        assert.equal(ana.page.status, 401);
    });

    it("warn at the start where the settings leave offline_access out", async () => {
        await open({ login: ONLINE });
        assert.match(scene.log.join(""), /login\.scopes lacks offline_access/);
    });

    it("end with the sign-out, and with them what their sign-in granted, and nothing else", async () => {
        await open();
        const ana = await scene.person(ANA);
        await scene.api(ana, "POST", "/api/v1/grants", { access: "payroll" });
        await ana.go(`${scene.url}/`);
        await ana.submit("/logout", { _csrf: ana.csrf() });
        assert.equal(ana.page.url, `${scene.url}/`);
        assert.match(ana.page.text, /Sign in/);
        const ended = (await grants()).map(({ access, endedBecause }) => [access, endedBecause]);
        assert.deepEqual(ended, [
            ["vpn", "signed out"],
            ["payroll", undefined],
        ]);
    });

    it("hand what their sign-in granted on to the next one of the same person, so that nobody is out in between", async () => {
        await open();
        const ana = await scene.person(ANA);
        const [first] = await grants();
        await ana.submit("/login");
        assert.deepEqual(
            (await grants()).map(({ id, endedAtMs }) => [id === first?.id, endedAtMs]),
            [
                [true, undefined],
                [false, undefined],
            ],
        );
        await ana.go(`${scene.url}/login`);
        assert.equal(ana.page.url, `${scene.url}/`, "another site began this one");
        await ana.submit("/logout", { _csrf: ana.csrf() });
        assert.deepEqual(
            (await grants()).map(({ endedBecause }) => endedBecause),
            ["signed out", "signed out"],
        );
    });

    it("end, with what their sign-in granted, when somebody else signs in in the same browser", async () => {
        await open();
        const browser = await scene.person(ANA);
        browser.cookies.delete(new URL(scene.okta.url).host);
        await browser.signIn(scene.url, ADAM);
        assert.deepEqual(
            (await grants()).map(({ endedBecause }) => endedBecause),
            ["another person signed in"],
        );
    });

    it("end after their duration, and when nothing was asked for a while", async () => {
        await open();
        const ana = await scene.person(ANA);
        scene.pass(2 * 3_600_000 + 1);
        assert.equal((await ana.ask(`${scene.url}/api/v1/me`)).status, 401);
    });

    it("have to be renewed by a sign-in before something is granted, where there is no refresh token", async () => {
        await open({ login: ONLINE });
        const ana = await scene.person(ANA);
        scene.pass(16 * 60_000);
        const answer = await scene.api(ana, "POST", "/api/v1/grants", { access: "payroll" });
        assert.deepEqual([answer.status, answer.body.code], [401, "ZK801"]);
        assert.equal((await scene.api(ana, "GET", "/api/v1/me")).status, 200, "the session lasts");
    });

    it("ask the provider again by the refresh token, and take the groups of now", async () => {
        await open(withRefresh());
        const ana = await scene.person(ANA);
        await scene.api(ana, "POST", "/api/v1/grants", { access: "payroll" });
        scene.pass(16 * 60_000);
        assert.equal((await scene.api(ana, "POST", "/api/v1/grants", { access: "payroll" })).status, 201);
        await fetch(`${scene.okta.url}/api/v1/groups/00gStaff/users/00uAna`, { method: "DELETE", headers: ADMIN });
        scene.pass(16 * 60_000);
        assert.equal((await scene.api(ana, "POST", "/api/v1/grants", { access: "payroll" })).status, 403);
        const reasons = (await grants()).map(({ endedBecause }) => endedBecause);
        assert.deepEqual([...new Set(reasons)], ["no longer eligible"]);
    });

    it("end when the provider refuses to renew them, with what their sign-in granted", async () => {
        await open(withRefresh());
        const ana = await scene.person(ANA);
        await scene.api(ana, "POST", "/api/v1/grants", { access: "payroll" });
        await fetch(`${scene.okta.url}/api/v1/users/00uAna/lifecycle/suspend`, { method: "POST", headers: ADMIN });
        scene.pass(16 * 60_000);
        assert.equal((await scene.api(ana, "POST", "/api/v1/grants", { access: "payroll" })).status, 401);
        assert.equal((await ana.ask(`${scene.url}/api/v1/me`)).status, 401);
        const ended = (await grants()).map(({ access, endedBecause }) => [access, endedBecause]);
        assert.deepEqual(ended, [
            ["vpn", "the provider refused to renew the sign-in"],
            ["payroll", undefined],
        ]);
    });

    it("go on while the provider is away: nobody new gets in, and nothing ends", async () => {
        await open(withRefresh());
        const ana = await scene.person(ANA);
        await scene.api(ana, "POST", "/api/v1/grants", { access: "payroll" });
        scene.okta.inject({ on: { method: "POST", path: "/oauth2/v1/token" }, times: 100, do: { status: 503 } });
        scene.pass(16 * 60_000);
        const answer = await scene.api(ana, "POST", "/api/v1/grants", { access: "payroll" });
        assert.deepEqual([answer.status, answer.body.code], [503, "ZK809"]);
        const me = await scene.api(ana, "GET", "/api/v1/me");
        assert.equal(me.status, 200);
        assert.deepEqual(
            (await grants()).map(({ endedAtMs }) => endedAtMs),
            [undefined, undefined],
        );
    });

    it("end when the person signs out at the provider (back-channel logout)", async () => {
        await open();
        const ana = await scene.person(ANA);
        await ana.ask(`${scene.okta.url}/oauth2/v1/logout`);
        assert.equal((await ana.ask(`${scene.url}/api/v1/me`)).status, 401);
        assert.equal((await grants())[0]?.endedBecause, "signed out at the provider");
    });

    it("are ended by no token that is not the provider's own logout token", async () => {
        await open();
        const ana = await scene.person(ANA);
        const now = secondsOf(scene.now());
        const event = { "http://schemas.openid.net/event/backchannel-logout": {} };
        const good = {
            iss: scene.okta.url,
            aud: "0oaPortal",
            iat: now,
            exp: now + 60,
            jti: "j1",
            sub: "00uAna",
            events: event,
        };
        const key = new TextEncoder().encode("x".repeat(32));
        const tokens = [
            "junk",
            "",
            await new SignJWT(good).setProtectedHeader({ alg: "HS256" }).sign(key),
            `${Buffer.from('{"alg":"none"}').toString("base64url")}.${Buffer.from(JSON.stringify(good)).toString("base64url")}.`,
        ];
        for (const logout_token of tokens) {
            const answer = await fetch(`${scene.url}/backchannel-logout`, {
                method: "POST",
                body: new URLSearchParams({ logout_token }),
            });
            assert.equal(answer.status, 400);
        }
        assert.equal((await scene.api(ana, "GET", "/api/v1/me")).status, 200);
    });
});

const ADMIN = { authorization: "SSWS any", "content-type": "application/json" };
