import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AgentEvent } from "../../../src/agent/events/events";
import { openFolderLedger } from "../../../src/agent/ledger/folder";
import { openLedger } from "../../../src/agent/ledger/ledger";
import { verifyLedger } from "../../../src/agent/ledger/verify";
import { hasCode } from "../../../src/core/errors/errors";
import { ROOT } from "../../support/run";
import { accepted, intended, NOON, ONE_FILE, stoppedFor } from "./events";
import { simulatedDisk } from "./simulatedDisk";

const FIRST = "0000000000000001.jsonl";

describe("a ledger", () => {
    it("writes lines that say their number, their moment, the event and the line before", async () => {
        const disk = simulatedDisk();
        const ledger = await openLedger({ disk, ...ONE_FILE });
        await ledger.record(stoppedFor("SIGTERM"));
        await ledger.record({ type: "agent.started", zones: ["nzo1"], source: "file grants.yaml", version: "1" });
        const zeros = "0".repeat(64);
        const text = disk.files()[FIRST] ?? "";
        const hashes = [...text.matchAll(/"hash":"(\w{64})"/g)].map(([, hash]) => hash);
        assert.equal(
            text,
            `{"seq":1,"at":"2026-12-01T12:00:00.000Z","type":"agent.stopped","why":"SIGTERM",` +
                `"prev":"${zeros}","hash":"${hashes[0]}"}\n` +
                `{"seq":2,"at":"2026-12-01T12:00:00.000Z","type":"agent.started","zones":["nzo1"],` +
                `"source":"file grants.yaml","version":"1","prev":"${hashes[0]}","hash":"${hashes[1]}"}\n`,
        );
        assert.deepEqual(ledger.head, { seq: 2, hash: hashes[1] });
    });

    it("syncs once what is recorded at once, in the order in which it was", async () => {
        const disk = simulatedDisk();
        let syncs = 0;
        const open = async (name: string) => {
            const file = await disk.open(name);
            const sync = () => {
                syncs += 1;
                return file.sync();
            };
            return { ...file, sync };
        };
        const ledger = await openLedger({ disk: { ...disk, open }, ...ONE_FILE });
        await Promise.all(Array.from({ length: 100 }, (_, n) => ledger.record(stoppedFor(n))));
        assert.equal(syncs, 1);
        const told = (await ledger.readTail(3)).map(({ event }) => event);
        assert.deepEqual(told, [stoppedFor(97), stoppedFor(98), stoppedFor(99)]);
    });

    it("refuses while the disk is full, leaves nothing of it, and goes on once there is room", async () => {
        const disk = simulatedDisk();
        const ledger = await openLedger({ disk, ...ONE_FILE });
        await ledger.record(stoppedFor("before"));
        const before = disk.files();
        disk.fill(true);
        for (const _ of [1, 2]) {
            const failed = await Promise.allSettled([ledger.record(stoppedFor("x")), ledger.record(stoppedFor("y"))]);
            for (const result of failed) {
                assert.ok(result.status === "rejected" && hasCode(result.reason, "ledger-unwritable"));
                assert.equal(result.reason.message, "cannot write the ledger in /ledger: the disk is full");
            }
            assert.deepEqual(disk.files(), before);
        }
        disk.fill(false);
        await ledger.record(stoppedFor("after"));
        assert.deepEqual(
            (await ledger.readTail(9)).map(({ seq }) => seq),
            [1, 2],
        );
        assert.equal((await verifyLedger(disk)).problem, undefined);
    });

    it("writes again what the disk could not sync, after it took back the rest of it", async () => {
        const disk = simulatedDisk();
        let failures = 0;
        const open = async (name: string) => {
            const file = await disk.open(name);
            const sync = async () => {
                if (failures-- > 0) throw Object.assign(new Error("EIO"), { code: "EIO", syscall: "fsync" });
                await file.sync();
            };
            return { ...file, sync };
        };
        const ledger = await openLedger({ disk: { ...disk, open }, ...ONE_FILE });
        await ledger.record(stoppedFor("before"));
        // Neither the line nor its taking back is synced.
        failures = 2;
        await assert.rejects(ledger.record(stoppedFor("lost")), {
            code: "ledger-unwritable",
            message: "cannot write the ledger in /ledger: the disk does not work",
        });
        await ledger.record(stoppedFor("after"));
        const events = (await ledger.readTail(9)).map(({ event }) => event);
        assert.deepEqual(events, [stoppedFor("before"), stoppedFor("after")]);
        assert.equal((await verifyLedger(disk.crashed("nothing"))).lines, 2);
    });

    it("begins a new file when one is full, and each says what came before", async () => {
        const disk = simulatedDisk();
        const ledger = await openLedger({ disk, ...ONE_FILE, rotateBytes: 400 });
        for (let n = 0; n < 3; n++) await ledger.record(stoppedFor(n));
        assert.deepEqual(Object.keys(disk.files()), [FIRST, "0000000000000003.jsonl"]);
        const lines = await ledger.readTail(9);
        assert.deepEqual(
            lines.map(({ seq, event }) => [seq, event.type]),
            [
                [1, "agent.stopped"],
                [2, "agent.stopped"],
                [3, "ledger.rotated"],
                [4, "agent.stopped"],
            ],
        );
        assert.deepEqual(lines[2]?.event, { type: "ledger.rotated", from: FIRST, unsettled: [] });
    });

    it("keeps as many files as configured, and the hash of the deleted ones", async () => {
        const disk = simulatedDisk();
        const ledger = await openLedger({ disk, ...ONE_FILE, rotateBytes: 400, keepFiles: 2 });
        for (let n = 0; n < 9; n++) await ledger.record(stoppedFor(n));
        const names = Object.keys(disk.files());
        assert.equal(names.length, 2);
        const verdict = await verifyLedger(disk);
        assert.deepEqual(
            [verdict.problem, verdict.files, verdict.first],
            [undefined, 2, Number.parseInt(names[0] ?? "", 10)],
        );
    });

    it("records that it cut off half a line, and nothing where nothing was cut", async () => {
        const disk = simulatedDisk();
        await (await openLedger({ disk, ...ONE_FILE })).record(stoppedFor("whole"));
        const whole = disk.files()[FIRST] ?? "";
        const torn = simulatedDisk({ files: { [FIRST]: `${whole}{"seq":2,"at":"2026` } });
        const ledger = await openLedger({ disk: torn, ...ONE_FILE });
        await ledger.record(stoppedFor("after"));
        const events = (await ledger.readTail(9)).map(({ event }) => event);
        const repaired = { type: "ledger.repaired", file: FIRST, bytes: 19 };
        assert.deepEqual(events, [stoppedFor("whole"), repaired, stoppedFor("after")]);
        await ledger.close();
        const again = await openLedger({ disk: torn, ...ONE_FILE });
        await again.record(stoppedFor("later"));
        assert.equal((await again.readTail(1))[0]?.seq, 4);
    });

    for (const [title, change] of [
        ["a changed line", (text: string) => text.replace("first", "fjrst")],
        ["a line that is gone", (text: string) => text.slice(text.indexOf("\n") + 1)],
        ["a line that is no line", (text: string) => `${text}{}\n`],
    ] as const) {
        it(`does not go on after ${title}`, async () => {
            const disk = simulatedDisk();
            const ledger = await openLedger({ disk, ...ONE_FILE });
            for (const why of ["first", "second"]) await ledger.record(stoppedFor(why));
            const files = { [FIRST]: change(disk.files()[FIRST] ?? "") };
            const changed = simulatedDisk({ files });
            await assert.rejects(openLedger({ disk: changed, ...ONE_FILE }), (error) =>
                hasCode(error, "ledger-broken"),
            );
            assert.deepEqual(changed.files(), files);
        });
    }

    const fates: readonly (readonly [title: string, fate: readonly AgentEvent[], open: readonly string[]])[] = [
        ["nothing more is said", [], ["w1", "w2"]],
        ["Okta accepted it", [accepted("w1")], ["w2"]],
        ["it failed", [failed("w1", false)], ["w2"]],
        ["it failed, and Okta may have carried it out", [failed("w1", true)], ["w1", "w2"]],
        ["reading settled it", [failed("w1", true), settled("w1"), settled("w2")], []],
    ];
    for (const [title, fate, open] of fates) {
        it(`says after a restart, where ${title}, that the open writes are ${open.join(", ") || "none"}`, async () => {
            for (const rotateBytes of [1, 1_000_000]) {
                const disk = simulatedDisk();
                const ledger = await openLedger({ disk, ...ONE_FILE, rotateBytes });
                for (const event of [intended("w1"), intended("w2", "nzo2"), ...fate, stoppedFor("crash")]) {
                    await ledger.record(event);
                }
                const names = (writes: typeof ledger) => writes.unsettledWrites().map(({ write }) => write);
                assert.deepEqual(names(ledger), open);
                assert.deepEqual(names(await openLedger({ disk, ...ONE_FILE, rotateBytes })), open);
            }
        });
    }

    it("records nothing once it is closed, and finishes what it was recording", async () => {
        const disk = simulatedDisk();
        const ledger = await openLedger({ disk, ...ONE_FILE });
        const last = ledger.record(stoppedFor("last"));
        await ledger.close();
        await last;
        await assert.rejects(ledger.record(stoppedFor("late")), {
            code: "ledger-unwritable",
            message: "the ledger is closed",
        });
        assert.deepEqual(
            (await ledger.readTail(9)).map(({ event }) => event),
            [stoppedFor("last")],
        );
    });
});

describe("a ledger in a folder of this host", () => {
    it("is for its owner alone, and the script of docs/reference/ledger.md verifies it", async function () {
        if (spawnSync("python3", ["--version"]).status !== 0) this.skip();
        const folder = await mkdtemp(join(tmpdir(), "zonekeeper-"));
        try {
            const path = join(folder, "ledger");
            const ledger = await openFolderLedger({ state: folder, now: () => NOON, rotateBytes: 1000, keepFiles: 0 });
            for (let n = 0; n < 10; n++) await ledger.record(stoppedFor(`čas ${n} "x" \u2028`));
            await ledger.close();
            const names = (await readdir(path)).filter((name) => name !== "lock").sort();
            assert.equal((await stat(path)).mode & 0o777, 0o700);
            for (const name of names) assert.equal((await stat(join(path, name))).mode & 0o777, 0o600);
            assert.equal(names.length, 3);
            const [, script = ""] =
                /```python\n(.*?)```/s.exec(readFileSync(join(ROOT, "docs/reference/ledger.md"), "utf8")) ?? [];
            const verify = () => spawnSync("python3", ["-c", script, path], { encoding: "utf8" });
            const { stdout, stderr } = verify();
            assert.deepEqual([stdout, stderr], [`ok, ${ledger.head.seq} lines, head ${ledger.head.hash}\n`, ""]);
            const last = join(path, names.at(-1) ?? "");
            writeFileSync(last, readFileSync(last, "utf8").replace("agent.stopped", "agent.started"));
            assert.match(verify().stderr, /line \d+ is missing, cut off or changed/);
        } finally {
            await rm(folder, { recursive: true });
        }
    });

    it("is open in one place at a time", async () => {
        const folder = await mkdtemp(join(tmpdir(), "zonekeeper-"));
        try {
            const options = { state: folder, ...ONE_FILE };
            const ledger = await openFolderLedger(options);
            await assert.rejects(openFolderLedger(options), {
                code: "bad-input",
                message:
                    `another process has the ledger in ${join(folder, "ledger")} open; give each agent a state folder ` +
                    "of its own, or wait until the other one has ended",
            });
            await ledger.close();
            await (await openFolderLedger(options)).close();
        } finally {
            await rm(folder, { recursive: true });
        }
    });

    it("can be had later where another host still has it, as its agents share the folder", async () => {
        const folder = await mkdtemp(join(tmpdir(), "zonekeeper-"));
        try {
            const options = { state: folder, isShared: true, ...ONE_FILE };
            const ledger = await openFolderLedger(options);
            await assert.rejects(openFolderLedger(options), {
                code: "ledger-unwritable",
                message:
                    `another agent has the ledger in ${join(folder, "ledger")} open; it is tried again until that one has ` +
                    "ended, or the file server has given its lock up",
            });
            await ledger.close();
            await (await openFolderLedger(options)).close();
        } finally {
            await rm(folder, { recursive: true });
        }
    });

    it("says in a sentence that it cannot be there", async () => {
        const state = join(__filename, "state");
        await assert.rejects(openFolderLedger({ state, ...ONE_FILE }), (error: Error) => {
            assert.match(error.message, /^cannot write the ledger in .*: a part of its path is a file$/);
            return hasCode(error, "ledger-unwritable");
        });
    });
});

function failed(write: string, isOpen: boolean): AgentEvent {
    return { type: "write.failed", write, zone: "nzo1", code: "okta-unreachable", why: "no answer", isOpen };
}

function settled(write: string): AgentEvent {
    return { type: "write.settled", write, zone: "nzo1", outcome: "carried-out" };
}
