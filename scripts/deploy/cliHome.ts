import { mkdir, symlink } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";

import type { DeployerOptions } from "./deployer";

/**
 * A home for the Pulumi CLI with its user's plugins and nothing else: there the
 * CLI notes each stack that it makes, and in the user's own home the notes stay.
 *
 * @returns the folder, for `PULUMI_HOME`
 */
export async function cliHome({ scratch, env }: Pick<DeployerOptions, "scratch" | "env">): Promise<string> {
    const home = join(scratch, "pulumi-home");
    const users = env.PULUMI_HOME || join(homedir(), ".pulumi");
    if (users === home) return home;
    const plugins = join(users, "plugins");
    await Promise.all([home, plugins].map((path) => mkdir(path, { recursive: true })));
    await symlink(plugins, join(home, "plugins"), "junction").catch((error: NodeJS.ErrnoException) => {
        // A second deployer in the same folder has the same home.
        if (error.code !== "EEXIST") throw error;
    });
    return home;
}
