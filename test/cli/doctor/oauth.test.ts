import { strict as assert } from "node:assert";

import { APP, envOf, jwt, OTHER_KEY, SCOPES } from "./app";
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

    it("finds it where the seed has the app as a client alone", async () => {
        const network = { connection: "ZONE" as const, exclude: [ZONE] };
        await using scene = await openDoctorScene({ seed: { ...HEALTHY, oauthClients: [{ ...APP, network }] } });
        const detail = 'the OAuth app does not work from "Staff" (nzo1), which Zonekeeper writes';
        const checks = await scene.checks(["--zone", ZONE], envOf(SCOPES));
        assert.deepEqual(said(checks, "ZK110"), { status: "fail", detail });
    });

    const rekeyed = { keys: [{ ...OTHER_KEY, d: undefined }] };
    const outside = (zoneId: string) => ({ connection: "ZONE" as const, include: [zoneId] });
    const inside = "if it is bound to network zones, this machine has to be inside one of them";
    for (const [title, change, code, detail] of [
        [
            "of a zone in which this machine is not",
            { network: outside(ZONE) },
            "ZK110",
            new RegExp(
                `^POST /oauth2/v1/token: 403 access_denied: .*; Okta gives the app 0oa1 no token from here: ${inside}$`,
            ),
        ],
        [
            "of an inactive zone",
            { network: outside("nzo2") },
            "ZK110",
            /^POST \/oauth2\/v1\/token: 403 access_denied: /,
        ],
        ["with another key", rekeyed, "ZK101", /^POST \/oauth2\/v1\/token: 401 invalid_client: /],
    ] as const) {
        it(`fails for an app ${title}, which gets no token, and asks no further`, async () => {
            const inactive = zone("nzo2", "Old", ["127.0.0.1/32"], { status: "INACTIVE" });
            const seed = {
                ...HEALTHY,
                zones: [...HEALTHY.zones, inactive],
                oauthClients: [{ ...APP, ...change }],
            };
            await using scene = await openDoctorScene({ seed });
            const checks = await scene.checks(["--zone", ZONE], envOf(SCOPES));
            const found = said(checks, code);
            assert.equal(found.status, "fail");
            assert.match(found.detail, detail);
            assert.notEqual(said(checks, "ZK101").status, "ok");
            assert.match(
                said(checks, "ZK201").detail,
                /^could not be checked: Okta (gives the app no token|does not accept)/,
            );
            const asked = scene.okta.requests.filter(({ path }) => path === "/oauth2/v1/token").length;
            assert.ok(asked <= 2, `${asked} requests for a token`);
        });
    }

    it("fails for an app that Okta refuses a token in other words", async () => {
        const body = { error: "unauthorized_client", error_description: "The client may not use this grant type." };
        const faults = [{ on: { path: "/oauth2/v1/token" }, times: 99, do: { status: 400, body } }];
        await using scene = await openDoctorScene({ seed: { ...HEALTHY, oauthClients: [APP] }, faults });
        const checks = await scene.checks(["--zone", ZONE], envOf(SCOPES));
        const { status, detail } = said(checks, "ZK101");
        assert.equal(status, "fail");
        assert.match(detail, /400 unauthorized_client: .*; check the app 0oa1$/);
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
