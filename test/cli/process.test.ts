import { strict as assert } from "node:assert";
import { type StdioOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";

import { BIN, run, start } from "../support/run";
import { call, grantsOf, openScene, TOKEN } from "./scene";

const A = "203.0.113.7/32";
const env = { OKTA_API_TOKEN: TOKEN };

/** Linux's disk without room. */
const FULL = "/dev/full";

/** Runs a command with one of its outputs going into a file; gives its status and what it says on the other. */
async function runInto(path: string, output: "stdout" | "stderr", args: readonly string[]) {
    const file = await open(path, "w");
    try {
        const stdio: StdioOptions = output === "stdout" ? ["ignore", file.fd, "pipe"] : ["ignore", "pipe", file.fd];
        const child = spawn(process.execPath, [BIN, ...args], { stdio });
        const other = child.stdout ?? child.stderr;
        assert.ok(other);
        const [said, [status]] = await Promise.all([text(other), once(child, "close")]);
        return [status, said];
    } finally {
        await file.close();
    }
}

describe("the process zonekeeper", () => {
    it("syncs from any folder, with one JSON document on stdout", async () => {
        await using scene = await openScene({ nzo1: ["192.0.2.0/32"] }, grantsOf({ g1: "203.0.113.7" }));
        const { okta, directory } = scene;
        const flags = ["--zone", "nzo1", "--source", "grants.yaml", "--okta", okta.url, "--json"];
        const ran = await run([BIN, "sync", ...flags], { env, directory });
        const zone = {
            id: "nzo1",
            name: "Zone nzo1",
            add: [A],
            remove: ["192.0.2.0/32"],
            gateways: [A],
            written: true,
        };
        const document = JSON.stringify({ zones: [zone], active: 1, refused: [], unusable: [] });
        assert.deepEqual(ran, { status: 0, stdout: `${document}\n`, stderr: "" });
        assert.deepEqual(scene.states("nzo1").at(-1), [A]);
    });

    it("fails with one line on stderr, and nothing on stdout", async () => {
        const flags = ["--zone", "nzo1", "--source", "missing.yaml", "--okta", "http://127.0.0.1:9"];
        const ran = await run([BIN, "sync", ...flags], { env, directory: tmpdir() });
        const where = `there is no such file (${join(tmpdir(), "missing.yaml")})`;
        const stderr = `zonekeeper: cannot read grants from file missing.yaml: ${where} [ZK401]\n`;
        assert.deepEqual(ran, { status: 1, stdout: "", stderr });
    });

    it("examines an org, and ends with 1 when a check fails", async () => {
        await using scene = await openScene({ nzo1: [A] }, grantsOf({ g1: "203.0.113.8" }));
        const { okta, directory } = scene;
        const flags = ["--zone", "nzo1", "--source", "grants.yaml", "--okta", okta.url, "--json"];
        const { status, stdout, stderr } = await run([BIN, "doctor", ...flags], { env, directory });
        assert.deepEqual([status, stderr], [1, ""]);
        const { checks } = JSON.parse(stdout) as { checks: { code: string; status: string }[] };
        const failed = checks.filter((check) => check.status === "fail").map(({ code }) => code);
        assert.deepEqual(failed, ["ZK301", "ZK403"]);
    });

    it("waits for no zone when another one is not there", async () => {
        await using scene = await openScene({ nzo1: [A] }, grantsOf({ g1: "203.0.113.7" }));
        const { okta, directory } = scene;
        okta.inject({ on: { path: "nzo1" }, do: { throttle: { resetInSeconds: 50 } } });
        okta.inject({ on: { path: "nzo9" }, do: { delayMs: 100 } });
        const flags = ["--zone", "nzo1", "nzo9", "--source", "grants.yaml", "--okta", okta.url];
        const { status, stderr } = await run([BIN, "sync", ...flags], { env, directory });
        assert.equal(status, 1);
        const said = stderr.split("\n").map((line) => line.replace(/\d+ s$|: .*/, ""));
        assert.deepEqual(said, ["Okta's rate limit is used up; waiting ", "zonekeeper", ""]);
    });

    it("ends with a sentence where its output has no room", async function () {
        if (!existsSync(FULL)) this.skip();
        const stderr = "zonekeeper: cannot write the output: ENOSPC: no space left on device, write [ZK001]\n";
        assert.deepEqual(await runInto(FULL, "stdout", ["schema"]), [1, stderr]);
    });

    it("ends the same way if stderr is closed", async function () {
        if (!existsSync(FULL)) this.skip();
        assert.deepEqual(await runInto(FULL, "stderr", ["sinc"]), [2, ""]);
    });

    it("survives a SIGHUP that comes before the agent has begun", async () => {
        const args = ["agent", "--config", "missing.yaml"];
        const early = `process.argv.push(...${JSON.stringify([BIN, ...args])}); require(${JSON.stringify(BIN)}); process.kill(process.pid, "SIGHUP")`;
        const { status, stderr } = await run(["-e", early], { directory: tmpdir() });
        const path = join(tmpdir(), "missing.yaml");
        const says = `zonekeeper: cannot use the configuration ${path}: there is no such file [ZK002]\n`;
        assert.deepEqual([status, stderr], [2, says]);
    });

    it("does not start in a folder that is gone", async () => {
        const directory = await mkdtemp(join(tmpdir(), "zonekeeper-"));
        const gone = `process.chdir(${JSON.stringify(directory)}); require("fs").rmdirSync(process.cwd()); require(${JSON.stringify(BIN)})`;
        const { status, stdout, stderr } = await run(["-e", gone]);
        const why = "the folder that it is started in cannot be used: it is gone; start it in another one";
        assert.deepEqual([status, stdout, stderr], [2, "", `zonekeeper: ${why} [ZK002]\n`]);
    });

    it("serves an emulator until SIGTERM, with its URL as the first line", async () => {
        const directory = await mkdtemp(join(tmpdir(), "zonekeeper-"));
        try {
            const gateways = [{ type: "CIDR", value: A }];
            await writeFile(
                join(directory, "seed.json"),
                JSON.stringify({ zones: [{ id: "nzo1", name: "Staff", gateways }] }),
            );
            await writeFile(join(directory, "grants.yaml"), grantsOf({ g1: "203.0.113.7" }));
            await using emulator = start([BIN, "emulator", "--seed", "seed.json"], { directory });
            const url = await emulator.firstLine;
            assert.match(url, /^http:\/\/127\.0\.0\.1:\d+$/);
            const flags = ["--zone", "nzo1", "--source", "grants.yaml", "--okta", url, "--check"];
            assert.equal((await call(["sync", ...flags], { directory })).status, 0);
            emulator.child.kill("SIGTERM");
            const { status, stdout } = await emulator.ended;
            assert.deepEqual({ status, stdout }, { status: 0, stdout: `${url}\n` });
            await assert.rejects(fetch(url));
        } finally {
            await rm(directory, { recursive: true });
        }
    });
});

describe("zonekeeper emulator", () => {
    const SEED = "cannot use the seed DIR/seed.json";

    for (const [title, seed, says] of [
        ["is not there", undefined, `${SEED}: there is no such file`],
        ["is not JSON", "zones: []", `${SEED}: it is not JSON`],
        [
            "is not an organisation",
            '{"zones":[{"gateways":[]}]}',
            `${SEED}: the emulator's seed is not usable: zones.0.name: Invalid input: expected string, received undefined`,
        ],
        [
            "has something that no organisation has",
            '{"zonez":[]}',
            `${SEED}: the emulator's seed is not usable: it: Unrecognized key: "zonez"`,
        ],
    ] as const) {
        it(`does not start with a seed that ${title}`, async () => {
            const directory = await mkdtemp(join(tmpdir(), "zonekeeper-"));
            try {
                if (seed !== undefined) await writeFile(join(directory, "seed.json"), seed);
                const { status, out, err } = await call(["emulator", "--seed", "seed.json"], { directory });
                const shown = err.map((line) => line.replace(directory, "DIR"));
                assert.deepEqual(
                    { status, out, shown },
                    { status: 2, out: "", shown: [`zonekeeper: ${says} [ZK002]`] },
                );
            } finally {
                await rm(directory, { recursive: true });
            }
        });
    }

    it("does not start on a port that is taken", async () => {
        const server = createServer();
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        try {
            const { port } = server.address() as { port: number };
            const { status, err } = await call(["emulator", "--port", String(port)]);
            assert.equal(status, 2);
            assert.equal(err.length, 1);
            assert.match(
                err[0] ?? "",
                new RegExp(`^zonekeeper: the emulator cannot listen on 127\\.0\\.0\\.1:${port}: `),
            );
        } finally {
            server.close();
        }
    });
});
