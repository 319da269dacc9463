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

test("agent.yaml lets in who is granted, and says so before anything is written", async () => {
    const okta = await startEmulator({ seed: JSON.parse(await readFile("seed.json", "utf8")) });
    try {
        const args = [ZONEKEEPER, "agent", "--config", "agent.yaml", "--dry-run", "--okta", okta.url];
        const env = { ...process.env, OKTA_API_TOKEN: "any" };
        const { stdout } = await promisify(execFile)(process.execPath, args, { env });
        assert.match(stdout, /\+ 203\.0\.113\.7\/32/);
        assert.deepEqual(
            okta.requests().filter(({ method }) => method !== "GET"),
            [],
        );
    } finally {
        await okta.close();
    }
});
