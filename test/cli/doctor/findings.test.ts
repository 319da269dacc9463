import { strict as assert } from "node:assert";

import { codeNamed } from "../../../src/core/errors/codes";
import type { CodeName } from "../../../src/core/errors/codeTable";
import { ACCESS } from "./access";
import { BEFORE } from "./before";
import { GRANTS, LIMITS } from "./grants";
import { POLICIES } from "./policies";
import { openDoctorScene, POLICY, ZONE } from "./scene";
import type { SickScene } from "./sickScene";
import { ZONES } from "./zones";

const GRANTED = JSON.stringify({ grants: [{ id: "g1", ip: "203.0.113.7", permanent: true }] });

describe("zonekeeper doctor", () => {
    it("finds nothing where nothing is wrong, and asks little", async () => {
        await using scene = await openDoctorScene({ grants: GRANTED });
        const checks = await scene.checks(["--zone", ZONE, "--policy", POLICY, "--source", "grants.yaml"]);
        assert.deepEqual(
            [...checks.values()].filter(({ status }) => status !== "ok"),
            [],
        );
        // ThreatInsight is there where the emulated org has its configuration.
        assert.equal([...checks.keys()].filter((code) => code !== "ZK309").length, 37);
        const asked = scene.okta.requests.map(
            ({ method, path }) => `${method} ${path.replace(/\?since.*/, "?…").replace(/\/00p\w+/, "/SESSIONS")}`,
        );
        assert.deepEqual(asked, [
            "GET /.well-known/okta-organization",
            "GET /api/v1/users/me",
            "GET /api/v1/users/00u1/roles",
            "GET /api/v1/api-tokens",
            "GET /api/v1/zones?limit=200",
            "GET /api/v1/policies/rst1",
            "GET /api/v1/policies/rst1/rules",
            "GET /api/v1/apps?limit=200",
            "GET /api/v1/policies?type=OKTA_SIGN_ON",
            "GET /api/v1/policies/SESSIONS/rules",
            "GET /api/v1/threats/configuration",
            "GET /api/v1/zones/nzo1",
            "GET /api/v1/logs?…",
        ]);
    });

    for (const each of [...ACCESS, ...ZONES, ...BEFORE, ...POLICIES, ...GRANTS, ...LIMITS]) {
        it(`finds ${each.title}: ${each.code}`, () => assertFound(each));
    }

    it("prints exactly the promised keys, a code's own name, and a remedy where there is something to do", async () => {
        await using scene = await openDoctorScene({ aheadMs: 40_000 });
        const checks = [...(await scene.checks([])).values()];
        for (const check of checks) {
            assert.deepEqual(Object.keys(check), ["code", "name", "status", "detail", "remedy"]);
            assert.equal(codeNamed(check.name as CodeName).code, check.code);
            assert.equal(check.remedy === "", check.status === "ok");
        }
        assert.equal(checks.find(({ status }) => status !== "ok")?.remedy, codeNamed("clock-wrong").remedy);
    });

    it("finds the rules that name the zone by itself, in every policy", async () => {
        await using scene = await openDoctorScene();
        const checks = await scene.checks(["--zone", ZONE]);
        assert.equal(checks.get("ZK301")?.detail, 'the rule "In zone" of "Staff access" (rst1)');
        assert.equal(checks.has("ZK306"), false);
    });
});

async function assertFound({
    title,
    flags = ["--zone", ZONE],
    env,
    code,
    status,
    detail,
    besides = [],
    ...options
}: SickScene) {
    await using scene = await openDoctorScene(options);
    const checks = await scene.checks(flags, env);
    const { name, ...found } = checks.get(code) ?? assert.fail(`${title}: no check ${code}`);
    assert.deepEqual({ status: found.status, detail: found.detail.replace(/\(\/.*\//, "(DIR/") }, { status, detail });
    assert.notEqual(found.remedy, "", name);
    const { requests } = scene.okta;
    assert.deepEqual(
        requests.filter(({ method, path }) => method !== "GET" || path.includes("current")),
        [],
    );
    const others = [...checks.values()].filter((check) => check.status !== "ok" && check.code !== code);
    assert.deepEqual(others.map((check) => check.code).sort(), [...besides].sort());
}
