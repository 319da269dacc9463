import { strict as assert } from "node:assert";
import { execFile } from "node:child_process";
import { dirname, resolve } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = resolve(__dirname, "../..");

/** Only Node on the path: a machine without Pulumi. */
const env = { ...process.env, PATH: dirname(process.execPath) };

describe("npm start", () => {
    it("shows the whole way, and leaves nothing behind", async () => {
        const touchable = ["Pulumi.yaml", "Pulumi.dev.yaml", "grants.dev.yaml", "package.json", "package-lock.json"];
        const status = async () => (await run("git", ["diff", "HEAD", "--", ...touchable], { cwd: root })).stdout;
        const before = await status();
        const { stdout, stderr } = await run(process.execPath, ["scripts/run.mjs", "start"], { cwd: root, env });
        assert.equal(stderr, "");
        const lines = stdout.split("\n").map((line) => line.trim().replace(/ {2,}/g, "  "));
        for (const expected of [
            "index.ts is deployed as stack dev by the rehearsal engine, as there is no `pulumi` on PATH.",
            "okta:network/zone:Zone  access",
            "99  Catch-all Rule  DENY  anywhere",
            "added  g-103  cleo@example.com  198.51.100.77",
            "revoked  g-102  ben@example.com  198.51.100.20, 198.51.100.24/30",
            "expired  g-101  ana@example.com  203.0.113.7",
            "3. up again: exactly that difference, in one write to the zone",
            "+  198.51.100.77/32",
            "-  198.51.100.20/32",
            "-  198.51.100.24/30",
            "-  203.0.113.7/32",
        ]) {
            assert.ok(lines.includes(expected), expected);
        }
        assert.match(stdout, /198\.51\.100\.77 +granted +yes/);
        assert.match(stdout, /203\.0\.113\.7 +expired +no/);
        assert.match(stdout, /192\.0\.2\.200 +never granted +no/);
        const url = /listens at (http:\S+)\.\n/.exec(stdout)?.[1] ?? "";
        await assert.rejects(fetch(url));
        assert.equal(await status(), before);
    });

    it("says what it does not understand", async () => {
        const call = run(process.execPath, ["scripts/run.mjs", "start", "--kep"], { cwd: root, env });
        await assert.rejects(call, ({ code, stderr }: { code: number; stderr: string }) => {
            assert.equal(stderr, 'zonekeeper: npm start takes --keep or --portal and nothing else, not "--kep"\n');
            return code === 1;
        });
    });
});
