import { strict as assert } from "node:assert";

import { ACCESSES, ANA, LEA, openPortalScene, type PortalScene } from "./scene";

describe("the portal's page while the OpenID provider is away", () => {
    let scene: PortalScene;
    let isAway = false;

    before(async () => {
        const outgoing: typeof fetch = (input, init) => {
            if (!isAway) return fetch(input, init);
            return Promise.reject(Object.assign(new TypeError("fetch failed"), { cause: { code: "ECONNREFUSED" } }));
        };
        scene = await openPortalScene({ config: { accesses: ACCESSES }, fetch: outgoing });
    });

    after(() => scene[Symbol.asyncDispose]());

    it("says so to who signs in, and to who clicks and has to be looked at again; what somebody has stays, and can be given back", async () => {
        const ana = await scene.person(ANA);
        const { body: grant } = await scene.api(ana, "POST", "/api/v1/grants", { access: "payroll" });
        scene.pass(16 * 60_000);
        isAway = true;
        const lea = scene.browser();
        await lea.go(`${scene.url}/`);
        await lea.submit("/login");
        const fromURI = new URL(lea.page.url).searchParams.get("fromURI") ?? "";
        await lea.submit("/login/login.htm", { login: LEA, fromURI });
        assert.equal(lea.page.status, 503);
        assert.match(lea.page.text, /the OpenID provider cannot be used now/);
        await ana.go(`${scene.url}/`);
        assert.match(ana.page.text, /You have Payroll/);
        await ana.submit("/do/grants", { _csrf: ana.csrf(), access: "payroll" });
        assert.equal(ana.page.status, 503);
        assert.match(ana.page.text, /the OpenID provider cannot be used now/);
        const { body } = await scene.api(ana, "GET", "/api/v1/grants");
        assert.deepEqual(
            body.grants.map(({ id, endedAt }: { id: string; endedAt?: string }) => [id, endedAt]),
            [[grant.id, undefined]],
        );
        assert.equal((await scene.api(ana, "DELETE", `/api/v1/grants/${grant.id}`)).status, 200);
        isAway = false;
        await lea.go(`${scene.url}/login`);
        assert.match(lea.page.text, /Lea Lead/);
    });
});
