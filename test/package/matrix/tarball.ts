import { strict as assert } from "node:assert";
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { ROOT } from "../install";
import { packed } from "./packed";

/** How often each program is started; the least of its times on a processor counts, as the machine may be busy. */
const ROUNDS = 15;

/** The Node of the tests, and the one that npm runs on. */
const NODES = new Set([process.execPath, process.env.npm_node_execpath ?? process.execPath]);

/** Writes what a process took of the processor, in microseconds. */
const HOOK = `process.on("exit", () => {
    const { user, system } = process.cpuUsage();
    require("node:fs").writeFileSync("cpu", String(user + system));
});`;

describe("the tarball", () => {
    it("has the same bytes each time, whatever the modes of the files were", () => {
        const { mode } = statSync(join(ROOT, "LICENSE"));
        chmodSync(join(ROOT, "LICENSE"), 0o600);
        try {
            const again = join(dirname(packed().tarball), "again");
            mkdirSync(again);
            execFileSync("npm", ["pack", "--silent", "--pack-destination", again], { cwd: ROOT, stdio: "ignore" });
            const name = packed().tarball.split("/").at(-1) ?? "";
            assert.equal(hashOf(join(again, name)), hashOf(packed().tarball));
        } finally {
            chmodSync(join(ROOT, "LICENSE"), mode);
        }
    });

    for (const node of NODES) {
        it(`starts quickly: --version in 3 and explain in 5 times an empty Node, ${node}`, () => {
            const { empty, version, explain } = leastTimes(node);
            const said = `node -e 0: ${empty.toFixed(0)} ms, --version: ${version.toFixed(0)} ms, explain: ${explain.toFixed(0)} ms`;
            assert.ok(version <= 3 * empty && explain <= 5 * empty, said);
        });
    }
});

/** The processor time of each start in milliseconds, side by side. */
function leastTimes(node: string) {
    const { folder } = packed();
    const bin = join(folder, "node_modules/zonekeeper/bin/zonekeeper.cjs");
    const zone = { id: "nzo1", name: "Staff", type: "IP", gateways: [{ type: "CIDR", value: "203.0.113.7/32" }] };
    writeFileSync(join(folder, "zone.json"), JSON.stringify(zone));
    const commands = [
        ["--eval", "0"],
        [bin, "--version"],
        [bin, "explain", "--zone", "zone.json", "--chain", "203.0.113.7"],
    ];
    const hook = join(folder, "cpu.cjs");
    writeFileSync(hook, HOOK);
    const least = commands.map(() => Number.POSITIVE_INFINITY);
    for (let round = 0; round < ROUNDS; round++) {
        for (const [index, args] of commands.entries()) {
            assert.equal(spawnSync(node, ["--require", hook, ...args], { cwd: folder }).status, 0);
            least[index] = Math.min(least[index] ?? 0, Number(readFileSync(join(folder, "cpu"), "utf8")) / 1000);
        }
    }
    const [empty = 0, version = 0, explain = 0] = least;
    return { empty, version, explain };
}

function hashOf(path: string): string {
    return createHash("sha256").update(readFileSync(path)).digest("hex");
}
