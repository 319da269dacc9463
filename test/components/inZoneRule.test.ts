import { strict as assert } from "node:assert";
import { RunError } from "@pulumi/pulumi";

import { InZoneRule, type InZoneRuleArgs } from "../../components/inZoneRule";
import { type Declared, type DeclaredWorld, declared, only } from "../support/declared";
import { ASSIGNMENT, DELETION_GUARD, ours, POLICY, RULE, SESSION_RULE } from "./types";

const SELF = `${ours("InZoneRule")} staff`;

/** What every rule says, whatever its policy. */
const IN_ZONE = {
    name: "In zone",
    priority: 1,
    access: "ALLOW",
    networkConnection: "ZONE",
    networkIncludes: ["nzo1", "nzo2"],
};

function run(args: Partial<InZoneRuleArgs>, world: DeclaredWorld = {}, protect?: boolean) {
    const opts = protect === undefined ? {} : { protect };
    return declared(() => {
        const { policyId, ruleId } = new InZoneRule("staff", { zoneIds: ["nzo1", "nzo2"], ...args }, opts);
        return { policyId, ruleId };
    }, world);
}

/** What is there in Okta, besides the component and its deletion guard. */
function inOkta(resources: readonly Declared[]): Declared[] {
    return resources.filter(({ type }) => type.startsWith("okta:"));
}

describe("InZoneRule", () => {
    it("creates a policy that denies everybody, and the rule that admits from inside the zone", async () => {
        const { resources, values } = await run({});
        assert.deepEqual(inOkta(resources), [
            {
                type: POLICY,
                name: "staff",
                inputs: {
                    name: "staff",
                    description:
                        "Lets in who is inside the granted network zone, and nobody else. Managed by Zonekeeper.",
                    catchAll: false,
                },
                options: { parent: SELF, protect: false },
            },
            {
                type: RULE,
                name: "staff",
                inputs: {
                    ...IN_ZONE,
                    policyId: "AppSignonPolicy staff",
                    factorMode: "2FA",
                    reAuthenticationFrequency: "PT2H",
                },
                options: { parent: SELF, dependencies: [`${POLICY} staff`] },
            },
        ]);
        assert.deepEqual(values, { policyId: "AppSignonPolicy staff", ruleId: "AppSignonPolicyRule staff" });
    });

    it("names the policy and the rule as given", async () => {
        const { resources } = await run({
            newPolicyName: "Staff only",
            ruleName: "At work",
            priority: 2,
            factorMode: "1FA",
            reauthenticateIn: "PT0S",
        });
        assert.equal(only(resources, POLICY).inputs.name, "Staff only");
        assert.deepEqual(only(resources, RULE).inputs, {
            ...IN_ZONE,
            name: "At work",
            priority: 2,
            policyId: "AppSignonPolicy staff",
            factorMode: "1FA",
            reAuthenticationFrequency: "PT0S",
        });
    });

    it("puts apps on the policy only when its rule is there", async () => {
        const { resources } = await run({ apps: ["0oa1", "0oa2"] });
        assert.deepEqual(
            resources.filter(({ type }) => type === ASSIGNMENT),
            ["0oa1", "0oa2"].map((appId) => ({
                type: ASSIGNMENT,
                name: `staff-${appId}`,
                inputs: { appId, policyId: "AppSignonPolicy staff" },
                options: { parent: SELF, dependencies: [`${POLICY} staff`, `${RULE} staff`] },
            })),
        );
    });

    it("uses a policy that exists, by its id", async () => {
        const { resources, values } = await run({ policyId: "rst1" });
        assert.deepEqual(
            inOkta(resources).map(({ type }) => type),
            [RULE],
        );
        assert.equal(only(resources, RULE).inputs.policyId, "rst1");
        assert.deepEqual(values, { policyId: "rst1", ruleId: "AppSignonPolicyRule staff" });
    });

    it("uses a policy that exists, by its name", async () => {
        const asked: unknown[] = [];
        const getPolicy = (inputs: unknown) => {
            asked.push(inputs);
            return { id: "rst7", name: "Staff only", type: "ACCESS_POLICY" };
        };
        const calls = { "okta:policy/getPolicy:getPolicy": getPolicy };
        const { resources, values } = await run({ policyName: "Staff only" }, { calls });
        assert.deepEqual(asked, [{ name: "Staff only", type: "ACCESS_POLICY" }]);
        assert.deepEqual(
            inOkta(resources).map(({ type }) => type),
            [RULE],
        );
        assert.deepEqual(values, { policyId: "rst7", ruleId: "AppSignonPolicyRule staff" });
    });

    it("adds a rule to the global session policy", async () => {
        const { resources, values } = await run({ kind: "session", policyId: "00p1" });
        assert.deepEqual(inOkta(resources), [
            {
                type: SESSION_RULE,
                name: "staff",
                inputs: { ...IN_ZONE, policyId: "00p1" },
                options: { parent: SELF },
            },
        ]);
        assert.deepEqual(values, { policyId: "00p1", ruleId: "RuleSignon staff" });
    });

    const DELETION_GUARDS: readonly (readonly [args: Partial<InZoneRuleArgs>, says: string])[] = [
        [
            {},
            `deleting the policy "staff" puts the apps that are on it on the org's default policy, which usually lets everybody in`,
        ],
        [
            { newPolicyName: "Staff only", apps: ["0oa1", "0oa2"] },
            `deleting the policy "Staff only" puts its apps 0oa1, 0oa2 on the org's default policy, which usually lets everybody in`,
        ],
        [{ policyId: "rst1", ruleName: "At work" }, 'deleting the rule "At work" puts out everybody whom it lets in'],
        [{ kind: "session", policyId: "00p1" }, 'deleting the rule "In zone" puts out everybody whom it lets in'],
    ];
    for (const [args, says] of DELETION_GUARDS) {
        it(`is deleted after its deletion guard, which states the effect: ${JSON.stringify(args)}`, async () => {
            const { resources } = await run({ ...args, allow: ["destroy"] }, { stack: "production" });
            const { inputs, options } = only(resources, DELETION_GUARD);
            const { __provider, ...said } = inputs;
            assert.deepEqual(said, { says, isGuarded: true, allow: ["destroy"] });
            const others = inOkta(resources).filter(({ type }) => type !== POLICY);
            const names = others.map(({ type, name }) => `${type} ${name}`);
            assert.deepEqual(options.dependencies, names.sort());
        });
    }

    const REFUSED: readonly (readonly [args: Partial<InZoneRuleArgs>, message: string])[] = [
        [{ kind: "sesion" }, 'staff: the kind of a policy is authentication or session, not "sesion"'],
        [{ kind: "session" }, "staff: a rule of the global session policy needs the policyId of that policy"],
        [
            { kind: "session", policyName: "Default Policy" },
            "staff: a rule of the global session policy needs the policyId of that policy",
        ],
        [
            { kind: "session", policyId: "00p1", apps: ["0oa1"] },
            "staff: apps are put on a created policy only; leave out apps, or the policy",
        ],
        [
            { policyId: "rst1", apps: ["0oa1"] },
            "staff: apps are put on a created policy only; leave out apps, or the policy",
        ],
        [
            { policyName: "Staff only", apps: ["0oa1"] },
            "staff: apps are put on a created policy only; leave out apps, or the policy",
        ],
        [
            { policyId: "rst1", policyName: "Staff only" },
            "staff: policyId and policyName name a policy each; keep one of them",
        ],
    ];
    for (const [args, message] of REFUSED) {
        it(`refuses ${JSON.stringify(args)}`, async () => {
            await assert.rejects(
                run(args),
                (error) =>
                    RunError.isInstance(error) &&
                    error.message === error.stack &&
                    error.message === `${message} [ZK002]`,
            );
        });
    }

    const PROTECTION = [
        { stack: "dev", expected: false },
        { stack: "prod", expected: true },
        { stack: "dev", isProtected: true, expected: true },
        { stack: "prod", isProtected: false, expected: false },
        { stack: "dev", protect: true, isProtected: false, expected: true },
        { stack: "prod", protect: false, isProtected: true, expected: false },
    ];
    for (const { expected, ...given } of PROTECTION) {
        it(`has a policy ${expected ? "" : "not "}protected with ${JSON.stringify(given)}`, async () => {
            const { stack, isProtected, protect } = given;
            const args = isProtected === undefined ? {} : { isProtected };
            const { resources } = await run(args, { stack }, protect);
            assert.equal(only(resources, POLICY).options.protect, expected);
        });
    }

    it("requires a member of the groups as well as the address", async () => {
        const { resources } = await run({ groupIds: ["00g1"] });
        const { inputs } = only(resources, RULE);
        assert.deepEqual(
            [inputs.networkConnection, inputs.networkIncludes, inputs.groupsIncluded],
            ["ZONE", ["nzo1", "nzo2"], ["00g1"]],
        );
    });

    it("refuses groups for a rule of the global session policy", async () => {
        await assert.rejects(
            run({ kind: "session", policyId: "00p1", groupIds: ["00g1"] }),
            /groupIds are for a rule of an authentication policy/,
        );
    });
});
