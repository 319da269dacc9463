import { strict as assert } from "node:assert";
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const root = resolve(__dirname, "../..");
const dockerfile = readFileSync(join(root, "ops/Dockerfile"), "utf8");
const ignored = readFileSync(join(root, "ops/Dockerfile.dockerignore"), "utf8");

/** What a stage takes from the checkout. */
const copiedIn = (stage: string) =>
    [...stage.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, sources = ""]) => sources.split(" "));

const [, build = "", last = ""] = dockerfile.split(/^FROM /m);
const copied = [...copiedIn(build), ...copiedIn(last)];

const environment = Object.fromEntries(
    [...dockerfile.matchAll(/^ENV (.+)$/gm)]
        .flatMap(([, pairs = ""]) => pairs.split(" "))
        .map((pair) => pair.split("=")),
);

describe("ops/Dockerfile", () => {
    it("holds all that the command needs, which writes nothing but its state", () => {
        const folder = mkdtempSync(join(tmpdir(), "zonekeeper-image-"));
        try {
            const [from, to] = [join(folder, "build"), join(folder, "app")];
            for (const path of copiedIn(build)) cpSync(join(root, path), join(from, path), { recursive: true });
            for (const path of copiedIn(last)) cpSync(join(root, path), join(to, path), { recursive: true });
            for (const path of [from, to]) symlinkSync(join(root, "node_modules"), join(path, "node_modules"));
            const make = ["--require", "tsx/cjs", "scripts/build/main.ts"];
            execFileSync(process.execPath, make, { cwd: from });
            cpSync(join(from, "dist"), join(to, "dist"), { recursive: true });
            const { status, stderr } = spawnSync(process.execPath, [join(to, "bin/zonekeeper.cjs"), "sync", "--help"], {
                cwd: tmpdir(),
                env: { ...environment, PATH: process.env.PATH, TMPDIR: join(folder, "nowhere") },
                encoding: "utf8",
            });
            assert.deepEqual([status, stderr, existsSync(join(folder, "nowhere"))], [0, "", false]);
        } finally {
            rmSync(folder, { recursive: true });
        }
    });

    it("is built from what it copies, and from nothing else that lies in a checkout", () => {
        const kept = [...ignored.matchAll(/^!(.+)$/gm)].map(([, path = ""]) => path);
        assert.deepEqual(kept.sort(), [...new Set(copied)].sort());
        assert.match(ignored, /^\*$/m);
    });

    it("runs without privileges, and has a health check", () => {
        assert.match(dockerfile, /^USER 1000:1000$/m);
        assert.match(dockerfile, /HEALTHCHECK .*\n.*127\.0\.0\.1:9464\/healthz/);
    });

    it("passes hadolint", function () {
        if (spawnSync("hadolint", ["--version"]).status !== 0) return this.skip();
        const { status, stdout } = spawnSync("hadolint", [join(root, "ops/Dockerfile")], { encoding: "utf8" });
        assert.deepEqual([status, stdout], [0, ""]);
    });
});

describe("ops/systemd/zonekeeper.service", () => {
    it("passes systemd-analyze verify", function () {
        if (spawnSync("systemd-analyze", ["--version"]).status !== 0) return this.skip();
        const unit = join(root, "ops/systemd/zonekeeper.service");
        const { stdout, stderr } = spawnSync("systemd-analyze", ["verify", unit], { encoding: "utf8" });
        // It looks at other units of the machine too. Of ours, where Node is elsewhere, that is all that it may say.
        const ours = (stdout + stderr).split("\n").filter((line) => line.includes("zonekeeper"));
        for (const line of ours) assert.match(line, /Command .* is not executable: No such file or directory$/);
    });

    it("rereads its configuration on a reload, and lets a write under way end", () => {
        const unit = readFileSync(join(root, "ops/systemd/zonekeeper.service"), "utf8");
        assert.match(unit, /^ExecReload=\/bin\/sh -c "kill -HUP \$MAINPID"$/m);
        assert.match(unit, /^TimeoutStopSec=30$/m);
        for (const line of [
            "DynamicUser=yes",
            "ProtectSystem=strict",
            "NoNewPrivileges=yes",
            "StateDirectory=zonekeeper",
        ]) {
            assert.ok(unit.includes(`\n${line}\n`), line);
        }
    });
});
