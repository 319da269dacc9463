import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { version as oktaPlugin } from "@pulumi/okta/package.json";

import { type Emulator, startEmulator } from "../../emulator/emulator";
import type { Config, Deployed, Deployer } from "../deploy/deployer";
import { pulumiCli, whyNotPulumiCli } from "../deploy/pulumiCli";
import { rehearsed } from "../deploy/rehearsed";
import { sandboxEnv } from "../deploy/sandboxEnv";
import { stackConfig } from "./config";
import { startPortal } from "./portal";
import { tell } from "./story";

/** The app that the walk-through puts behind the zone. */
const APP = "0oaPayroll0000000000";

/**
 * `npm start`: deploys the program to an emulated Okta and shows what it does. `--keep` leaves the emulator running,
 * `--portal` runs an agent and a portal instead.
 */
async function main(args: readonly string[]): Promise<void> {
    const unknown = args.find((arg) => arg !== "--keep" && arg !== "--portal");
    if (unknown !== undefined) throw new Error(`npm start takes --keep or --portal and nothing else, not "${unknown}"`);
    if (args.includes("--portal")) return portal();
    const directory = resolve(__dirname, "../..");
    const scratch = await mkdtemp(join(tmpdir(), "zonekeeper-"));
    const emulator = await startEmulator({ seed: { apps: [{ id: APP, label: "Payroll" }] } });
    try {
        const grants = join(scratch, "grants.yaml");
        const config = await stackConfig(directory, emulator.url, { grants, app: APP });
        const options = { directory, scratch, env: sandboxEnv(process.env, "any-token-will-do") };
        const why = await whyNotPulumiCli(oktaPlugin, options.env);
        const deployer = why === undefined ? await pulumiCli(options) : rehearsed(options);
        print(`An Okta emulator listens at ${emulator.url}.`);
        print(`index.ts is deployed as stack dev by ${about(why)}\n`);
        await tell({ emulator, up: () => upWith(deployer, config), grants, directory, print });
        if (args.includes("--keep")) await keep(emulator);
    } finally {
        await emulator.close();
        await rm(scratch, { recursive: true, force: true });
    }
}

async function portal(): Promise<void> {
    const scratch = await mkdtemp(join(tmpdir(), "zonekeeper-"));
    const stop = new AbortController();
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort(signal));
    try {
        await startPortal({ scratch, stop: stop.signal, print });
    } finally {
        await rm(scratch, { recursive: true, force: true });
    }
}

function about(why: string | undefined): string {
    if (why === undefined) return "the Pulumi CLI and its Okta plugin, with the state in a temporary folder.";
    return `the rehearsal engine, as ${why}.
A rehearsal runs the real program and the real provider and asks the same of Okta, without Pulumi's engine and state.`;
}

async function upWith(deployer: Deployer, config: Config): Promise<Deployed> {
    const deployed = await deployer.deploy("up", config);
    if (deployed.problems.length > 0) throw new Error(deployed.problems.join("\n"));
    return deployed;
}

async function keep({ url, org }: Emulator): Promise<void> {
    const zone = [...org.zones.values()].find(({ name }) => String(name).startsWith("Zonekeeper"));
    print(`The emulator goes on at ${url} until you press Ctrl-C. Try, in another terminal:

    export OKTA_API_TOKEN=any
    npx zonekeeper sync --okta ${url} --zone ${zone?.id} --source grants.dev.yaml --dry-run
    curl -H "Authorization: SSWS any" ${url}/api/v1/zones/${zone?.id}`);
    await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
}

function print(text: string): void {
    process.stdout.write(`${text}\n`);
}

main(process.argv.slice(2)).catch((error: Error) => {
    process.stderr.write(`zonekeeper: ${error.message}\n`);
    process.exitCode = 1;
});
