import { strict as assert } from "node:assert";

import { ANA, openPortalScene, type PortalScene } from "./scene";

/** The emulator's address is known once it runs, so that the configuration gets it from the environment of the test. */
async function open(config: object = {}): Promise<PortalScene> {
    return openPortalScene({
        config: { addressFrom: "okta-log", ...config },
        withLog: true,
        seed: { accessTokens: [{ value: "a-token-for-logs", scopes: ["okta.logs.read"] }] },
        env: { LOG_TOKEN: "a-token-for-logs" },
    });
}

describe("addresses of Okta's log", () => {
    it("are granted in the place of the one that connects, and the page shows that one", async () => {
        await using scene = await open();
        scene.okta.setClientAddress("198.51.100.99");
        const ana = await scene.person(ANA, "203.0.113.7");
        assert.match(ana.page.text, /You come from <b class="address">198\.51\.100\.99<\/b>/);
        assert.match(ana.page.text, /This page sees you at <span class="address">203\.0\.113\.7<\/span>/);
        const { body: me } = await scene.api(ana, "GET", "/api/v1/me");
        assert.deepEqual([me.address, me.connection], ["198.51.100.99", "203.0.113.7"]);
        const { status, body } = await scene.api(ana, "POST", "/api/v1/grants", { access: "payroll" });
        assert.deepEqual([status, body.addresses], [201, ["198.51.100.99"]]);
    });

    it("are none where Okta saw several, and then nothing is granted", async () => {
        await using scene = await open();
        scene.okta.setClientAddress("198.51.100.99");
        const first = scene.browser();
        await first.signIn(scene.url, ANA);
        scene.okta.setClientAddress("198.51.100.55");
        const second = await scene.person(ANA);
        const { status, body } = await scene.api(second, "POST", "/api/v1/grants", { access: "payroll" });
        assert.deepEqual(
            [status, body.code, body.detail],
            [409, "ZK804", "Okta saw sign-ins of yours from several addresses at once"],
        );
    });

    it("are good for fifteen minutes after the sign-in", async () => {
        await using scene = await open({ session: { secret: "env:SESSION_SECRET", recheck: "1h" } });
        scene.okta.setClientAddress("198.51.100.99");
        const ana = await scene.person(ANA);
        scene.pass(16 * 60_000);
        const { status, body } = await scene.api(ana, "POST", "/api/v1/grants", { access: "payroll" });
        assert.equal(status, 409);
        assert.match(body.detail, /sign in again/);
    });

    it("give way to the address that connects where that is allowed", async () => {
        await using scene = await open({ addressFallback: "connection" });
        scene.okta.inject({ on: { method: "GET", path: "/api/v1/logs" }, times: 50, do: { status: 500 } });
        const ana = await scene.person(ANA, "203.0.113.7");
        const { status, body } = await scene.api(ana, "POST", "/api/v1/grants", { access: "payroll" });
        assert.deepEqual([status, body.addresses], [201, ["203.0.113.7"]]);
    }).timeout(60_000);
});
