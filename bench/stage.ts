import { cp, mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { startEmulator } from "../emulator/emulator";
import { stackConfig } from "../scripts/start/config";
import { copyGrants } from "../scripts/start/grants";
import type { Engine, OpenEngine } from "./engine";
import type { Bench } from "./section";

/** The app that the program puts on its policy. */
const APP = "0oaPayroll0000000000";

/** A program, an engine, and an emulated Okta of its own to which nothing is deployed yet. */
export interface Stage extends Engine, AsyncDisposable {
    /** How many requests the emulator has had. */
    requests(): number;
}

export interface StageOptions {
    /** A folder of that name is made in the measure's own. */
    readonly name: string;
    readonly open: OpenEngine;
    /** The program's folder. */
    readonly directory: string;
    /** Besides the environment of the bench. */
    readonly env?: Readonly<Record<string, string>>;
    /** Settings besides those of `npm start`. */
    readonly config?: Readonly<Record<string, string>>;
    /** The grants document. @default that of `npm start` */
    readonly grants?: string;
    /** Asks the policy pack of the checkout. @default false */
    readonly asksPolicies?: boolean;
}

export async function openStage(bench: Bench, options: StageOptions): Promise<Stage> {
    const { name, open, directory, env, asksPolicies = false } = options;
    const scratch = join(bench.scratch, name);
    await mkdir(scratch);
    const grants = join(scratch, "grants.yaml");
    if (options.grants === undefined) await copyGrants(join(bench.directory, "grants.dev.yaml"), grants);
    else await writeFile(grants, options.grants);
    const emulator = await startEmulator({ seed: { apps: [{ id: APP, label: "Payroll" }] } });
    try {
        const config = {
            ...(await stackConfig(bench.directory, emulator.url, { grants, app: APP })),
            ...options.config,
        };
        const token = { OKTA_API_TOKEN: "any-token-will-do" };
        const policyPack = asksPolicies ? { directory: join(bench.directory, "policies") } : undefined;
        const engine = await open({ directory, scratch, env: { ...bench.env, ...env, ...token }, policyPack }, config);
        return { ...engine, requests: () => emulator.requests.length, [Symbol.asyncDispose]: () => emulator.close() };
    } catch (error) {
        await emulator.close();
        throw error;
    }
}

/**
 * A copy of the checkout whose index.ts is empty, and nothing else: the same
 * Pulumi.yaml, the same packages, the same way to run TypeScript.
 *
 * @returns its folder
 */
export async function emptyProgram({ directory, scratch }: Bench): Promise<string> {
    const path = join(scratch, "empty-program");
    for (const folder of ["components", "src"]) await mkdir(join(path, folder), { recursive: true });
    const files = [
        "Pulumi.yaml",
        "package.json",
        "tsconfig.json",
        "preload.cjs",
        "lazyModules.cjs",
        "sparedStacks.cjs",
        "tsx.cjs",
    ];
    for (const name of [...files, "templates/pulumi/dynamic-provider"]) {
        await cp(join(directory, name), join(path, name), { recursive: true });
    }
    await symlink(join(directory, "node_modules"), join(path, "node_modules"), "junction");
    await writeFile(join(path, "index.ts"), "export {};\n");
    return path;
}
