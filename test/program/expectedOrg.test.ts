import { strict as assert } from "node:assert";

import { ENGINES, openStack, permanent, type TestStack, whyNot } from "../support/stacks";

const OURS = "00oExpectedOrg000001";
const THEIRS = "00oAnotherOrg0000001";

for (const engine of ENGINES) {
    describe(`a stack for one org, by ${engine}`, () => {
        let stack: TestStack;

        before(async function () {
            if ((await whyNot(engine)) !== undefined) this.skip();
            stack = await openStack(engine, { okta: { seed: { org: { id: OURS } } } });
            await stack.grant(permanent("203.0.113.7"));
        });
        after(async () => stack?.[Symbol.asyncDispose]());

        it("writes nothing to another org, and reports it in the preview", async () => {
            for (const operation of ["preview", "up"] as const) {
                const { problems } = await stack.deploy(operation, { orgId: THEIRS });
                assert.match(
                    problems.join("\n"),
                    new RegExp(`the Okta org that answers is ${OURS}, but this stack is for ${THEIRS}: check`),
                );
                assert.doesNotMatch(problems.join("\n"), /^\s+at /m);
            }
            assert.deepEqual([...new Set(stack.okta.requests.map(({ method }) => method))], ["GET"]);
        });

        it("is deployed to its own", async () => {
            await stack.succeed("up", { orgId: OURS, shards: "2" });
            assert.deepEqual(stack.okta.history.at(-1)?.gateways, ["203.0.113.7/32"]);
        });
    });
}
