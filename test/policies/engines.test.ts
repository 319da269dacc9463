import { strict as assert } from "node:assert";
import { join } from "node:path";

import type { PolicyConfig } from "../../scripts/deploy/policyPack";
import { ROOT } from "../support/run";
import { ENGINES, type Engine, openStack, permanent, type TestStack, whyNot } from "../support/stacks";

const PACK = join(ROOT, "policies");

const WIDE = (range: string, size: number, prefix = 16) =>
    `gateway-too-wide: gateway ${range} holds ${size} addresses; one may hold ${2 ** (32 - prefix)}, as a /${prefix} does`;

for (const engine of ENGINES) {
    describe(`the policy pack, asked by ${engine}`, () => {
        let stack: TestStack;

        before(async function () {
            if ((await whyNot(engine)) !== undefined) this.skip();
            stack = await openStack(engine, { policyPack: { directory: PACK } });
            await stack.grant(permanent("203.0.113.7"));
        });
        after(() => stack?.[Symbol.asyncDispose]());

        const writes = () => stack.okta.requests.filter(({ method }) => method !== "GET").length;

        async function refused(config: Record<string, string>): Promise<string[]> {
            const before = writes();
            const problems = [];
            for (const operation of ["preview", "up"] as const) {
                const deployed = await stack.deploy(operation, config);
                problems.push(...deployed.problems.filter((problem) => problem !== "preview failed"));
            }
            assert.equal(writes(), before);
            return problems.map((problem) => problem.replace(/^\S+ "\w+": /, ""));
        }

        it("lets the program be", async () => {
            await stack.succeed("preview");
            await stack.succeed("up");
            assert.deepEqual(stack.okta.history.at(-1)?.gateways, ["203.0.113.7/32"]);
        });

        it("refuses an eighth of the internet, granted, before anything is written", async () => {
            await stack.grant(permanent("64.0.0.0/3"));
            const problem = WIDE("64.0.0.0/3", 2 ** 29);
            assert.deepEqual(await refused({ widestPrefix: "3" }), [problem, problem]);
        });

        it("refuses a static gateway that is too wide", async () => {
            await stack.grant(permanent("203.0.113.7"));
            const problem = WIDE("10.0.0.0/8", 2 ** 24);
            assert.deepEqual(await refused({ staticGateways: "10.0.0.0/8" }), [problem, problem]);
        });

        it("refuses a zone that does not say whose it is", async () => {
            const problem =
                'zone-without-stack-name: the name "Staff" does not carry the name of the stack: call it "Staff (dev)"';
            assert.deepEqual(await refused({ zoneName: "Staff" }), [problem, problem]);
        });

        it("lets a run correct what was opened by hand", async () => {
            await openByHand(stack);
            await stack.succeed("up");
            assert.deepEqual(stack.okta.history.at(-1)?.gateways, ["203.0.113.7/32"]);
        });
    });

    describe(`the policy pack with settings, asked by ${engine}`, () => {
        const asked = async (config: PolicyConfig) => {
            await using stack = await openStack(engine, { policyPack: { directory: PACK, config } });
            await stack.grant(permanent("203.0.113.0/24"));
            const { problems } = await stack.deploy("preview", { zoneName: "Staff" });
            return problems.map((problem) => problem.replace(/^\S+ "\w+": /, ""));
        };

        it("is as strict as it is set", async function () {
            if ((await whyNot(engine)) !== undefined) this.skip();
            const [problem] = await asked({
                "gateway-too-wide": { widestPrefix: 25 },
                "zone-without-stack-name": "disabled",
            });
            assert.equal(problem, WIDE("203.0.113.0/24", 256, 25));
            assert.deepEqual(await asked({ all: "advisory", "gateway-too-wide": { widestPrefix: 25 } }), []);
        });

        it("bounds how long a grant lasts, by what the membership says of the grants", async function () {
            if ((await whyNot(engine)) !== undefined) this.skip();
            const [problem] = await asked({
                "grant-lasts-too-long": { permanent: "refused" },
                "zone-without-stack-name": "disabled",
            });
            assert.match(problem ?? "", /the grant "grant of 203\.0\.113\.0\/24" never ends: give it expiresAt/);
        });
    });
}

describe("policies on the whole stack, asked by pulumi", () => {
    const engine: Engine = "pulumi";

    it("refuse to go on where an agent's zone stands open", async function () {
        if ((await whyNot(engine)) !== undefined) this.skip();
        await using stack = await openStack(engine, { policyPack: { directory: PACK } });
        await stack.succeed("up", { membership: "agent" });
        await openByHand(stack);
        const { problems } = await stack.deploy("preview", { membership: "agent" });
        assert.equal(problems[0], "live-gateway-too-wide: gateway 0.0.0.0/0 admits everybody");
    });
});

/** An administrator adds the whole internet in the console. */
async function openByHand({ okta }: TestStack): Promise<void> {
    const own = [...okta.org.zones.values()].find(({ name }) => name === "Zonekeeper (dev)");
    const response = await fetch(`${okta.url}/api/v1/zones/${own?.id}`, {
        method: "PUT",
        headers: { authorization: "SSWS a-token-of-the-tests", "content-type": "application/json" },
        body: JSON.stringify({ ...own, gateways: [{ type: "CIDR", value: "0.0.0.0/0" }] }),
    });
    assert.equal(response.status, 200);
}
