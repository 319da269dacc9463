import { strict as assert } from "node:assert";
import { chmod, mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { lockFileLeadership } from "../../../src/agent/leadership/lockFile";
import { systemClock } from "../../../src/clock";
import { start } from "../../support/run";
import { sharedClock } from "../../support/sharedClock";
import { type Stage, testLeadership } from "./contract";

async function openStage(): Promise<Stage> {
    const directory = await mkdtemp(join(tmpdir(), "zonekeeper-"));
    const path = join(directory, "state/leader.lock");
    // As after a day: the file is there, and nobody has made it just now.
    await mkdir(join(directory, "state"));
    await writeFile(path, "");
    await utimes(path, 0, 0);
    const made: { close(): Promise<void> }[] = [];
    return {
        candidate() {
            const leadership = lockFileLeadership({ path, clock: systemClock, retryMs: 20, checkMs: 20 });
            made.push(leadership);
            return leadership;
        },
        async leader() {
            const settings = JSON.stringify({ type: "file", path });
            const args = ["--require", "./tsx.cjs", join(__dirname, "candidate.ts"), settings];
            const process = start(args);
            assert.equal(await process.firstLine, "leads");
            return { crash: () => process[Symbol.asyncDispose]() };
        },
        cutOff: () => rm(path),
        until: (promise) => promise,
        async [Symbol.asyncDispose]() {
            await Promise.all(made.map((each) => each.close()));
            await rm(directory, { recursive: true });
        },
    };
}

testLeadership("a lock file", openStage);

describe("lockFileLeadership", () => {
    it("says which process has the lock, where the system shows it", async function () {
        if (process.platform !== "linux") this.skip();
        const directory = await mkdtemp(join(tmpdir(), "zonekeeper-"));
        const path = join(directory, "leader.lock");
        const settings = JSON.stringify({ type: "file", path });
        await using other = start(["--require", "./tsx.cjs", join(__dirname, "candidate.ts"), settings]);
        assert.equal(await other.firstLine, "leads");
        const clock = sharedClock();
        const { lead, lockState } = lockFileLeadership({ path, clock });
        const stop = new AbortController();
        const led = lead(stop.signal);
        await clock.until(clock.sleep(1000, stop.signal));
        assert.deepEqual(lockState?.(), { kind: "held", by: `process ${other.child.pid}` });
        stop.abort(new Error("enough"));
        await assert.rejects(clock.until(led), { message: "enough" });
        await rm(directory, { recursive: true });
    });

    for (const [title, madeAt, waits] of [
        ["was made just now", undefined, 1000],
        ["has been there for an hour", 0, 0],
    ] as const) {
        it(`leads ${waits} ms after it locked a file that ${title}`, async () => {
            const directory = await mkdtemp(join(tmpdir(), "zonekeeper-"));
            try {
                const path = join(directory, "leader.lock");
                if (madeAt !== undefined) {
                    await writeFile(path, "");
                    await utimes(path, madeAt, madeAt);
                }
                const clock = sharedClock();
                const anHourLater = { ...clock, now: () => clock.now() + 3_600_000 };
                const leadership = lockFileLeadership({ path, clock: anHourLater });
                await clock.until(leadership.lead(new AbortController().signal));
                assert.equal(clock.now(), waits);
                await leadership.close();
            } finally {
                await rm(directory, { recursive: true });
            }
        });
    }

    for (const [what, meddle, isLost] of [
        ["keeps the lock of a process that was busy for long", async () => {}, false],
        ["finds out about a deleted file in a process that was busy for long", (path: string) => rm(path), true],
    ] as const) {
        it(what, async () => {
            const directory = await mkdtemp(join(tmpdir(), "zonekeeper-"));
            try {
                const path = join(directory, "leader.lock");
                await writeFile(path, "");
                await utimes(path, 0, 0);
                const clock = lateClock();
                const leadership = lockFileLeadership({ path, clock });
                const term = await leadership.lead(new AbortController().signal);
                await meddle(path);
                // The look at the file was due first. Node promises no order to timers that are late.
                assert.equal(await clock.wake(500), 1);
                assert.equal(term.lost.aborted, isLost);
                // And who keeps it looks again.
                assert.equal(await clock.wake(500), isLost ? 0 : 1);
                assert.equal(term.lost.aborted, isLost);
                await leadership.close();
            } finally {
                await rm(directory, { recursive: true });
            }
        });
    }

    for (const [folder, says] of [
        [__filename, `cannot make the folder ${__filename}: there is a file of that name`],
        [join(__filename, "state"), `cannot make the folder ${__filename}: there is a file of that name`],
    ] as const) {
        it(`says in a sentence that a folder cannot be used: ${folder}`, async () => {
            const path = join(folder, "leader.lock");
            await assert.rejects(lockFileLeadership({ path, clock: systemClock }).lead(new AbortController().signal), {
                code: "bad-input",
                message: `cannot use the folder ${folder} for the agent's lock file: ${says}; name another one with state or leader.path`,
            });
        });
    }

    it("says in a sentence that its user may not write in the folder", async function () {
        // Root may write everywhere.
        if (process.getuid?.() === 0) this.skip();
        const directory = await mkdtemp(join(tmpdir(), "zonekeeper-"));
        try {
            await chmod(directory, 0o500);
            const leadership = lockFileLeadership({ path: join(directory, "leader.lock"), clock: systemClock });
            await assert.rejects(leadership.lead(new AbortController().signal), {
                code: "bad-input",
                message: `cannot use the folder ${directory} for the agent's lock file: this user may not write there; name another one with state or leader.path`,
            });
        } finally {
            await rm(directory, { recursive: true });
        }
    });

    const others: [what: string, make: (path: string) => Promise<unknown>, says: RegExp][] = [
        [
            "a long text",
            (path) => writeFile(path, "no lock file of ours. ".repeat(50)),
            /it has content that no agent wrote; .*: delete it while/,
        ],
        [
            "random bytes",
            (path) => writeFile(path, Buffer.alloc(5000, 0xa7)),
            /it has content that no agent wrote; .*: delete it/,
        ],
        [
            "the beginning of a database",
            (path) => writeFile(path, `SQLite format 3\0${"x".repeat(2000)}`),
            /it has content that no agent wrote; .*: delete it/,
        ],
        ["a folder", (path) => mkdir(path), /it is a folder, and should be a file; move it away/],
    ];
    for (const [what, make, says] of others)
        it(`says in a sentence that the file is something else: ${what}`, async () => {
            const directory = await mkdtemp(join(tmpdir(), "zonekeeper-"));
            try {
                const path = join(directory, "leader.lock");
                await make(path);
                await assert.rejects(
                    lockFileLeadership({ path, clock: systemClock }).lead(new AbortController().signal),
                    {
                        code: "bad-input",
                        message: says,
                    },
                );
            } finally {
                await rm(directory, { recursive: true });
            }
        });
});

/** A clock on which time passes only for those who sleep for so long, and which says how many they were. */
function lateClock() {
    const sleepers = new Set<{ readonly ms: number; readonly wake: () => void }>();
    return {
        now: () => 3_600_000,
        elapsedMs: () => 0,
        random: () => 0,
        sleep: (ms: number, signal: AbortSignal) =>
            new Promise<void>((resolve, reject) => {
                const sleeper = { ms, wake: resolve };
                sleepers.add(sleeper);
                signal.addEventListener("abort", () => {
                    sleepers.delete(sleeper);
                    reject(signal.reason);
                });
            }),
        async wake(ms: number) {
            const woken = [...sleepers].filter((sleeper) => sleeper.ms === ms);
            for (const sleeper of woken) {
                sleepers.delete(sleeper);
                sleeper.wake();
            }
            await new Promise((resolve) => setImmediate(resolve));
            return woken.length;
        },
    };
}
