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
export interface Stage extends Engine, AsyncDisposable {}

export interface StageOptions {
    /** A folder of that name is made in the measure's own. */
    readonly name: string;
    readonly open: OpenEngine;
    /** The program's folder. */
    readonly directory: string;
    /** Besides the environment of the bench. */
    readonly env?: Readonly<Record<string, string>>;
}

export async function openStage(bench: Bench, { name, open, directory, env }: StageOptions): Promise<Stage> {
    const scratch = join(bench.scratch, name);
    await mkdir(scratch);
    const grants = join(scratch, "grants.yaml");
    await copyGrants(join(bench.directory, "grants.dev.yaml"), grants);
    const emulator = await startEmulator({ seed: { apps: [{ id: APP, label: "Payroll" }] } });
    try {
        const config = await stackConfig(bench.directory, emulator.url, { grants, app: APP });
        const token = { OKTA_API_TOKEN: "any-token-will-do" };
        const engine = await open({ directory, scratch, env: { ...bench.env, ...env, ...token } }, config);
        return { ...engine, [Symbol.asyncDispose]: () => emulator.close() };
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
    for (const name of ["Pulumi.yaml", "package.json", "tsconfig.json", "preload.cjs"]) {
        await cp(join(directory, name), join(path, name));
    }
    await symlink(join(directory, "node_modules"), join(path, "node_modules"), "junction");
    await writeFile(join(path, "index.ts"), "export {};\n");
    return path;
}
