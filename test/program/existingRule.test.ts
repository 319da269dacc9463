import { strict as assert } from "node:assert";

import { ENGINES, openStack, permanent, type TestStack, whyNot } from "../support/stacks";

const [POLICY, RULE, ANYWHERE] = ["rstPayroll0000000000", "rulOffice00000000000", "rulAnywhere000000000"];
const rules = [
    {
        id: RULE,
        name: "Office",
        priority: 1,
        conditions: { network: { connection: "ZONE", include: ["nzoOffice000000000001"] } },
    },
    { id: ANYWHERE, name: "Anywhere", priority: 2 },
];

for (const engine of ENGINES) {
    describe(`a rule that is there already (${engine})`, () => {
        let stack: TestStack;
        before(async function () {
            if ((await whyNot(engine)) !== undefined) return this.skip();
            const policies = [{ id: POLICY, name: "Payroll", type: "ACCESS_POLICY" as const, rules }];
            stack = await openStack(engine, { okta: { seed: { policies } } });
            await stack.grant(permanent("203.0.113.7"));
        });
        after(() => stack?.[Symbol.asyncDispose]());

        for (const [ruleId, says] of [
            ["rulNowhere0000000000", /has no rule rulNowhere0000000000: check zonekeeper:ruleId .*\[ZK002\]/],
            [ANYWHERE, /the rule "Anywhere" \(rulAnywhere000000000\) asks for no network zone/],
        ] as const) {
            it(`is missed before anything is written: ${ruleId}`, async () => {
                const { problems } = await stack.deploy("up", { policyId: POLICY, ruleId });
                assert.match(problems.join(), says);
                assert.deepEqual(
                    stack.okta.requests.filter(({ method }) => method !== "GET"),
                    [],
                );
            });
        }

        it("stays as it is, and the program makes no policy and no rule", async () => {
            const { outputs, steps } = await stack.succeed("up", { policyId: POLICY, ruleId: RULE });
            assert.deepEqual(
                [outputs.policyId, outputs.ruleId, outputs.gateways],
                [POLICY, RULE, [["203.0.113.7/32"]]],
            );
            assert.deepEqual(
                steps.filter(({ type }) => /appSignonPolicy/i.test(type)),
                [],
            );
            const writes = stack.okta.requests.filter(
                ({ method, path }) => method !== "GET" && !path.includes("/zones"),
            );
            assert.deepEqual(writes, []);
        });
    });
}
