import { strict as assert } from "node:assert";

import { type Emulator, startEmulator } from "../../emulator/emulator";
import { openStack, permanent, type TestStack, WAYS, whyNot } from "../support/stacks";

const OURS = "00oOurOrg00000000001";
const THEIRS = "00oTheirOrg000000001";

const SENTENCE = new RegExp(
    `the Okta org that answers is ${THEIRS}, but these resources of the stack are in the org ${OURS}: check okta:orgName, .*\\[ZK113\\]`,
);

/** Every component that writes to Okta, in the org of the stack's configuration or in that of a provider. */
const programFor = (options: string) => `
import * as okta from "@pulumi/okta";
import * as pulumi from "@pulumi/pulumi";
import { BlockedIpZone } from "./components/defaultZones";
import { GrantedAccess } from "./components/grantedAccess";
import { InZoneRule } from "./components/inZoneRule";
import { IpZone } from "./components/ipZone";

const config = (key: string) => pulumi.runtime.getConfig("zonekeeper:" + key);
const source = JSON.parse(config("source") ?? "{}");
const url = config("providerUrl");
const provider = () => new okta.Provider("ours", { orgName: config("providerOrg"), baseUrl: "okta.com", httpProxy: url, apiToken: "a-token" });
const opts = ${options};
const made = config("only");
if (made === undefined || made === "access") new GrantedAccess("staff", { zoneName: "Staff", source, isProtected: false }, opts);
if (made === undefined || made === "zone") new IpZone("office", { zoneName: "Office", isProtected: false }, opts);
if (made === undefined || made === "blocked") new BlockedIpZone("blocked", { gateways: ["198.51.100.66"] }, opts);
if (made === undefined || made === "rule") new InZoneRule("rule", { zoneIds: ["nzoOther000000000001"], isProtected: false }, opts);
`;

const seed = (id: string) => ({
    seed: { org: { id }, zones: [{ id: "nzoOther000000000001", name: "Other" }] },
});

for (const [way, engine, options] of WAYS) {
    for (const [what, opts, urlKey, orgKey] of [
        ["the configuration", "{}", "okta:httpProxy", "okta:orgName"],
        ["an edited provider", "{ provider: provider() }", "zonekeeper:providerUrl", "zonekeeper:providerOrg"],
    ] as const) {
        describe(`a stack whose settings name another org later, by ${what} (${way})`, () => {
            let stack: TestStack;
            let theirs: Emulator | undefined;
            // The rehearsal engine has no transforms, and so stores the edited provider before the checks.
            const operations =
                engine === "rehearsal" && opts !== "{}" ? (["preview"] as const) : (["preview", "up"] as const);
            // It also refreshes with the new settings, where Pulumi uses those in the state.
            const reads = engine === "rehearsal" ? { refresh: false } : {};
            const at = (url: string, orgName = "ours") => ({ [urlKey]: url, [orgKey]: orgName });

            before(async function () {
                if ((await whyNot(engine)) !== undefined) return this.skip();
                theirs = await startEmulator(seed(THEIRS));
                stack = await openStack(engine, { okta: seed(OURS), program: programFor(opts), ...options, ...reads });
                await stack.grant(permanent("203.0.113.7"));
                await stack.succeed("up", at(stack.okta.url));
            });
            after(async () => {
                await stack?.[Symbol.asyncDispose]();
                await theirs?.close();
            });

            for (const only of ["access", "zone", "blocked", "rule", undefined]) {
                it(`says so in one sentence and writes nothing: ${only ?? "all"}`, async () => {
                    const asked = stack.okta.requests.length;
                    for (const operation of operations) {
                        const { problems } = await stack.deploy(operation, { ...at(theirs?.url ?? ""), only });
                        assert.match(problems.join("\n"), SENTENCE);
                        assert.equal(problems.join("\n").match(/ZK\d/g)?.length, 1, problems.join("\n"));
                        assert.doesNotMatch(problems.join("\n"), /^\s+at /m);
                    }
                    const methods = [...(theirs?.requests ?? []), ...stack.okta.requests.slice(asked)].map(
                        (r) => r.method,
                    );
                    assert.deepEqual([...new Set(methods)], ["GET"]);
                });
            }

            it("changes nothing with the settings as they were, nor with another name of the same org", async () => {
                for (const orgName of ["ours", "vanity"]) {
                    const asked = stack.okta.requests.length;
                    const { steps } = await stack.succeed("up", at(stack.okta.url, orgName));
                    const writes = stack.okta.requests.slice(asked).filter(({ method }) => method !== "GET");
                    assert.deepEqual(writes, []);
                    assert.deepEqual(
                        steps.filter(
                            ({ op }) => op.includes("create") || op.includes("delete") || op.includes("replace"),
                        ),
                        [],
                    );
                }
            });
        });
    }
}
