import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { parse, stringify } from "yaml";

import { cliHome } from "../scripts/deploy/cliHome";
import { type Config, type DeployerOptions, PASSPHRASE } from "../scripts/deploy/deployer";
import { pulumiCli } from "../scripts/deploy/pulumiCli";
import type { Engine } from "./engine";

const UP = ["up", "--stack", "dev", "--yes", "--skip-preview", "--non-interactive"];

const PREVIEW = ["preview", "--stack", "dev", "--non-interactive", "--expect-no-changes"];

/** The longest that an up may take in milliseconds. */
const LIMIT_MS = 120_000;

/**
 * `pulumi up` itself, as people type it: Pulumi's Automation API would call the
 * CLI a few times more to read outputs and history, and their time would count.
 * The copy of the program and the stack are made as for `npm start`.
 */
export async function cliEngine(options: DeployerOptions, config: Config): Promise<Engine> {
    const { scratch } = options;
    const env = { ...options.env, PULUMI_HOME: await cliHome(options) };
    await pulumiCli({ ...options, env });
    const [workDir, state] = [join(scratch, "program"), join(scratch, "state")];
    const settings = join(workDir, "Pulumi.dev.yaml");
    await writeFile(settings, stringify({ ...parse(await readFile(settings, "utf8")), config }));
    const stackEnv = { PULUMI_BACKEND_URL: pathToFileURL(state).href, PULUMI_CONFIG_PASSPHRASE: PASSPHRASE };
    const pack = options.policyPack === undefined ? [] : ["--policy-pack", options.policyPack.directory];
    const run = (args: readonly string[]) =>
        pulumi([...args, ...pack], workDir, { ...env, ...stackEnv, PULUMI_SKIP_UPDATE_CHECK: "true" });
    return {
        up: (expected) => run(expected === "none" ? [...UP, "--expect-no-changes"] : UP),
        preview: () => run(PREVIEW),
    };
}

async function pulumi(args: readonly string[], directory: string, env: DeployerOptions["env"]): Promise<void> {
    try {
        await promisify(execFile)("pulumi", [...args], { cwd: directory, env: { ...env }, timeout: LIMIT_MS });
    } catch (error) {
        const { stdout = "", stderr = "", message } = error as Error & { stdout?: string; stderr?: string };
        throw new Error(
            `pulumi ${args[0]} failed: ${[stderr, stdout, message].map((text) => text.trim()).find(Boolean)}`,
            {
                cause: error,
            },
        );
    }
}
