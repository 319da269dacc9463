import { strict as assert } from "node:assert";

import { openStack, permanent, type TestStack } from "../support/stacks";

interface Case {
    readonly what: string;
    readonly config?: Readonly<Record<string, string | undefined>>;
    /** What goes wrong before the deployment. */
    readonly spoil?: (stack: TestStack) => unknown;
    readonly says: RegExp;
}

const REFUSE = (status: number, body: object) => (stack: TestStack) =>
    stack.okta.inject({ on: { method: "GET", path: "/api/v1/zones" }, times: 9, do: { status, body } });

const SESSIONS = "00pSessions000000000";

const CASES: readonly Case[] = [
    {
        what: "no source",
        config: { source: undefined },
        says: /^zonekeeper:source is missing; say where the grants are/m,
    },
    {
        what: "a setting with a slip of the pen",
        config: { zonename: "Staff" },
        says: /^zonekeeper:zonename is not a setting; there are zoneName, /m,
    },
    {
        what: "a limit that makes no sense",
        config: { maxRemovals: "half" },
        says: /maxRemovals "half" is neither a whole number such as 10, nor a percentage from 0% to 100%, nor off/,
    },
    {
        what: "a policy of another type",
        config: { policyId: SESSIONS },
        says: /policy "Sessions" \(00pSessions000000000\) is of type OKTA_SIGN_ON: zonekeeper:policyId names an authentication policy/,
    },
    {
        what: "a policy that is not there",
        config: { policyId: "rstNowhere0000000000" },
        says: /the org has no policy rstNowhere0000000000: check zonekeeper:policyId/,
    },
    {
        what: "an app that is not there",
        config: { apps: "0oaNowhere0000000000" },
        says: /the org has no app 0oaNowhere0000000000: check zonekeeper:apps/,
    },
    {
        what: "a stack of policies that is not there",
        config: { policyStack: "organization/zonekeeper/nowhere" },
        says: /unknown stack "organization\/zonekeeper\/nowhere"/,
    },
    {
        what: "the credentials of another org",
        config: { orgId: "00oAnotherOrg0000001" },
        says: /the Okta org that answers is 00o\w{17}, but this stack is for 00oAnotherOrg0000001/,
    },
    {
        what: "a new name that another zone has",
        config: { zoneName: "Taken" },
        says: /^the org has a zone "Taken" already, nzoTaken000000000001, which is not in this stack: .* \[ZK212\]$/,
    },
    {
        what: "one more shard, whose name another zone has",
        config: { shards: "2" },
        says: /^the org has a zone "Zonekeeper \(dev\) 2" already, nzoTaken000000000002, .* \[ZK212\]$/,
    },
    {
        what: "a file of grants that is not there",
        config: { source: "nowhere.yaml" },
        says: /nowhere\.yaml: there is no such file/,
    },
    {
        what: "half a document",
        spoil: (stack) => stack.write('{"grants": ['),
        says: /cannot read grants from file .*grants\.yaml/,
    },
    {
        what: "a document without a list of grants",
        spoil: (stack) => stack.write("grants:\n"),
        says: /the document has no list "grants"; nobody is `grants: \[\]`/,
    },
    {
        what: "an Okta that does not know the token",
        spoil: REFUSE(401, { errorCode: "E0000011", errorSummary: "Invalid token provided", errorCauses: [] }),
        says: /401 E0000011.*Invalid token provided/s,
    },
    {
        what: "an Okta that does not allow it",
        spoil: REFUSE(403, { errorCode: "E0000006", errorSummary: "You do not have permission", errorCauses: [] }),
        says: /403 E0000006.*You do not have permission/s,
    },
    {
        what: "an Okta that is out of order",
        spoil: REFUSE(503, { errorCode: "E0000010", errorSummary: "Down for maintenance", errorCauses: [] }),
        says: /503/,
    },
    {
        what: "a page instead of JSON",
        spoil: (stack) => stack.okta.inject({ on: { path: "/api/v1/zones" }, times: 9, do: { html: true } }),
        says: /JSON/,
    },
];

describe("a deployment with bad input", () => {
    let stack: TestStack;

    before(async () => {
        const policies = [{ id: SESSIONS, name: "Sessions", type: "OKTA_SIGN_ON" as const }];
        const zones = [
            { id: "nzoTaken000000000001", name: "Taken" },
            { id: "nzoTaken000000000002", name: "Zonekeeper (dev) 2" },
        ];
        stack = await openStack("rehearsal", { okta: { seed: { policies, zones } } });
        await stack.grant(permanent("203.0.113.7"));
        await stack.succeed("up");
    });
    after(async () => stack?.[Symbol.asyncDispose]());
    afterEach(async () => {
        stack.okta.mend();
        await stack.grant(permanent("203.0.113.7"));
    });

    for (const { what, config, spoil, says } of CASES) {
        it(`reports it in a sentence and loses nothing: ${what}`, async () => {
            const [states, from] = [stack.okta.history.length, stack.okta.requests.length];
            await spoil?.(stack);
            const { problems } = await stack.deploy("up", config);
            const text = problems.join("\n");
            assert.match(text, says);
            assert.match(text, /\[ZK\d{3}\]$/);
            assert.doesNotMatch(text, /^\s+at /m);
            assert.doesNotMatch(text, /a-token-of-the-tests/);
            assert.deepEqual(stack.okta.history.slice(states), []);
            const writes = stack.okta.requests.slice(from).filter(({ method }) => method !== "GET");
            assert.deepEqual(writes, []);
        });
    }

    it("goes on as if nothing had been, once it is mended", async () => {
        const { steps } = await stack.succeed("up");
        assert.deepEqual([...new Set(steps.map(({ op }) => op))], ["same"]);
    });
});
