import { strict as assert } from "node:assert";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { ROOT, run, start } from "../support/run";
import { call, grantsOf, openScene, TOKEN } from "./scene";

const BIN = join(ROOT, "bin/zonekeeper.cjs");
const A = "203.0.113.7/32";
const env = { OKTA_API_TOKEN: TOKEN };

describe("the process zonekeeper", function () {
    this.timeout(30_000);

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

    for (const [title, text, says] of [
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
                if (text !== undefined) await writeFile(join(directory, "seed.json"), text);
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
