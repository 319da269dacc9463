import { execFile } from "node:child_process";
import { cp, mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { type EngineEvent, LocalWorkspace } from "@pulumi/pulumi/automation";
import { stringify } from "yaml";

import type { DeployedStep, Deployer, DeployOptions } from "./deployer";

const run = promisify(execFile);

/** What `pulumi up` reads of a checkout. */
const PROGRAM = ["Pulumi.yaml", "package.json", "tsconfig.json", "preload.cjs", "index.ts", "components", "src"];

/**
 * Deploys with the Pulumi CLI, from a copy of the program and with its state in
 * the scratch folder, so that no file of the checkout changes.
 */
export async function pulumiCli(options: DeployOptions): Promise<Deployer> {
    const { directory, scratch, config, env } = options;
    const [workDir, state] = [join(scratch, "program"), join(scratch, "state")];
    await Promise.all([workDir, state].map((path) => mkdir(path)));
    await Promise.all(PROGRAM.map((name) => cp(join(directory, name), join(workDir, name), { recursive: true })));
    await symlink(join(directory, "node_modules"), join(workDir, "node_modules"), "junction");
    await writeFile(join(workDir, "Pulumi.dev.yaml"), stringify({ config: withObjects(config) }));
    const envVars = {
        ...definedOnly(env),
        PULUMI_BACKEND_URL: pathToFileURL(state).href,
        PULUMI_CONFIG_PASSPHRASE: "the secrets of a walk-through",
        PULUMI_SKIP_UPDATE_CHECK: "true",
    };
    const stack = await LocalWorkspace.createOrSelectStack({ stackName: "dev", workDir }, { envVars });
    return {
        about: "the Pulumi CLI and its Okta plugin, with the state in a temporary folder.",
        async up() {
            const steps: DeployedStep[] = [];
            const { outputs } = await stack.up({ onEvent: (event) => steps.push(...stepIn(event)) });
            return {
                steps,
                outputs: Object.fromEntries(Object.entries(outputs).map(([key, { value }]) => [key, value])),
            };
        },
    };
}

/**
 * Why the Pulumi CLI cannot deploy the program; undefined when it can. Tries to
 * install the Okta plugin where it is missing.
 *
 * @param version Of the plugin: that of the package `@pulumi/okta`.
 */
export async function whyNotPulumiCli(version: string, env: DeployOptions["env"]): Promise<string | undefined> {
    const pulumi = (args: readonly string[], timeout: number) =>
        run("pulumi", [...args], { timeout, env: { ...definedOnly(env), PULUMI_SKIP_UPDATE_CHECK: "true" } });
    try {
        await pulumi(["version"], 10_000);
    } catch {
        return "there is no `pulumi` on PATH";
    }
    try {
        const { stdout } = await pulumi(["plugin", "ls", "--json"], 10_000);
        const plugins = JSON.parse(stdout) as { name: string; version?: string }[];
        if (plugins.some((plugin) => plugin.name === "okta" && plugin.version === version)) return undefined;
        await pulumi(["plugin", "install", "resource", "okta", version], 60_000);
        return undefined;
    } catch {
        return `its Okta plugin ${version} is neither installed nor to be had`;
    }
}

function stepIn({ resourcePreEvent: event }: EngineEvent): DeployedStep[] {
    if (event === undefined || event.metadata.op === "refresh") return [];
    const { op, type, urn } = event.metadata;
    return [{ op, type, name: urn.split("::").at(-1) ?? urn }];
}

/** Pulumi's file has objects as YAML, where its protocol has them as JSON. */
function withObjects(config: DeployOptions["config"]): Record<string, unknown> {
    return Object.fromEntries(
        Object.entries(config).map(([key, text]) => [key, /^[[{]/.test(text) ? JSON.parse(text) : text]),
    );
}

function definedOnly(env: DeployOptions["env"]): Record<string, string> {
    return Object.fromEntries(
        Object.entries(env).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
    );
}
