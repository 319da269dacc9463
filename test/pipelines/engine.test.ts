import { strict as assert } from "node:assert";
import { execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { parse, stringify } from "yaml";

import { type Emulator, startEmulator } from "../../emulator/emulator";
import { PASSPHRASE } from "../../scripts/deploy/deployer";
import { sandboxEnv } from "../../scripts/deploy/sandboxEnv";
import { asked, whyNot } from "../support/stacks";
import { githubSteps } from "./jobs";
import { type Ended, openSandbox, type Sandbox } from "./sandbox";

const run = promisify(execFile);

const ORGS = { preview: "00oOfPreview00000001", production: "00oOfProduction00001" } as const;

type StackName = keyof typeof ORGS;

describe("the way from a merge to production, by the Pulumi CLI", function () {
    this.timeout(240_000);
    let okta: Record<StackName, Emulator>;
    let sandbox: Sandbox;

    before(async function () {
        if (process.platform === "win32" || (await whyNot("pulumi")) !== undefined) this.skip();
        const [preview, production] = await Promise.all(
            Object.values(ORGS).map((id) => startEmulator({ seed: { org: { id } } })),
        );
        if (preview === undefined || production === undefined) throw new Error("an emulator is missing");
        okta = { preview, production };
        sandbox = await openSandbox({
            preview: config("preview", preview),
            production: config("production", production),
        });
        for (const stack of ["preview", "production"] as const) {
            await mkdir(join(sandbox.scratch, stack));
            // Notes in the stack's file how secrets are encrypted, before that is committed.
            const options = { cwd: sandbox.origin, env: envOf(stack) };
            await run("pulumi", ["stack", "init", stack, "--non-interactive"], options);
        }
        await sandbox.commit();
    });
    after(async () => {
        await sandbox?.[Symbol.asyncDispose]();
        await Promise.all(Object.values(okta ?? {}).map((org) => org.close()));
    });

    it("deploys to preview, and finds that production may get the same", async () => {
        const { status, output } = await job("preview", "preview");
        assert.equal(status, 0, output);
        assert.match(output, /^preview runs [0-9a-f]{40} with nothing pending: production may be planned$/m);
        assert.deepEqual(written(okta.production), []);
    });

    it("plans production, and writes nothing", async () => {
        const { status, output } = await job("plan", "production");
        assert.equal(status, 0, output);
        assert.deepEqual(written(okta.production), []);
    });

    it("carries out the plan", async () => {
        const { status, output } = await job("production", "production");
        assert.equal(status, 0, output);
        assert.deepEqual(zonesOf(okta.production), ["Zonekeeper (production)"]);
        assert.deepEqual([...written(okta.production)].sort(), [
            "POST /api/v1/policies",
            "POST /api/v1/policies/{rst}/rules",
            "POST /api/v1/zones",
            "POST /api/v1/zones/{nzo}/lifecycle/activate",
            "PUT /api/v1/policies/{rst}/rules/{rul}",
        ]);
    });

    it("carries out a plan while grants come and go", async () => {
        await edit("production", { "zonekeeper:zoneName": "Staff (production)" });
        await edit("preview", { "zonekeeper:zoneName": "Staff (preview)" });
        await sandbox.commit();
        const zone = zoneOf(okta.production);
        await change(okta.production, { gateways: [{ type: "CIDR", value: "203.0.113.7/32" }] });
        const planned = await job("plan", "production");
        assert.equal(planned.status, 0, planned.output);
        await change(okta.production, { gateways: [{ type: "CIDR", value: "198.51.100.9/32" }] });
        const { status, output } = await job("production", "production");
        assert.equal(status, 0, output);
        assert.deepEqual(zonesOf(okta.production), ["Staff (production)"]);
        const last = okta.production.history.filter(({ zoneId }) => zoneId === zone?.id).at(-1);
        assert.deepEqual(last?.gateways, ["198.51.100.9/32"]);
    });

    it("does not carry it out twice", async () => {
        const before = written(okta.production).length;
        const { status, output } = await job("production", "production");
        assert.match(output, /^refused: production was deployed since the plan was made, at /m);
        assert.equal(status, 3);
        assert.equal(written(okta.production).length, before);
    });

    it("refuses to promote what preview does not run", async () => {
        await edit("preview", { "zonekeeper:zoneName": "Guests (preview)" });
        await sandbox.commit();
        const { status, output } = await step("npm run promote -- check", "preview");
        assert.match(output, /^refused: preview runs [0-9a-f]{40}, and not [0-9a-f]{40}$/m);
        assert.equal(status, 3);
    });

    it("refuses while a manual change is pending in preview", async () => {
        const deployed = await job("preview", "preview");
        assert.equal(deployed.status, 0, deployed.output);
        await change(okta.preview, { name: "By hand" });
        const { status, output } = await step("npm run promote -- check", "preview");
        assert.match(output, /^refused: preview has changes pending: deploy it, or see who changed its org$/m);
        assert.equal(status, 3);
    });

    it("sees drift in the nightly run", async () => {
        assert.notEqual((await drift("preview")).status, 0);
        const { status, output } = await drift("production");
        assert.equal(status, 0, output);
    });

    it("writes nothing for a stale plan, and reports it", async () => {
        const planned = await job("plan", "production");
        assert.equal(planned.status, 0, planned.output);
        await change(okta.production, { name: "By hand" });
        const before = written(okta.production).length;
        const { status, output } = await job("production", "production");
        assert.match(
            output,
            /^refused: the plan is stale: production or its org changed since; make and review a new/m,
        );
        assert.equal(status, 3);
        assert.equal(written(okta.production).length, before);
    });

    function job(name: string, stack: StackName): Promise<Ended> {
        return sandbox.job(githubSteps("deploy.yml", name, valuesOf(stack)), envOf(stack));
    }

    function drift(stack: StackName): Promise<Ended> {
        return sandbox.job(
            githubSteps("drift.yml", "drift", { ...valuesOf(stack), "matrix.stack": stack }),
            envOf(stack),
        );
    }

    function step(script: string, stack: StackName): Promise<Ended> {
        return sandbox.job([{ kind: "run", script, env: {} }], envOf(stack));
    }

    async function edit(stack: StackName, settings: object): Promise<void> {
        const path = join(sandbox.origin, `Pulumi.${stack}.yaml`);
        const file = parse(await readFile(path, "utf8")) as { readonly config: object };
        await writeFile(path, stringify({ ...file, config: { ...file.config, ...settings } }));
    }

    /** As a runner has it: the secrets of one environment, and no other's. */
    function envOf(stack: StackName): Record<string, string> {
        const own = { ...sandboxEnv(process.env, `a-token-of-${stack}`), ...stateOf(stack) };
        // As the workflows have it.
        const more = { PULUMI_RUN_PROGRAM: "true" };
        const summary = { GITHUB_STEP_SUMMARY: join(sandbox.scratch, "summary") };
        const set = Object.entries({ ...own, ...more, ...summary }).filter(([, value]) => value !== undefined);
        return Object.fromEntries(set) as Record<string, string>;
    }

    function stateOf(stack: StackName) {
        return {
            PULUMI_BACKEND_URL: pathToFileURL(join(sandbox.scratch, stack)).href,
            PULUMI_CONFIG_PASSPHRASE: PASSPHRASE,
        };
    }

    function valuesOf(stack: StackName): Record<string, string> {
        const { PULUMI_BACKEND_URL, PULUMI_CONFIG_PASSPHRASE } = stateOf(stack);
        return {
            "vars.PULUMI_BACKEND_URL": PULUMI_BACKEND_URL,
            "secrets.PULUMI_CONFIG_PASSPHRASE": PULUMI_CONFIG_PASSPHRASE,
            "secrets.PULUMI_ACCESS_TOKEN": "",
            "secrets.OKTA_API_TOKEN": `a-token-of-${stack}`,
            "secrets.OKTA_API_PRIVATE_KEY": "",
        };
    }
});

function config(stack: StackName, { url }: Emulator) {
    return {
        "okta:orgName": stack,
        "okta:baseUrl": stack === "preview" ? "oktapreview.com" : "okta.com",
        "okta:httpProxy": url,
        "zonekeeper:orgId": ORGS[stack],
        "zonekeeper:membership": "agent",
    };
}

/** Every request that may have changed something. */
function written(okta: Emulator): string[] {
    return asked(okta).filter((request) => !request.startsWith("GET "));
}

function zonesOf({ org }: Emulator): string[] {
    return [...org.zones.values()].filter(({ system }) => !system).map(({ name }) => name);
}

function zoneOf({ org }: Emulator) {
    return [...org.zones.values()].find(({ system }) => !system);
}

/** What an administrator, or an agent, does to the zone of the stack. */
async function change(okta: Emulator, fields: object): Promise<void> {
    const zone = zoneOf(okta);
    const headers = { authorization: "SSWS by-hand", "content-type": "application/json" };
    const path = `${okta.url}/api/v1/zones/${zone?.id}`;
    const { status } = await fetch(path, { method: "PUT", headers, body: JSON.stringify({ ...zone, ...fields }) });
    assert.equal(status, 200);
}
