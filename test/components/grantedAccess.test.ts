import { strict as assert } from "node:assert";

import { GrantedAccess, type GrantedAccessArgs } from "../../components/grantedAccess";
import { type DeclaredWorld, declared, only } from "../support/declared";
import { ASSIGNMENT, DELETION_GUARD, EXISTING, MEMBERSHIP, ours, POLICY, RULE, SETTINGS, ZONE } from "./types";

const SOURCE = { type: "file", path: "grants.yaml" };
const ENTRIES = { "Zone staff": { "203.0.113.7/32": { g0: "never" } } };
const RESOLVED = {
    refused: [{ id: "g1", reason: "no room" }],
    unusable: [{ id: "g2", field: "ip", reason: "is missing" }],
};

function run(args: Partial<GrantedAccessArgs>, world: DeclaredWorld = {}, protect?: boolean) {
    const opts = protect === undefined ? {} : { protect };
    return declared(
        () => {
            const all = new GrantedAccess("staff", { zoneName: "Staff", source: SOURCE, ...args }, opts);
            const { zoneIds, policyId, ruleId, gateways, refused, unusable } = all;
            return { zoneIds, policyId, ruleId, gateways, refused, unusable };
        },
        { outputs: { [MEMBERSHIP]: { ...RESOLVED, entries: ENTRIES } }, ...world },
    );
}

describe("GrantedAccess", () => {
    it("declares the zone, its membership, the policy and its rule, each under its parent", async () => {
        const { resources } = await run({ apps: ["0oa1"] });
        assert.deepEqual(
            resources.map(({ type, name, options }) => `${type} ${name} in ${options.parent ?? "the stack"}`).sort(),
            [
                `${ASSIGNMENT} staff-0oa1 in ${ours("InZoneRule")} staff`,
                `${POLICY} staff in ${ours("InZoneRule")} staff`,
                `${RULE} staff in ${ours("InZoneRule")} staff`,
                `${EXISTING} staff in ${ours("GrantedAccess")} staff`,
                `${DELETION_GUARD} staff in ${ours("InZoneRule")} staff`,
                `${ZONE} staff in ${ours("IpZone")} staff`,
                `${SETTINGS} staff in ${ours("IpZone")} staff`,
                `${MEMBERSHIP} staff in ${ours("GrantedZone")} staff`,
                `${ours("GrantedAccess")} staff in the stack`,
                `${ours("GrantedZone")} staff in ${ours("GrantedAccess")} staff`,
                `${ours("InZoneRule")} staff in ${ours("GrantedAccess")} staff`,
                `${ours("IpZone")} staff in ${ours("GrantedZone")} staff`,
            ].sort(),
        );
    });

    it("admits only from the zones, with a rule that is created after their membership", async () => {
        const { inputs, options } = only((await run({ shards: 2 })).resources, RULE);
        assert.deepEqual(inputs, {
            name: "In zone",
            priority: 1,
            access: "ALLOW",
            networkConnection: "ZONE",
            networkIncludes: ["Zone staff", "Zone staff-2"],
            policyId: "AppSignonPolicy staff",
            factorMode: "2FA",
            reAuthenticationFrequency: "PT2H",
        });
        assert.deepEqual(options.dependencies, [
            `${POLICY} staff`,
            `${ZONE} staff`,
            `${ZONE} staff-2`,
            `${MEMBERSHIP} staff`,
        ]);
    });

    for (const [args, said] of [
        [{ policyId: "rst1" }, { policyId: "rst1", apps: [] }],
        [{ apps: ["0oa1", "0oa2"] }, { apps: ["0oa1", "0oa2"] }],
    ] as const) {
        it(`writes nothing before it is known to be there: ${JSON.stringify(args)}`, async () => {
            const { resources } = await run(JSON.parse(JSON.stringify(args)));
            const { __provider, ...inputs } = only(resources, EXISTING).inputs;
            assert.deepEqual(inputs, said);
            const [zone, rule] = [only(resources, ZONE), only(resources, RULE)];
            assert.deepEqual(zone.options.dependencies, [`${EXISTING} staff`]);
            assert.ok(rule.options.dependencies?.includes(`${ZONE} staff`));
        });
    }

    it("takes the policy of another stack", async () => {
        const outputs = { "pulumi:pulumi:StackReference": { outputs: { policyId: "rst7" } } };
        const { resources, values } = await run({ policyStack: "organization/policies/dev" }, { outputs });
        assert.equal(only(resources, EXISTING).inputs.policyId, "rst7");
        assert.deepEqual([only(resources, RULE).inputs.policyId, values.policyId], ["rst7", "rst7"]);
    });

    it("names the created policy as the zone", async () => {
        const { inputs } = only((await run({})).resources, POLICY);
        assert.deepEqual([inputs.name, inputs.catchAll], ["Staff", false]);
    });

    it("gives the rule's settings to the rule and the zone's to the zone", async () => {
        const { resources } = await run({
            policyId: "rst1",
            factorMode: "1FA",
            reauthenticateIn: "PT0S",
            proxies: ["10.1.0.0/16"],
            selector: { app: "payroll" },
        });
        const { inputs: rule } = only(resources, RULE);
        const found = [rule.policyId, rule.factorMode, rule.reAuthenticationFrequency];
        assert.deepEqual(found, ["rst1", "1FA", "PT0S"]);
        assert.deepEqual(only(resources, ZONE).inputs.proxies, ["10.1.0.0/16"]);
        const { __provider, ...membership } = only(resources, MEMBERSHIP).inputs;
        assert.deepEqual(membership, { zoneIds: ["Zone staff"], source: SOURCE, selector: { app: "payroll" } });
    });

    it("finds an existing policy by its name", async () => {
        const calls = { "okta:policy/getPolicy:getPolicy": () => ({ id: "rst7" }) };
        const { values } = await run({ policyName: "Staff only" }, { calls });
        assert.equal(values.policyId, "rst7");
    });

    it("gives everything that a stack shows", async () => {
        assert.deepEqual((await run({})).values, {
            zoneIds: ["Zone staff"],
            policyId: "AppSignonPolicy staff",
            ruleId: "AppSignonPolicyRule staff",
            gateways: [["203.0.113.7/32"]],
            ...RESOLVED,
        });
    });

    it("leaves the gateways to an agent", async () => {
        const { resources, values } = await run({ membership: "agent" });
        assert.equal(resources.filter(({ type }) => type === MEMBERSHIP).length, 0);
        assert.deepEqual(values.zoneIds, ["Zone staff"]);
        assert.deepEqual(only(resources, RULE).inputs.networkIncludes, ["Zone staff"]);
    });

    const PROTECTION = [
        { stack: "dev", expected: false },
        { stack: "prod", expected: true },
        { stack: "dev", isProtected: true, expected: true },
        { stack: "prod", isProtected: false, expected: false },
        { stack: "dev", protect: true, expected: true },
        { stack: "prod", protect: false, expected: false },
    ];
    for (const { expected, ...given } of PROTECTION) {
        it(`protects zone and policy${expected ? "" : " not"} with ${JSON.stringify(given)}`, async () => {
            const { stack, isProtected, protect } = given;
            const { resources } = await run(isProtected === undefined ? {} : { isProtected }, { stack }, protect);
            const found = [ZONE, POLICY].map((type) => only(resources, type).options.protect);
            assert.deepEqual(found, [expected, expected]);
        });
    }

    it("names zones and policy only once the expected org answers", async () => {
        const calls = { "okta:index/getOrgMetadata:getOrgMetadata": () => ({ id: "00o1" }) };
        const { resources } = await run({ orgId: "00o1", shards: 2 }, { calls });
        const names = resources.filter(({ type }) => [ZONE, POLICY].includes(type)).map(({ inputs }) => inputs.name);
        assert.deepEqual(names.sort(), ["Staff", "Staff", "Staff 2"]);
    });

    it("requires with bindToUser a member of a group of its own as well, whose id it gives to the agent", async () => {
        const { resources, values } = await declared(() => {
            const { groupId } = new GrantedAccess("staff", {
                zoneName: "Staff",
                membership: "agent",
                bindToUser: true,
            });
            return { groupId: groupId ?? "none" };
        });
        const group = only(resources, "okta:group/group:Group");
        assert.equal(group.inputs.name, "Staff");
        assert.deepEqual(only(resources, RULE).inputs.groupsIncluded, [values.groupId]);
    });

    it("refuses bindToUser where no agent keeps the members", async () => {
        await assert.rejects(run({ bindToUser: true }), /bindToUser needs membership "agent"/);
    });
});
