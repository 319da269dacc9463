import { strict as assert } from "node:assert";

import { call } from "../scene";
import { APP, jwt, SCOPES } from "./app";
import { type Check, HEALTHY, openDoctorScene, said, TWO_ADMINS, ZONE } from "./scene";

const NOT_ASKED = "could not be checked: ";

describe("zonekeeper doctor goes on", () => {
    it("with one failure where there is no Okta, and asks no further", async () => {
        const { status, out, err } = await call(["doctor", "--okta", "http://127.0.0.1:1", "--zone", ZONE, "--json"]);
        const { checks } = JSON.parse(out) as { checks: Check[] };
        assert.deepEqual([status, err], [1, []]);
        const failed = checks.filter((check) => check.status === "fail");
        assert.deepEqual(
            failed.map(({ code }) => code),
            ["ZK103"],
        );
        assert.match(
            failed[0]?.detail ?? "",
            /^GET \/\.well-known\/okta-organization: no answer from http:\/\/127\.0\.0\.1:1/,
        );
        const warned = checks.filter((check) => check.status === "warn");
        assert.ok(warned.length > 15);
        for (const { detail, remedy } of warned) {
            assert.deepEqual([detail, remedy], [`${NOT_ASKED}Okta cannot be reached`, "See to ZK103 first."]);
        }
    });

    it("past one request that fails, and not past a second", async () => {
        await using scene = await openDoctorScene();
        scene.okta.inject({ on: { path: "/roles" }, times: 3, do: { status: 500 } });
        const once = await scene.checks(["--zone", ZONE]);
        assert.deepEqual([once.get("ZK107")?.status, once.get("ZK301")?.status], ["warn", "ok"]);
        scene.okta.inject({ on: { path: "/roles" }, times: 3, do: { status: 500 } });
        scene.okta.inject({ on: { path: "/api-tokens" }, times: 3, do: { status: 500 } });
        const twice = await scene.checks(["--zone", ZONE]);
        assert.deepEqual(said(twice, "ZK301"), { status: "warn", detail: `${NOT_ASKED}Okta cannot be reached` });
    });

    for (const [scope, codes] of [
        ["okta.policies.read", ["ZK301", "ZK302", "ZK303", "ZK304", "ZK305", "ZK306", "ZK307", "ZK308"]],
        ["okta.apps.read", ["ZK110", "ZK304", "ZK305"]],
        ["okta.logs.read", ["ZK602"]],
        ["okta.roles.read", []],
    ] as const) {
        it(`without the scope ${scope}, and says that it is needed`, async () => {
            const scopes = SCOPES.filter((name) => name !== scope);
            const seed = { ...HEALTHY, accessTokens: [{ value: jwt({ scp: scopes, cid: "0oa1" }), scopes }] };
            await using scene = await openDoctorScene({ seed: { ...seed, oauthClients: [APP] } });
            const checks = await scene.checks(["--zone", ZONE], {
                OKTA_ACCESS_TOKEN: jwt({ scp: scopes, cid: "0oa1" }),
            });
            const needing = [...checks.values()].filter(({ detail }) =>
                detail.startsWith(`${NOT_ASKED}needs the scope ${scope}, or a role that may read /`),
            );
            const expected = scope === "okta.roles.read" ? ["ZK107"] : codes;
            assert.deepEqual(needing.map(({ code }) => code).sort(), [...expected]);
            assert.equal(
                needing.every(({ status }) => status === "warn"),
                true,
            );
            const lacking = `enough for zones; to see the rest the doctor lacks ${scope}`;
            assert.deepEqual(said(checks, "ZK108"), { status: "warn", detail: lacking });
        });
    }

    it("without a scope for zones, which is a failure", async () => {
        const scopes = ["okta.networkZones.read", ...SCOPES.slice(2)];
        const token = jwt({ scp: scopes, cid: "0oa1" });
        const seed = { ...HEALTHY, oauthClients: [APP], accessTokens: [{ value: token, scopes }] };
        await using scene = await openDoctorScene({ seed });
        const checks = await scene.checks(["--zone", ZONE], { OKTA_ACCESS_TOKEN: token });
        assert.deepEqual(said(checks, "ZK108"), { status: "fail", detail: "lacks okta.networkZones.manage" });
    });

    it("with its own account's tokens, and no other's", async () => {
        const theirs = {
            value: "00tOtHeRaDmIn",
            userId: "00u2",
            expiresAt: new Date(Date.now() + 1000_000).toISOString(),
        };
        const tokens = [...HEALTHY.tokens, { ...theirs, network: { connection: "ZONE" as const, include: [ZONE] } }];
        await using scene = await openDoctorScene({ seed: { ...TWO_ADMINS, tokens } });
        const checks = await scene.checks(["--zone", ZONE]);
        assert.deepEqual([checks.get("ZK109")?.status, checks.get("ZK110")?.status], ["ok", "ok"]);
    });

    it("with few calls left, and says how many policies it looked at", async () => {
        await using scene = await openDoctorScene({ rateLimit: 16, seed: { ...HEALTHY, policies: [], apps: [] } });
        const { detail } = said(await scene.checks(["--zone", ZONE]), "ZK301");
        assert.equal(detail, '"Staff" (nzo1): none of the 3 policies looked at, of 5, has a rule that names it');
        assert.equal(scene.okta.requests.filter(({ status }) => status === 429).length, 0);
    });
});
