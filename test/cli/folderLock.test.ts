import { strict as assert } from "node:assert";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keepFolder } from "../../src/cli/folderLock";
import { hasCode } from "../../src/core/errors/errors";
import { tryHostLock } from "../../src/hostLock";

describe("keepFolder", () => {
    let directory: string;
    beforeEach(async () => {
        directory = await mkdtemp(join(tmpdir(), "zonekeeper-"));
    });
    afterEach(() => rm(directory, { recursive: true }));

    /** A clock on which `at` is called once it shows so many milliseconds. */
    function clockWith(atMs: number, at: () => void) {
        let now = 0;
        return {
            elapsedMs: () => now,
            async sleep(ms: number) {
                if (now < atMs && now + ms >= atMs) at();
                now += ms;
            },
        };
    }
    const keep = (
        state: string,
        { clock = clockWith(0, () => {}), leaderPath = undefined as string | undefined } = {},
    ) => {
        const said: string[] = [];
        const kept = keepFolder(state, { directory, err: (text) => said.push(text), clock, leaderPath });
        return { kept, said, clock };
    };
    const isFree = (name: string) => {
        const lock = tryHostLock(join(directory, name));
        lock?.release();
        return lock !== undefined;
    };

    it("holds both locks, which it makes with the folder, and gives them back", async () => {
        const { kept, said } = keep("a/state");
        const both = await kept;
        assert.deepEqual(["a/state/sync.lock", "a/state/leader.lock"].map(isFree), [false, false]);
        both[Symbol.dispose]();
        assert.deepEqual(["a/state/sync.lock", "a/state/leader.lock"].map(isFree), [true, true]);
        assert.deepEqual(said, []);
    });

    it("waits for another run, says so once, and goes on when that has ended", async () => {
        const other = await keep("state").kept;
        const { kept, said, clock } = keep("state", { clock: clockWith(29_000, () => other[Symbol.dispose]()) });
        (await kept)[Symbol.dispose]();
        assert.equal(clock.elapsedMs(), 29_000);
        assert.deepEqual(said, ["waiting for another sync that writes with the folder state"]);
    });

    it("does not wait for another run for longer than half a minute", async () => {
        using _ = await keep("state").kept;
        const { kept, clock } = keep("state");
        await assert.rejects(kept, (error) => {
            assert.ok(hasCode(error, "bad-input"));
            assert.match(
                error.message,
                /^another sync has kept the folder state for 30 s, so no zone was written: run /,
            );
            return true;
        });
        assert.equal(clock.elapsedMs(), 30_000);
    });

    it("waits for an agent that is about to end, and no longer", async () => {
        await mkdir(join(directory, "state"));
        const path = join(directory, "state/leader.lock");
        const agent = tryHostLock(path);
        await assert.rejects(
            keep("state").kept,
            /^Error: an agent keeps the folder state and its zones: confirm with POST/,
        );
        assert.ok(isFree("state/sync.lock"));
        const { kept, clock } = keep("state", { clock: clockWith(1000, () => agent?.release()) });
        (await kept)[Symbol.dispose]();
        assert.equal(clock.elapsedMs(), 1000);
    });

    it("takes the lock that the configuration names for agents, and still the folder's for other runs", async () => {
        using _ = await keep("state", { leaderPath: join(directory, "locks/own") }).kept;
        assert.deepEqual([isFree("locks/own"), existsSync(join(directory, "state/leader.lock"))], [false, false]);
        await assert.rejects(keep("state").kept, /another sync has kept the folder/);
    });

    it("takes the locks of the agent whose membership has the folder", async () => {
        using _ = await keep("state/memberships/payroll").kept;
        await assert.rejects(keep("state").kept, /another sync has kept the folder state for/);
        await assert.rejects(keep("state/memberships/admin").kept, /another sync has kept the folder/);
        assert.equal(isFree("state/leader.lock"), false);
    });
});
