import { strict as assert } from "node:assert";

import { momentsWithout } from "../support/evictions";
import { ENGINES, openStack, permanent, type TestStack, whyNot } from "../support/stacks";

const APP = "0oaPayroll0000000000";
const GRANTED = ["203.0.113.7", "198.51.100.9"];

for (const engine of ENGINES) {
    describe(`what evicts people or lets everybody in, in production, by ${engine}`, () => {
        let stack: TestStack;
        const config = { apps: APP };

        before(async function () {
            if ((await whyNot(engine)) !== undefined) this.skip();
            stack = await openStack(engine, {
                stack: "production",
                okta: { seed: { apps: [{ id: APP, label: "Payroll" }] } },
            });
            await stack.grant(...GRANTED.map(permanent));
            await stack.succeed("up", config);
        });
        after(async () => stack?.[Symbol.asyncDispose]());

        /** As `pulumi state unprotect --all` does. */
        const unprotect = () =>
            stack.editState(({ resources }) => {
                for (const resource of resources) resource.protect = false;
            });

        /** The writes to Okta that the work leads to. */
        async function writesOf(work: () => Promise<unknown>): Promise<string[]> {
            const from = stack.okta.requests.length;
            await work();
            return stack.okta.requests
                .slice(from)
                .flatMap(({ method, path }) => (method === "GET" ? [] : `${method} ${path}`));
        }

        async function refusal(operation: "up" | "destroy", settings: Record<string, string>): Promise<string> {
            let text = "";
            const writes = await writesOf(async () => {
                text = (await stack.deploy(operation, settings)).problems.join("\n");
            });
            assert.deepEqual(writes, []);
            assert.doesNotMatch(text, /^\s+at /m);
            return text;
        }

        it("is not destroyed while it is protected", async () => {
            // Pulumi deletes what nothing depends on before it comes to what is protected.
            const says = {
                rehearsal: /is protected and cannot be deleted/,
                pulumi: /usually lets everybody in; if that/,
            };
            assert.match(await refusal("destroy", config), says[engine]);
        });

        it("is not destroyed without the protection either, and says who would get in, before anything is deleted", async () => {
            await unprotect();
            assert.match(
                await refusal("destroy", config),
                new RegExp(
                    `deleting the policy "Zonekeeper \\(production\\)" puts its apps ${APP} on the org's default policy, ` +
                        "which usually lets everybody in; if that is meant, add destroy to zonekeeper:allow, " +
                        "run pulumi up, and then destroy",
                ),
            );
            await stack.succeed("up", config);
        });

        it("keeps a shard whose entries have no room in the others, unless that is asked for by name", async function () {
            this.timeout(180_000);
            const others = Array.from({ length: 149 }, (_, index) => `11.0.${index >> 7}.${(index & 127) * 2}`);
            await stack.grant(...[...GRANTED, ...others].map(permanent));
            await stack.succeed("up", { ...config, shards: "2" });
            await unprotect();
            assert.match(
                await refusal("up", config),
                /one zone has no room for 1 of the active grants, such as grant of 11\.0\.1\.40: keep as many shards as before; if that is meant, add fewer-shards to zonekeeper:allow/,
            );
            const { outputs } = await stack.succeed("up", { ...config, allow: "fewer-shards" });
            assert.deepEqual(
                (outputs.refused as { id: string }[]).map(({ id }) => id),
                ["grant of 11.0.1.40"],
            );
            assert.equal(stack.okta.history.at(-1)?.gone, true);
            await stack.grant(...GRANTED.map(permanent));
            await stack.succeed("up", { ...config, confirmRemovals: "true" });
        });

        it("keeps a shard of an agent that holds a grant", async function () {
            this.timeout(180_000);
            const agent = { ...config, membership: "agent" };
            await stack.succeed("up", { ...agent, shards: "2" });
            const [second] = [...stack.okta.org.zones.values()].filter(({ name }) => name.endsWith(" 2"));
            const zoneId = second?.id ?? assert.fail();
            const letIn = async (value: string) => {
                const foreignWrite = { gateways: [{ type: "CIDR", value }] };
                stack.okta.inject({ on: { path: "/api/v1/users/me" }, do: { foreignWrite, zoneId } });
                await fetch(`${stack.okta.url}/api/v1/users/me`, { headers: { authorization: "SSWS any" } });
            };
            await letIn("192.0.2.77/32");
            await unprotect();
            assert.match(
                await refusal("up", agent),
                /taking zone "Zonekeeper \(production\) 2" away would put out 1 gateway that no other zone holds, such as 192\.0\.2\.77\/32/,
            );
            await letIn("203.0.113.7/32");
            const since = stack.okta.history.length;
            // Nobody is evicted, but the zone itself has somebody in it, and its own guard says so.
            assert.match(
                (await stack.deploy("up", agent)).problems.join("\n"),
                /deleting zone "Zonekeeper \(production\) 2" puts out 1 gateway; if that is meant, add remove-zone to zonekeeper:allow/,
            );
            assert.deepEqual(momentsWithout(GRANTED, stack.okta, since), []);
            await letIn("192.0.2.0/32");
            await stack.succeed("up", agent);
            assert.equal(stack.okta.history.at(-1)?.gone, true);
        });

        it("is destroyed when that is asked for by name", async () => {
            await stack.succeed("up", { ...config, allow: "destroy" });
            await unprotect();
            await stack.succeed("destroy", config);
            assert.deepEqual(
                [...stack.okta.org.zones.values()].filter(({ system }) => !system),
                [],
            );
        });
    });
}
