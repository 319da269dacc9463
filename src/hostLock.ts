import { fail } from "./core/errors/errors";
import type { HostLock, LockFile } from "./locks/fileLock";
import { inodeAt } from "./locks/inode";
import { lockProblem } from "./locks/lockProblem";
import { nativeLocks } from "./locks/nativeLock";
import { sqliteLocks } from "./locks/sqliteLock";

export interface HostLockWait {
    readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
    /** How long to wait for the lock, in milliseconds. @default 5000 */
    readonly mostMs?: number;
    /** How often it is tried, in milliseconds. @default 5 */
    readonly everyMs?: number;
}

let lockFile: LockFile | undefined;

/**
 * Tries to lock a file by the operating system, which releases the lock when the
 * process ends, so that a crash leaves no stale lock. No other code of this process
 * may open the file: closing it could release the lock.
 *
 * @returns undefined if another process, or this one, has the lock
 * @throws `bad-input` if the file cannot be locked at all
 */
export function tryHostLock(path: string): HostLock | undefined {
    lockFile ??= sqliteLocks() ?? nativeLocks() ?? cannotLock();
    try {
        return lockFile(path);
    } catch (cause) {
        return fail("bad-input", `cannot lock the file ${path}: ${lockProblem(path, cause)}`, { cause });
    }
}

/** A lock on the file that has this inode. */
export interface PathLock {
    readonly lock: HostLock;
    readonly inode: bigint;
}

/**
 * As tryHostLock, for a file that may be deleted and made again meanwhile: the lock is on the file that is at the path.
 *
 * @throws `bad-input` if the file cannot be locked at all
 */
export function tryPathLock(path: string): PathLock | undefined {
    if (inodeAt(path) === undefined) tryHostLock(path)?.release();
    const inode = inodeAt(path);
    const lock = tryHostLock(path);
    if (lock === undefined) return undefined;
    // Otherwise the file was replaced in between, and the lock may be on another file.
    if (inode !== undefined && inodeAt(path) === inode) return { lock, inode };
    lock.release();
    return undefined;
}

function cannotLock(): never {
    const { versions, platform, arch } = process;
    return fail("bad-input", `Node ${versions.node} cannot lock files on ${platform} ${arch}; use Node 22.13 or later`);
}

/**
 * Works while this process holds the lock.
 *
 * @throws `ledger-unwritable` where another process holds it for too long
 */
export async function whileHostLocked<T>(path: string, wait: HostLockWait, work: () => Promise<T>): Promise<T> {
    const { sleep, mostMs = 5000, everyMs = 5 } = wait;
    for (let waitedMs = 0; waitedMs < mostMs; waitedMs += everyMs) {
        const lock = tryHostLock(path);
        if (lock === undefined) {
            await sleep(everyMs, new AbortController().signal);
            continue;
        }
        try {
            return await work();
        } finally {
            lock.release();
        }
    }
    return fail("ledger-unwritable", `another process has held the lock ${path} for ${mostMs} ms`);
}
