import { execFile } from "node:child_process";
import { promisify } from "node:util";

import type { Terminal } from "./terminal";

/** The CLI knows it by itself, and asks nobody. */
const TIMEOUT_MS = 15_000;

/** The stack that is selected in the folder, as the Pulumi CLI says; undefined where there is none, and where there is no CLI. */
export async function selectedStack({
    directory,
    env,
}: Pick<Terminal, "directory" | "env">): Promise<string | undefined> {
    const options = { cwd: directory, timeout: TIMEOUT_MS, env: { ...env, PULUMI_SKIP_UPDATE_CHECK: "true" } };
    try {
        const { stdout } = await promisify(execFile)("pulumi", ["stack", "--show-name", "--non-interactive"], options);
        const name = stdout.trim();
        return /^[\w.-]+(\/[\w.-]+){0,2}$/.test(name) ? name : undefined;
    } catch {
        return undefined;
    }
}
