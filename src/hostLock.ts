import type { DatabaseSync } from "node:sqlite";

import { fail } from "./core/errors/errors";

/** A lock of this host's, held until it is released or the process ends, however it ends. */
export interface HostLock {
    release(): void;
}

export interface HostLockWait {
    readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
    /** How long the lock is waited for, in milliseconds. @default 5000 */
    readonly mostMs?: number;
    /** How often it is tried, in milliseconds. @default 5 */
    readonly everyMs?: number;
}

/** SQLite's numbers for a lock that another one has. */
const BUSY = 5;

/**
 * Locks a file as the operating system does it, if nobody else has: the kernel
 * frees the lock when the process ends, so a crash leaves nothing behind that
 * somebody would have to judge stale.
 *
 * Node has no call for such locks but through its SQLite, which takes them on an
 * empty file as well as on a database. Nobody in this process may open the file
 * in another way: to close it would free the lock.
 *
 * @returns undefined where another process, or this one, has it
 * @throws `bad-input` where the file cannot be locked at all
 */
export function tryHostLock(path: string): HostLock | undefined {
    let database: DatabaseSync | undefined;
    try {
        database = new (loadSqlite().DatabaseSync)(path);
        database.exec("PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE");
        const held = database;
        return { release: () => held.close() };
    } catch (cause) {
        database?.close();
        const { errcode, message } = cause as { readonly errcode?: number; readonly message?: string };
        if (errcode === BUSY) return undefined;
        return fail("bad-input", `cannot lock the file ${path}: ${message}`, { cause });
    }
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

/** Without the warning that the module is experimental: of it we use three calls. */
function loadSqlite(): typeof import("node:sqlite") {
    const { emitWarning } = process;
    process.emitWarning = (warning: string | Error, ...rest: unknown[]) => {
        if (!String(warning).includes("SQLite")) Reflect.apply(emitWarning, process, [warning, ...rest]);
    };
    try {
        return require("node:sqlite");
    } catch (cause) {
        return fail("bad-input", `Node ${process.versions.node} cannot lock files; use Node 22.13 or later`, { cause });
    } finally {
        process.emitWarning = emitWarning;
    }
}
