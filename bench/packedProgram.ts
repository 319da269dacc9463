import { execFile } from "node:child_process";
import { mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

import type { Bench } from "./section";

const npm = promisify(execFile).bind(undefined, process.platform === "win32" ? "npm.cmd" : "npm");

/** As `pulumi new typescript` writes it. */
const PULUMI =
    "name: mine\nruntime:\n  name: nodejs\n  options: { packagemanager: npm }\noptions: { refresh: always }\n";

const TSCONFIG = {
    compilerOptions: {
        strict: true,
        target: "es2022",
        module: "nodenext",
        moduleResolution: "nodenext",
        types: ["node"],
    },
    files: ["index.ts"],
};

/** The settings are those that the bench gives to every program. */
const PROGRAM = `
import * as pulumi from "@pulumi/pulumi";
import { GrantedAccess } from "zonekeeper/pulumi";

const source = new pulumi.Config("zonekeeper").requireObject<Record<string, string>>("source");
const access = new GrantedAccess("access", { zoneName: "Staff (dev)", source });
export const { zoneIds, policyId, ruleId, gateways, refused, unusable } = access;
`;

export interface Programs {
    /** The folder of a program that uses the package. */
    readonly packed: string;
    /** The same with nothing in it. */
    readonly empty: string;
}

/**
 * Packs the checkout as it is published, and installs it into programs of somebody's own, which Pulumi runs as it runs
 * every TypeScript program. Pulumi's packages are those of the checkout.
 */
export async function packedPrograms({ directory, scratch }: Bench): Promise<Programs> {
    const packed = join(scratch, "packed");
    const empty = join(scratch, "packed-empty");
    for (const [folder, text] of [
        [packed, PROGRAM],
        [empty, "export {};\n"],
    ] as const) {
        await mkdir(folder);
        await writeFile(join(folder, "Pulumi.yaml"), PULUMI);
        await writeFile(join(folder, "package.json"), '{ "name": "mine", "private": true, "main": "index.ts" }');
        await writeFile(join(folder, "tsconfig.json"), JSON.stringify(TSCONFIG));
        await writeFile(join(folder, "index.ts"), text);
    }
    await npm(["pack", "--silent", "--pack-destination", scratch], { cwd: directory });
    const [tarball = ""] = (await readdir(scratch)).filter((name) => name.endsWith(".tgz"));
    const quiet = ["--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund", "--no-save"];
    await npm(["install", join(scratch, tarball), ...quiet], { cwd: packed });
    for (const name of ["@pulumi", "@types", "typescript"]) {
        await symlink(join(directory, "node_modules", name), join(packed, "node_modules", name), "junction");
    }
    await symlink(join(packed, "node_modules"), join(empty, "node_modules"), "junction");
    return { packed, empty };
}
