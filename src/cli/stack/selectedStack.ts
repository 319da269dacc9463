import { execFile } from "node:child_process";
import { promisify } from "node:util";

import type { Terminal } from "../terminal/terminal";

/** The time-out; the CLI answers this without a request. */
const TIMEOUT_MS = 15_000;

/** The selected stack of a folder, by the Pulumi CLI; undefined if there is none, or no CLI. */
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
