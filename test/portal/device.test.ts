import { strict as assert } from "node:assert";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { BIN, start } from "../support/run";
import { ANA, LEA, openPortalScene, type PortalScene } from "./scene";

const GRANT_TYPE = "urn:ietf:params:oauth:grant-type:device_code";

describe("the portal's device flow", () => {
    let scene: PortalScene;

    before(async () => {
        scene = await openPortalScene({ config: { trustedProxies: [], allowUnroutable: true } });
    });

    after(() => scene[Symbol.asyncDispose]());

    const post = async (path: string, fields: Record<string, string>) => {
        const answer = await fetch(`${scene.url}${path}`, { method: "POST", body: new URLSearchParams(fields) });
        return { status: answer.status, body: (await answer.json()) as Record<string, string> };
    };
    const poll = (device_code = "") => post("/token", { grant_type: GRANT_TYPE, device_code });

    it("gives a token once the person has confirmed the code, and works with it", async () => {
        const { body: begun } = await post("/device_authorization", { client_id: "cli" });
        assert.match(begun.user_code ?? "", /^[A-Z]{4}-[A-Z]{4}$/);
        assert.deepEqual(await poll(begun.device_code), { status: 400, body: { error: "authorization_pending" } });
        assert.deepEqual(await poll(begun.device_code), { status: 400, body: { error: "slow_down" } });
        const ana = await signedIn(scene, ANA);
        await ana.go(String(begun.verification_uri_complete));
        assert.match(ana.page.text, new RegExp(`<p class="usercode">${begun.user_code}</p>`));
        await ana.submit("/device", { _csrf: ana.csrf(), user_code: String(begun.user_code), decision: "allow" });
        const { status, body } = await poll(begun.device_code);
        assert.equal(status, 200);
        assert.match(String(body.access_token), /^zkp_/);
        const authorization = `Bearer ${body.access_token}`;
        const me = (await (await fetch(`${scene.url}/api/v1/me`, { headers: { authorization } })).json()) as {
            user: string;
        };
        assert.equal(me.user, "00uAna");
        assert.deepEqual((await poll(begun.device_code)).body, { error: "invalid_grant" }, "a code is good once");
    });

    it("gives none where the person refuses, and none for a code that nobody gave out", async () => {
        const { body: begun } = await post("/device_authorization", {});
        const lea = await signedIn(scene, LEA);
        await lea.go(String(begun.verification_uri_complete));
        await lea.submit("/device", { _csrf: lea.csrf(), user_code: String(begun.user_code), decision: "deny" });
        assert.deepEqual((await poll(begun.device_code)).body, { error: "access_denied" });
        assert.deepEqual((await poll("junk")).body, { error: "invalid_grant" });
        assert.deepEqual((await post("/token", { grant_type: "password" })).body, { error: "unsupported_grant_type" });
    });

    for (const path of ["/device_authorization", "/token"]) {
        it(`refuses a body of ${path} that is no object`, async () => {
            for (const body of ["[null,null]", '"client_id"', "7", "true", "[]", "null"]) {
                const headers = { "content-type": "application/json" };
                const answer = await fetch(`${scene.url}${path}`, { method: "POST", headers, body });
                assert.deepEqual([answer.status, ((await answer.json()) as { code: string }).code], [400, "ZK812"]);
            }
            for (const body of ["{}", undefined]) {
                const headers = { ...(body !== undefined && { "content-type": "application/json" }) };
                const answer = await fetch(`${scene.url}${path}`, { method: "POST", headers, ...(body && { body }) });
                assert.equal(answer.status, path === "/token" ? 400 : 200);
                assert.equal(((await answer.json()) as { code?: string }).code, undefined);
            }
        });
    }

    it("lets one address wait with 100 codes, and others all the same", async () => {
        const own = await openPortalScene();
        const begin = (address: string) =>
            fetch(`${own.url}/device_authorization`, { method: "POST", headers: { "x-forwarded-for": address } });
        for (let count = 0; count < 100; count += 1) assert.equal((await begin("198.51.100.1")).status, 200);
        const full = await begin("198.51.100.1");
        assert.deepEqual([full.status, ((await full.json()) as { code: string }).code], [429, "ZK811"]);
        assert.equal((await begin("198.51.100.2")).status, 200);
        own.pass(10 * 60_000);
        assert.equal((await begin("198.51.100.1")).status, 200);
        await own[Symbol.asyncDispose]();
    });

    it("takes a confirmation from the portal's own page only", async () => {
        const { body: begun } = await post("/device_authorization", {});
        const lea = await signedIn(scene, LEA);
        const fields = { user_code: String(begun.user_code), decision: "allow" };
        await lea.submit("/device", { ...fields, _csrf: lea.csrf() }, { origin: "https://evil.example" });
        assert.equal(lea.page.status, 403);
        assert.deepEqual((await poll(begun.device_code)).body, { error: "authorization_pending" });
    });

    it("signs the command line in, which grants, extends, lists and revokes", async () => {
        const home = await mkdtemp(join(tmpdir(), "zonekeeper-home-"));
        const run = (...args: string[]) => start([BIN, ...args], { env: { HOME: home } });
        const unknown = await run("grants").ended;
        assert.deepEqual([unknown.status, /run zonekeeper login/.test(unknown.stderr)], [2, true]);
        const login = run("login", "--portal", scene.url);
        const [, link = "", code = ""] = /Open (\S+) and compare the code: (\S+)/.exec(await login.firstLine) ?? [];
        const ana = await signedIn(scene, ANA);
        await ana.go(link);
        await ana.submit("/device", { _csrf: ana.csrf(), user_code: code, decision: "allow" });
        assert.equal((await login.ended).status, 0);
        const granted = await run("grant", "payroll", "--duration", "1h", "--json").ended;
        assert.equal(granted.status, 0, granted.stderr);
        const { id, addresses } = JSON.parse(granted.stdout) as { id: string; addresses: string[] };
        assert.deepEqual(addresses, ["127.0.0.1"]);
        assert.equal((await run("extend", id, "--duration", "2h").ended).status, 0);
        const refused = await run("extend", id, "--duration", "20h").ended;
        assert.deepEqual([refused.status, /\(ZK805\): .*longer than 8 h/.test(refused.stderr)], [2, true]);
        assert.match(
            (await run("grants").ended).stdout,
            new RegExp(`^payroll  pending  from 127\\.0\\.0\\.1  until .*\\(${id}\\)\n$`),
        );
        assert.match((await run("revoke").ended).stdout, /^payroll {2}ended {2}from 127\.0\.0\.1 {2}ended at /);
        await rm(home, { recursive: true });
    }).timeout(90_000);
});

/** Somebody whose browser connects without a proxy. */
async function signedIn(scene: PortalScene, login: string) {
    const browser = scene.direct();
    await browser.signIn(scene.url, login);
    return browser;
}
