import type { DatabaseSync } from "node:sqlite";

import type { LockFile } from "./fileLock";
import { makePrivate } from "./privateFile";

/** SQLite's error code for a lock that another process has. */
const BUSY = 5;

/**
 * Locks files through Node's SQLite, which takes the operating system's locks on
 * an empty file as well as on a database. No other code of this process may open
 * the file: closing it would release the lock.
 *
 * @returns undefined where this Node has no SQLite: before 22.13
 */
export function sqliteLocks(): LockFile | undefined {
    const sqlite = loadSqlite();
    if (sqlite === undefined) return undefined;
    return (path) => {
        let database: DatabaseSync | undefined;
        makePrivate(path);
        try {
            database = new sqlite.DatabaseSync(path);
            database.exec("PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE");
            const held = database;
            return { release: () => held.close() };
        } catch (cause) {
            database?.close();
            const { errcode } = cause as { readonly errcode?: number };
            if (errcode === BUSY) return undefined;
            throw cause;
        }
    };
}

/** Loads node:sqlite without the warning that it is experimental; only three calls are used. */
function loadSqlite(): typeof import("node:sqlite") | undefined {
    const { emitWarning } = process;
    process.emitWarning = (warning: string | Error, ...rest: unknown[]) => {
        if (!String(warning).includes("SQLite")) Reflect.apply(emitWarning, process, [warning, ...rest]);
    };
    try {
        return require("node:sqlite");
    } catch {
        return undefined;
    } finally {
        process.emitWarning = emitWarning;
    }
}
