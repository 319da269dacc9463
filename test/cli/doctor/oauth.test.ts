import { strict as assert } from "node:assert";

import { APP, envOf, jwt, SCOPES } from "./app";
import { HEALTHY, openDoctorScene, POLICY, said, ZONE, zone } from "./scene";

const NOT_ASKED = "could not be checked: ";

describe("zonekeeper doctor for an OAuth app", () => {
    it("names the app, its role and its scopes", async () => {
        await using scene = await openDoctorScene({ seed: { ...HEALTHY, oauthClients: [APP] } });
        const checks = await scene.checks(["--zone", ZONE, "--policy", POLICY, "--write-test"], envOf(SCOPES));
        assert.deepEqual(
            [...checks.values()].filter(({ status }) => status !== "ok"),
            [],
        );
        assert.deepEqual(
            ["ZK106", "ZK107", "ZK108", "ZK109"].map((code) => checks.get(code)?.detail),
            [
                "the OAuth app 0oa1",
                "SUPER_ADMIN",
                SCOPES.join(", "),
                "access tokens are fetched with the app's key as they end",
            ],
        );
        assert.equal(checks.has("ZK110"), false);
    });

    it("finds an app that is bound to the zone that is written", async () => {
        for (const [network, status, detail] of [
            [{ connection: "ANYWHERE" }, "ok", "the OAuth app, usable from anywhere"],
            [
                { connection: "ZONE", include: [ZONE] },
                "fail",
                'the OAuth app works only from "Staff" (nzo1), which Zonekeeper writes',
            ],
            [
                { connection: "ZONE", include: ["ALL_IP_ZONES"] },
                "warn",
                "the OAuth app works only from any network zone (ALL_IP_ZONES), also those that Zonekeeper writes: it may lock itself out",
            ],
        ] as const) {
            const app = { id: APP.clientId, label: "Zonekeeper", settings: { oauthClient: { network } } };
            const zones = [zone(ZONE, "Staff", ["127.0.0.1/32", "203.0.113.7/32"])];
            const seed = { ...HEALTHY, zones, oauthClients: [APP], apps: [...HEALTHY.apps, app] };
            await using scene = await openDoctorScene({ seed });
            const checks = await scene.checks(["--zone", ZONE], envOf(SCOPES));
            assert.deepEqual(said(checks, "ZK110"), { status, detail });
        }
    });

    it("says which scopes were not granted, and asks no further", async () => {
        await using scene = await openDoctorScene({
            seed: { ...HEALTHY, oauthClients: [{ ...APP, scopes: SCOPES.slice(0, 1) }] },
        });
        const checks = await scene.checks(["--zone", ZONE], envOf(SCOPES));
        const { status, detail } = said(checks, "ZK108");
        assert.equal(status, "fail");
        assert.match(detail, /^POST \/oauth2\/v1\/token: 400 invalid_scope: .*; grant the app the scopes /);
        assert.deepEqual(said(checks, "ZK201"), { status: "warn", detail: `${NOT_ASKED}Okta gives the app no token` });
    });

    it("says when an access token ends", async () => {
        const exp = Math.floor(Date.now() / 1000) + 3000;
        const token = jwt({ scp: SCOPES, cid: "0oa1", exp });
        const seed = { ...HEALTHY, oauthClients: [APP], accessTokens: [{ value: token, scopes: SCOPES }] };
        await using scene = await openDoctorScene({ seed });
        const checks = await scene.checks(["--zone", ZONE], { OKTA_ACCESS_TOKEN: token });
        const detail = "the access token ends at TIME, and nothing renews it";
        assert.deepEqual(said(checks, "ZK109"), { status: "warn", detail });
    });
});
