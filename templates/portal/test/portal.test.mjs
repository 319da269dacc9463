import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { startEmulator } from "zonekeeper/emulator";

const ZONEKEEPER = join(
    dirname(createRequire(import.meta.url).resolve("zonekeeper/package.json")),
    "bin/zonekeeper.cjs",
);

const run = (...args) =>
    promisify(execFile)(process.execPath, [ZONEKEEPER, ...args], { env: { ...process.env, OKTA_API_TOKEN: "any" } });

test("the rules of portal.yaml are fit for use", async () => {
    const { findings } = JSON.parse(
        (await run("portal", "--check", "portal.yaml", "--json").catch((error) => error)).stdout,
    );
    assert.deepEqual(
        findings.filter(({ level, policy }) => level === "refuse" && policy !== "portal-unroutable-refused"),
        [],
    );
});

test("the agent of portal.yaml keeps its zone, and writes nothing for grants that there are not", async () => {
    const okta = await startEmulator({ seed: JSON.parse(await readFile("seed.json", "utf8")) });
    try {
        await run("agent", "--config", "portal.yaml", "--dry-run", "--okta", okta.url);
        assert.deepEqual(
            okta.requests().filter(({ method }) => method !== "GET"),
            [],
        );
    } finally {
        await okta.close();
    }
});
