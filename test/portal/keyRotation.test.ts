import { strict as assert } from "node:assert";

import { startIssuer } from "./issuer";
import { ADAM, ANA, LEO, openPortalScene } from "./scene";

const AUDIENCE = "https://access.example.com";

/** jose asks an issuer for its keys at most every 30 s, and openid-client every 60 s. */
const COOLDOWN_MS = 61_000;

describe("keys that are replaced", () => {
    const wallClock = Date.now;
    const passCooldown = () => {
        Date.now = () => wallClock() + COOLDOWN_MS;
    };
    afterEach(() => {
        Date.now = wallClock;
    });

    it("by the OpenID provider: sign-in and back-channel logout go on, with tokens of the new key", async () => {
        await using scene = await openPortalScene();
        const isSignedIn = async (browser: Awaited<ReturnType<typeof scene.person>>) =>
            (await browser.ask(`${scene.url}/api/v1/me`)).status === 200;
        const [ana, adam] = [await scene.person(ANA), await scene.person(ADAM)];
        await ana.ask(`${scene.okta.url}/oauth2/v1/logout`);
        assert.deepEqual([await isSignedIn(ana), await isSignedIn(adam)], [false, true]);

        assert.equal((await fetch(`${scene.okta.url}/emulator/keys`, { method: "POST" })).status, 204);
        passCooldown();
        const leo = await scene.person(LEO);
        assert.equal(await isSignedIn(leo), true);
        await leo.ask(`${scene.okta.url}/oauth2/v1/logout`);
        assert.deepEqual([await isSignedIn(leo), await isSignedIn(adam)], [false, true]);
    });

    it("by a CI system: tokens of the new key count, and those of the withdrawn one no longer", async () => {
        await using issuer = await startIssuer();
        const claims = { repository_id: "123456" };
        const workload = { name: "deploy", issuer: issuer.url, audience: AUDIENCE, claims, maxDuration: "30m" };
        await using scene = await openPortalScene({ config: { workloads: [{ ...workload, accesses: ["payroll"] }] } });
        const grant = async (token: string) => {
            const headers = { authorization: `Bearer ${token}`, "x-forwarded-for": "198.51.100.30" };
            const body = new URLSearchParams({ access: "payroll" });
            return (await fetch(`${scene.url}/api/v1/grants`, { method: "POST", headers, body })).status;
        };
        const tokenOf = (run: string) => issuer.token({ ...claims, run_id: run }, AUDIENCE);
        const withdrawn = await tokenOf("2");
        assert.equal(await grant(await tokenOf("1")), 201);

        await issuer.rotate();
        passCooldown();
        assert.deepEqual([await grant(await tokenOf("3")), await grant(withdrawn)], [201, 401]);
    });
});
