import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify, stripVTControlCharacters } from "node:util";
import { type EngineEvent, LocalWorkspace, type PolicyEvent, type Stack } from "@pulumi/pulumi/automation";
import { parse, stringify } from "yaml";

import { cliHome } from "./cliHome";
import {
    type Config,
    type DeployedStep,
    type Deployer,
    type DeployerOptions,
    type Operation,
    PASSPHRASE,
    type PolicyPackChoice,
} from "./deployer";

const run = promisify(execFile);

/** What `pulumi up` reads of a checkout, or of a program with the package, which has less of it. */
export const PROGRAM = [
    "Pulumi.yaml",
    "package.json",
    "tsconfig.json",
    "preload.cjs",
    "lazyModules.cjs",
    "sparedStacks.cjs",
    "tsx.cjs",
    "templates/pulumi/dynamic-provider",
    "index.ts",
    "components",
    "src",
];

/**
 * Deploys with the Pulumi CLI, from a copy of the program and with its state in
 * the scratch folder, so that no file of the checkout changes.
 */
export async function pulumiCli(options: DeployerOptions): Promise<Deployer> {
    const { directory, scratch, env, policyPack, refresh, runProgram = false, stack: stackName = "dev" } = options;
    const workDir = join(scratch, stackName === "dev" ? "program" : `program of ${stackName}`);
    const state = join(scratch, "state");
    await Promise.all([workDir, state].map((path) => mkdir(path, { recursive: true })));
    const there = PROGRAM.filter((name) => existsSync(join(directory, name)));
    await Promise.all(there.map((name) => cp(join(directory, name), join(workDir, name), { recursive: true })));
    await symlink(join(directory, "node_modules"), join(workDir, "node_modules"), "junction");
    const envVars = {
        ...definedOnly(env),
        PULUMI_HOME: await cliHome({ scratch, env }),
        PULUMI_BACKEND_URL: pathToFileURL(state).href,
        PULUMI_CONFIG_PASSPHRASE: PASSPHRASE,
        PULUMI_SKIP_UPDATE_CHECK: "true",
        PULUMI_RUN_PROGRAM: String(runProgram),
        ...(refresh !== undefined && { PULUMI_OPTION_REFRESH: String(refresh) }),
    };
    const stack = await LocalWorkspace.createOrSelectStack({ stackName, workDir }, { envVars });
    const judged = policyPack && (await policyOptions(policyPack, scratch));
    const { encryptionSalt } = await stack.workspace.stackSettings(stackName);
    return {
        kind: "pulumi",
        async deploy(operation, config) {
            const settings = { encryptionsalt: encryptionSalt, config: withObjects(config) };
            await writeFile(join(workDir, `Pulumi.${stackName}.yaml`), stringify(settings));
            const steps: DeployedStep[] = [];
            const problems: string[] = [];
            const watch = (event: EngineEvent) => {
                steps.push(...stepIn(event));
                problems.push(...problemIn(event));
            };
            try {
                await deployWith(stack, operation, { onEvent: watch, ...judged });
            } catch (error) {
                return { problems: problems.length > 0 ? problems : [(error as Error).message], steps, outputs: {} };
            }
            const outputs = Object.entries(operation === "preview" ? {} : await stack.outputs());
            return {
                problems: [],
                steps,
                outputs: Object.fromEntries(outputs.map(([key, { value }]) => [key, value])),
            };
        },
    };
}

interface RunOptions {
    readonly onEvent: (event: EngineEvent) => void;
    readonly policyPacks?: string[];
    readonly policyPackConfigs?: string[];
}

/** The CLI takes the configuration of a pack from a file only. */
async function policyOptions({ directory, config }: PolicyPackChoice, scratch: string) {
    if (config === undefined) return { policyPacks: [directory] };
    const path = join(scratch, "policies.json");
    await writeFile(path, JSON.stringify(config));
    return { policyPacks: [directory], policyPackConfigs: [path] };
}

function deployWith(stack: Stack, operation: Operation, options: RunOptions): Promise<unknown> {
    const { onEvent } = options;
    const operations = {
        preview: () => stack.preview(options),
        up: () => stack.up(options),
        refresh: () => stack.refresh({ onEvent }),
        destroy: () => stack.destroy({ onEvent }),
    };
    return operations[operation]();
}

/**
 * Why the Pulumi CLI cannot deploy the program; undefined when it can. Tries to
 * install the Okta plugin where it is missing.
 *
 * @param version Of the plugin: that of the package `@pulumi/okta`.
 */
export async function whyNotPulumiCli(version: string, env: DeployerOptions["env"]): Promise<string | undefined> {
    const pulumi = (args: readonly string[], timeout: number) =>
        run("pulumi", [...args], { timeout, env: { ...definedOnly(env), PULUMI_SKIP_UPDATE_CHECK: "true" } });
    try {
        await pulumi(["version"], 10_000);
    } catch {
        return "there is no `pulumi` on PATH";
    }
    try {
        const { stdout } = await pulumi(["plugin", "ls", "--json"], 10_000);
        const plugins = parse(stdout) as { name: string; version?: string }[];
        if (plugins.some((plugin) => plugin.name === "okta" && plugin.version === version)) return undefined;
        await pulumi(["plugin", "install", "resource", "okta", version], 60_000);
        return undefined;
    } catch {
        return `its Okta plugin ${version} is neither installed nor to be had`;
    }
}

/** `up` announces the steps of its preview too: of one resource, the last counts. */
function stepIn({ resourcePreEvent: event }: EngineEvent): DeployedStep[] {
    if (event === undefined || event.metadata.op === "refresh") return [];
    const { op, type, urn } = event.metadata;
    return [{ op, type, name: urn.split("::").at(-1) ?? urn }];
}

function problemIn({ diagnosticEvent: event, policyEvent: policy }: EngineEvent): string[] {
    if (policy?.enforcementLevel === "mandatory") return [violation(policy)];
    return event?.severity === "error" && !event.ephemeral ? [stripVTControlCharacters(event.message).trim()] : [];
}

/** Pulumi puts the policy's description before what it found. */
function violation({ policyName, message }: PolicyEvent): string {
    const found = stripVTControlCharacters(message).trim().split("\n").slice(1).join("\n");
    return `${policyName}: ${found}`;
}

/** Pulumi's file has objects as YAML, where its protocol has them as JSON. */
function withObjects(config: Config): Record<string, unknown> {
    return Object.fromEntries(
        Object.entries(config).map(([key, text]) => [key, /^[[{]/.test(text) ? JSON.parse(text) : text]),
    );
}

function definedOnly(env: DeployerOptions["env"]): Record<string, string> {
    return Object.fromEntries(
        Object.entries(env).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
    );
}
