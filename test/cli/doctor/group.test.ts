import { strict as assert } from "node:assert";

import type { Seed } from "../../../emulator/seed";
import { TOKEN } from "../scene";
import { HEALTHY, openDoctorScene, policy, rule, said, ZONE } from "./scene";

const GROUP = "00gAdmitted";
const BOUND = rule("In zone", undefined, {
    conditions: { network: { connection: "ZONE", include: [ZONE] }, people: { groups: { include: [GROUP] } } },
});
const SEED = {
    ...HEALTHY,
    users: [
        ...HEALTHY.users,
        { id: "00u2", login: "bo@example.com" },
        { id: "00u3", login: "sam@example.com", status: "SUSPENDED" },
    ],
    groups: [{ id: GROUP, name: "Admitted", members: ["ana@example.com"] }],
    policies: [policy(BOUND)],
} as unknown as Seed;
const grant = (id: string, user: string | undefined) => ({
    id,
    ip: "203.0.113.7",
    permanent: true,
    ...(user && { user }),
});

/** What the doctor says of a configuration with a group, by code. */
async function checksOf(seed: object, grants: readonly object[], group = GROUP) {
    await using scene = await openDoctorScene({
        seed: { ...SEED, ...seed } as Seed,
        grants: JSON.stringify({ grants }),
    });
    await scene.write("agent.json", {
        okta: { url: scene.okta.url },
        zones: [ZONE],
        group,
        source: { type: "file", path: "grants.yaml" },
        listen: "127.0.0.1:1",
        state: "state",
    });
    return await scene.checks(["--config", "agent.json"], { OKTA_API_TOKEN: TOKEN });
}

describe("zonekeeper doctor --config, with a group", () => {
    it("is content with a group for this alone, a rule that asks for it, and members with a grant", async () => {
        const checks = await checksOf({}, [grant("g-1", "ana@example.com")]);
        const wrong = [...checks.values()].filter(({ status, code }) => status !== "ok" && code !== "ZK701");
        assert.deepEqual(wrong, []);
        assert.equal(said(checks, "ZK406").detail, "1 user granted, all in the group");
        assert.match(said(checks, "ZK501").detail, /; for groups \d+ of \d+ calls/);
    });

    it("finds a group of the wrong kind, one that a group rule fills, and one that is not there", async () => {
        const builtIn = await checksOf({ groups: [{ id: GROUP, name: "Admitted", type: "BUILT_IN" }] }, []);
        assert.match(said(builtIn, "ZK211").detail, /is of type BUILT_IN/);
        const gone = await checksOf({}, [], "00gGone");
        assert.deepEqual(said(gone, "ZK211").status, "fail");
        assert.match(said(gone, "ZK211").detail, /there is no group 00gGone/);
    });

    it("finds a rule that lets in from the zone without the group", async () => {
        const open = rule("In zone", { connection: "ZONE", include: [ZONE] });
        const checks = await checksOf({ policies: [policy(open)] }, []);
        const detail = `the rule "In zone" of "Staff access" (rst1) lets in everybody who is inside the zone: it does not ask for the group ${GROUP}`;
        assert.deepEqual(said(checks, "ZK311"), { status: "fail", detail });
    });

    it("finds users who are not there, not active or no members, members without a grant, and grants without a user", async () => {
        const all = [
            grant("g-2", "bo@example.com"),
            grant("g-3", "sam@example.com"),
            grant("g-4", "eva@example.com"),
            grant("g-5", undefined),
        ];
        const checks = await checksOf({}, all);
        const { status, detail } = said(checks, "ZK406");
        assert.equal(status, "fail");
        assert.match(detail, /sam@example\.com \(g-3\) is SUSPENDED/);
        assert.match(detail, /Okta has no user eva@example\.com \(g-4\)/);
        assert.match(detail, /granted and not in the group: bo@example\.com/);
        assert.match(detail, /in the group without a grant: ana@example\.com/);
        assert.match(said(checks, "ZK402").detail, /g-5: user is missing/);
    });
});
