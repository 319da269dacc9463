import { strict as assert } from "node:assert";

import type { Policy } from "../../emulator/state/org";
import { ENGINES, openStack, type TestStack, whyNot } from "../support/stacks";

const APP = "0oaPayroll0000000000";

for (const engine of ENGINES) {
    describe(`the rule, by ${engine}`, () => {
        let stack: TestStack;

        before(async function () {
            if ((await whyNot(engine)) !== undefined) this.skip();
            const okta = { seed: { apps: [{ id: APP, label: "Payroll" }], policies: [{ name: "Contractors" }] } };
            stack = await openStack(engine, { okta });
        });
        after(async () => stack?.[Symbol.asyncDispose]());

        const policies = (): Policy[] => [...stack.okta.org.policies.values()];
        const idOf = (name: string) => policies().find((policy) => policy.name === name)?.id ?? "";
        /** In the order in which Okta tries them. */
        const rulesOf = (name: string) =>
            [...(stack.okta.org.rules.get(idOf(name))?.values() ?? [])]
                .sort((a, b) => a.priority - b.priority)
                .map((rule) => rule.name);
        const policyOfApp = async () => {
            const headers = { authorization: "SSWS any" };
            const app = (await (await fetch(`${stack.okta.url}/api/v1/apps/${APP}`, { headers })).json()) as {
                _links: { accessPolicy: { href: string } };
            };
            return app._links.accessPolicy.href.split("/").at(-1);
        };

        it("joins an existing policy by its name", async () => {
            await stack.succeed("up", { policyName: "Contractors" });
            assert.deepEqual(rulesOf("Contractors"), ["In zone", "Catch-all Rule"]);
            assert.equal(idOf("Zonekeeper (dev)"), "");
        });

        it("stays where it is when the policy is named by its id", async () => {
            const { steps } = await stack.succeed("up", { policyId: idOf("Contractors") });
            assert.deepEqual(
                [...new Set(steps.filter(({ type }) => type.startsWith("okta:")).map(({ op }) => op))],
                ["same"],
            );
        });

        it("moves to a policy of its own, with the apps", async () => {
            await stack.succeed("up", { apps: APP });
            assert.deepEqual(rulesOf("Contractors"), ["Catch-all Rule"]);
            assert.deepEqual(rulesOf("Zonekeeper (dev)"), ["In zone", "Catch-all Rule"]);
            assert.equal(await policyOfApp(), idOf("Zonekeeper (dev)"));
        });

        it("says that there is no policy of that name", async () => {
            const { problems } = await stack.deploy("up", { policyName: "Nobody's" });
            assert.match(problems.join("\n"), /Nobody's/);
            assert.deepEqual(rulesOf("Zonekeeper (dev)"), ["In zone", "Catch-all Rule"]);
        });
    });
}
