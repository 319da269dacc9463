import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

export const ROOT = resolve(__dirname, "../..");

/** A folder outside the checkout in which somebody installed the package. */
export interface Installed extends Disposable {
    readonly folder: string;
    /** The packed package. */
    readonly tarball: string;
    /** Runs a program of the folder, and gives what it prints. @throws with its messages where it fails */
    run(file: string, ...args: readonly string[]): string;
    /** The same with Node, from a text that is an ES module. */
    module(text: string, env?: NodeJS.ProcessEnv): string;
    /** Adds Pulumi's packages, which are those of the checkout: to install 190 MB takes half a minute. */
    addPulumi(): void;
}

/** Packs the checkout as it is published, and installs the tarball with npm, in a folder that knows nothing of the checkout. */
export function installPackage(): Installed {
    const scratch = mkdtempSync(join(tmpdir(), "zonekeeper-package-"));
    const folder = join(scratch, "program");
    mkdirSync(folder);
    npm(ROOT, "pack", "--silent", "--pack-destination", scratch);
    const [name = ""] = readdirSync(scratch).filter((file) => file.endsWith(".tgz"));
    const tarball = join(scratch, name);
    writeFileSync(join(folder, "package.json"), '{ "name": "mine", "version": "1.0.0", "private": true }');
    npm(
        folder,
        "install",
        tarball,
        "--prefer-offline",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
    );
    const run = (file: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
        execFileSync(file, args, { cwd: folder, encoding: "utf8", env: { PATH: process.env.PATH, ...env } });
    return {
        folder,
        tarball,
        run: (file, ...args) => run(file, args),
        module: (text, env) => run(process.execPath, ["--input-type=module", "--eval", text], env),
        addPulumi() {
            const target = join(folder, "node_modules", "@pulumi");
            if (!existsSync(target)) symlinkSync(join(ROOT, "node_modules", "@pulumi"), target, "junction");
        },
        [Symbol.dispose]: () => rmSync(scratch, { recursive: true, force: true }),
    };
}

function npm(cwd: string, ...args: readonly string[]): void {
    const isWindows = process.platform === "win32";
    execFileSync(isWindows ? "npm.cmd" : "npm", args, {
        cwd,
        stdio: ["ignore", "ignore", "inherit"],
        shell: isWindows,
    });
}
