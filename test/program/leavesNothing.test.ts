import { strict as assert } from "node:assert";

import { ENGINES, openStack, permanent, type StackOptions, type TestStack, whyNot } from "../support/stacks";

interface Case {
    readonly what: string;
    readonly config?: Readonly<Record<string, string>>;
    readonly env?: StackOptions["env"];
    readonly okta?: StackOptions["okta"];
    readonly says: RegExp;
}

const CASES: readonly Case[] = [
    {
        what: "the credentials of another org",
        config: { orgId: "00oAnotherOrg0000001" },
        says: /^the Okta org that answers is 00o\w{17}, but this stack is for 00oAnotherOrg0000001: check .* \[ZK113\]$/,
    },
    {
        what: "a policy name that does not exist",
        config: { policyName: "Nowhere" },
        says: /^the org has no authentication policy with the name "Nowhere": check zonekeeper:policyName.* \[ZK002\]$/,
    },
    {
        what: "no credential",
        env: { OKTA_API_TOKEN: "" },
        says: /^no Okta credential: set okta:apiToken .* \[ZK002\]$/,
    },
    {
        what: "an Okta that cannot be reached",
        config: { "okta:httpProxy": "http://127.0.0.1:3" },
        says: /^GET \S+: no answer from http:\/\/127\.0\.0\.1:3: .* \[ZK103\]$/,
    },
    {
        what: "a zone name that somebody else's zone has",
        okta: { seed: { zones: [{ id: "nzoTaken000000000001", name: "Zonekeeper (dev)" }] } },
        says: /^the org has a zone "Zonekeeper \(dev\)" already, nzoTaken000000000001, .* \[ZK212\]$/,
    },
    {
        what: "grants that are not there",
        config: { source: "nowhere.yaml" },
        says: /nowhere\.yaml: there is no such file .* \[ZK401\]$/,
    },
];

for (const engine of ENGINES) {
    describe(`the first deployment of a stack that cannot work, by ${engine}`, () => {
        before(async function () {
            if ((await whyNot(engine)) !== undefined) this.skip();
        });

        for (const { what, config, env, okta, says } of CASES) {
            it(`says one sentence with its code, and leaves nothing: ${what}`, async () => {
                await using stack = await openStack(engine, { ...(env && { env }), ...(okta && { okta }) });
                await stack.grant(permanent("203.0.113.7"));
                const { problems } = await stack.deploy("up", config);
                assert.match(problems.join("\n"), says);
                assert.deepEqual(await leftIn(stack), []);
                assert.deepEqual(
                    stack.okta.requests.filter(({ method }) => method !== "GET"),
                    [],
                );
            });
        }
    });
}

/** The types of what the state has, without what Pulumi puts there itself: the stack, and its own provider. */
async function leftIn(stack: TestStack): Promise<string[]> {
    let types: string[] = [];
    await stack.editState(({ resources = [] }) => {
        types = resources
            .map(({ type }) => type)
            .filter((type) => !/^pulumi:(pulumi:Stack|providers:pulumi)$/.test(type));
    });
    return types;
}
