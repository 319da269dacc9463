import { strict as assert } from "node:assert";

import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";

import { startChild } from "../../../rehearsal/processes/child";

describe("startChild", () => {
    const run = (script: string, onLine: (line: string, stream: string) => void = () => {}) =>
        startChild({ node: process.execPath, args: ["-e", script], directory: ".", env: {}, onLine });

    it("passes on every line and the exit status", async () => {
        const lines: string[] = [];
        const child = run('console.log("a\\nb"); console.error("c"); process.exitCode = 3', (line, stream) =>
            lines.push(`${stream} ${line}`),
        );
        assert.equal(await child.exited, 3);
        assert.deepEqual(lines.sort(), ["stderr c", "stdout a", "stdout b"]);
    });

    it("stops a process that does not want to end", async () => {
        const child = await new Promise<ReturnType<typeof run>>((resolve) => {
            const started = run('process.on("SIGTERM", () => {}); setInterval(() => {}, 1000); console.log("up")', () =>
                resolve(started),
            );
        });
        await child.stop();
        assert.equal(await child.exited, null);
        await child.stop();
    });

    it("lets a leashed process end with the one that started it", async () => {
        const leash = resolve("rehearsal/providers/leash.cjs");
        const child = spawn(process.execPath, ["--require", leash, "-e", "setInterval(() => {}, 1000)"], {
            stdio: ["pipe", "ignore", "ignore"],
        });
        child.stdin.end();
        const [status] = await once(child, "exit");
        assert.equal(status, 0);
    });

    it("takes a program that cannot be started for one that ended", async () => {
        const child = startChild({ node: "/no/such/node", args: [], directory: ".", env: {}, onLine: () => {} });
        assert.equal(await child.exited, null);
    });
});
