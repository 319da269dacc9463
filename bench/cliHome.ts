import { mkdir, symlink } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";

import type { Bench } from "./section";

/**
 * A home for the Pulumi CLI with the plugins of the user's and nothing else:
 * the CLI notes each stack that it makes there, and the note would stay.
 *
 * @returns its folder, for PULUMI_HOME
 */
export async function cliHome({ env, scratch }: Bench): Promise<string> {
    const home = join(scratch, "pulumi-home");
    await mkdir(home);
    await symlink(join(env.PULUMI_HOME ?? join(homedir(), ".pulumi"), "plugins"), join(home, "plugins"), "junction");
    return home;
}
