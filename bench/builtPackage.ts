import { execFile } from "node:child_process";
import { cp, mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

import type { Bench } from "./section";

/** Builds the package, and lays it out as it is published, with the packages of the checkout. @returns the path of its command */
export async function builtPackage({ directory, scratch }: Bench): Promise<string> {
    const build = ["--require", "./tsx.cjs", "scripts/build/main.ts"];
    await promisify(execFile)(process.execPath, build, { cwd: directory });
    const folder = join(scratch, "built");
    await mkdir(folder);
    for (const name of ["bin", "dist", "package.json"]) {
        await cp(join(directory, name), join(folder, name), { recursive: true });
    }
    await symlink(join(directory, "node_modules"), join(folder, "node_modules"), "junction");
    return join(folder, "bin", "zonekeeper.cjs");
}
