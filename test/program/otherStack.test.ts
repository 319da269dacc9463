import { strict as assert } from "node:assert";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type Emulator, startEmulator } from "../../emulator/emulator";
import type { Deployed, Deployer, DeployerOptions } from "../../scripts/deploy/deployer";
import { pulumiCli } from "../../scripts/deploy/pulumiCli";
import { rehearsed } from "../../scripts/deploy/rehearsed";
import { sandboxEnv } from "../../scripts/deploy/sandboxEnv";
import { processes } from "../support/processes";
import { ROOT } from "../support/run";
import { ENGINES, permanent, projectWith, whyNot } from "../support/stacks";

const POLICY = "rstContractors000000";

/** The program of those who keep the policies. */
const POLICIES = `
export const policyId = new (require("@pulumi/pulumi").Config)().get("made");
`;

for (const engine of ENGINES) {
    describe(`a policy of another stack, by ${engine}`, () => {
        let scratch: string;
        let okta: Emulator;
        let policies: Deployer;
        let own: Deployer;

        before(async function () {
            if ((await whyNot(engine)) !== undefined) this.skip();
            scratch = await mkdtemp(join(tmpdir(), "zonekeeper-"));
            okta = await startEmulator({ seed: { policies: [{ id: POLICY, name: "Contractors" }] } });
            const env = sandboxEnv(process.env, "a-token-of-the-tests");
            const open = async (options: DeployerOptions) =>
                engine === "rehearsal" ? rehearsed(options) : await pulumiCli(options);
            const directory = await projectWith(POLICIES, scratch);
            policies = await open({ directory, scratch, env, stack: "policies", startChild: processes.start });
            own = await open({ directory: ROOT, scratch, env, startChild: processes.start });
            await writeFile(join(scratch, "grants.json"), JSON.stringify({ grants: [permanent("203.0.113.7")] }));
        });
        after(async () => {
            await okta?.close();
            if (scratch !== undefined) await rm(scratch, { recursive: true, force: true });
        });

        function deploy(stack: string): Promise<Deployed> {
            return own.deploy("up", {
                "okta:orgName": "dev",
                "okta:baseUrl": "okta.com",
                "okta:httpProxy": okta.url,
                "zonekeeper:source": JSON.stringify({ type: "file", path: join(scratch, "grants.json") }),
                "zonekeeper:policyStack": `organization/zonekeeper/${stack}`,
            });
        }

        async function refusal(stack: string): Promise<string> {
            const from = okta.requests.length;
            const text = (await deploy(stack)).problems.join("\n");
            const writes = okta.requests.slice(from).filter(({ method }) => method !== "GET");
            assert.deepEqual(writes, []);
            assert.doesNotMatch(text, /^\s+at /m);
            return text;
        }

        it("is missed before anything is written where there is no such stack", async () => {
            assert.match(await refusal("nowhere"), /unknown stack "organization\/zonekeeper\/nowhere"/);
        });

        it("is missed before anything is written where the stack has no such output", async () => {
            assert.deepEqual((await policies.deploy("up", {})).problems, []);
            assert.match(
                await refusal("policies"),
                /the stack organization\/zonekeeper\/policies has no output policyId: export it there, or set zonekeeper:policyId/,
            );
        });

        it("gets the rule", async () => {
            assert.deepEqual((await policies.deploy("up", { "zonekeeper:made": POLICY })).problems, []);
            const { problems, outputs } = await deploy("policies");
            assert.deepEqual([problems, outputs.policyId], [[], POLICY]);
            const rules = [...(okta.org.rules.get(POLICY)?.values() ?? [])].map(({ name }) => name);
            assert.deepEqual(rules.sort(), ["Catch-all Rule", "In zone"]);
        });
    });
}
