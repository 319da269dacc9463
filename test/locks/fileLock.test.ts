import { strict as assert } from "node:assert";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { LockFile } from "../../src/locks/fileLock";
import { nativeLocks } from "../../src/locks/nativeLock";
import { sqliteLocks } from "../../src/locks/sqliteLock";
import { start } from "../support/run";

const WAYS: Readonly<Record<string, LockFile | undefined>> = { sqlite: sqliteLocks(), native: nativeLocks() };

describe("the locks of files", () => {
    let folder: string;
    let path: string;
    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), "zonekeeper-"));
        path = join(folder, "lock");
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    for (const [way, lockFile = assert.fail] of Object.entries(WAYS)) {
        it(`${way}: a lock is refused while this process has it, and given again once it is released`, () => {
            const held = lockFile(path);
            assert.notEqual(held, undefined);
            assert.equal(lockFile(path), undefined);
            held?.release();
            const again = lockFile(path);
            assert.notEqual(again, undefined);
            again?.release();
        });

        it(`${way}: a lock file is nobody's but its owner's, also one of an earlier version`, () => {
            lockFile(path)?.release();
            assert.equal(statSync(path).mode & 0o777, 0o600);
            chmodSync(path, 0o644);
            const held = lockFile(path);
            assert.equal(statSync(path).mode & 0o777, 0o600);
            chmodSync(path, 0o644);
            assert.equal(lockFile(path), undefined, "it is still held");
            held?.release();
        });

        it(`${way}: throws where the file cannot be locked at all`, () => {
            mkdirSync(path);
            assert.throws(() => lockFile(path));
        });

        it(`${way}: a lock ends with its process, and keeps out every way of locking until then`, async () => {
            await using holder = start(["--require", "./tsx.cjs", join(__dirname, "holder.ts"), way, path]);
            assert.equal(await holder.firstLine, "locked");
            // On macOS the two ways do not see each other.
            for (const [other, lock] of Object.entries(WAYS)) {
                if (process.platform !== "darwin" || other === way) assert.equal(lock?.(path), undefined, other);
            }
            holder.child.kill("SIGKILL");
            await holder.ended;
            const free = lockFile(path);
            assert.notEqual(free, undefined);
            free?.release();
        });
    }
});
