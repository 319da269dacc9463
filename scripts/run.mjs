// What npm's scripts start: installs what is missing, then runs the work on the Node 22 that the packages bring.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const NODE = join(root, "node_modules", "node", "bin", process.platform === "win32" ? "node.exe" : "node");

const WORK = {
    start: ["scripts/start/main.ts"],
    test: ["scripts/test/main.ts"],
    "test:watch": ["scripts/test/watch.ts"],
    bench: ["bench/main.ts"],
    rehearse: ["rehearsal/main.ts"],
    promote: ["scripts/promote/main.ts"],
    pictures: ["scripts/pictures/main.ts"],
    chaos: ["simulation/main.ts"],
    "test:package": ["node_modules/mocha/bin/mocha.js", "--exit", "--timeout", "900000", "test/package/matrix/*.ts"],
    sbom: ["scripts/release/main.ts"],
    build: ["scripts/build/main.ts"],
    reference: ["scripts/reference/main.ts"],
};

const [name = "", ...args] = process.argv.slice(2);
process.exitCode = main();

function main() {
    const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
    if (major < 20 || (major === 20 && minor < 19)) {
        return refuse(`Node ${process.versions.node} is too old: install Node 20.19 or later.`);
    }
    if (!(name in WORK)) return refuse(`there is no work "${name}", only ${Object.keys(WORK).join(", ")}.`);
    if (!isInstalled() && !install()) return refuse("npm could not install the packages; its messages are above.");
    const bin = join(root, "node_modules", ".bin");
    const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ""}` };
    // Tests make much that is soon thrown away: there is room for it.
    const room = name.startsWith("test") ? ["--max-semi-space-size=32"] : [];
    const { status, signal } = spawnSync(NODE, [...room, "--require", "./tsx.cjs", ...WORK[name], ...args], {
        cwd: root,
        stdio: "inherit",
        env,
    });
    return status ?? (signal === "SIGINT" ? 130 : 1);
}

/** Whether what lies in node_modules is what the lock file asks for. npm keeps its own account there. */
function isInstalled() {
    const [wanted, found] = ["package-lock.json", "node_modules/.package-lock.json"].map(packagesIn);
    if (found === undefined || !existsSync(NODE)) return false;
    return Object.entries(wanted ?? {}).every(
        ([path, { version, optional }]) =>
            path === "" || (optional && !(path in found)) || found[path]?.version === version,
    );
}

function packagesIn(lockFile) {
    const path = join(root, lockFile);
    return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")).packages : undefined;
}

function install() {
    console.error("Installing the packages of package-lock.json (once) …");
    const npm = process.platform === "win32" ? "npm.cmd" : "npm";
    const { status } = spawnSync(npm, ["ci", "--loglevel=error"], { cwd: root, stdio: ["ignore", 2, 2] });
    return status === 0 && isInstalled();
}

function refuse(why) {
    console.error(`zonekeeper: ${why}`);
    return 1;
}
