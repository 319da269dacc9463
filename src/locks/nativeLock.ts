import { closeSync, constants, openSync } from "node:fs";

import type { LockFile } from "./fileLock";
import { makePrivate } from "./privateFile";

/** What is used of the package, which has no types. */
interface NativeExtensions {
    /** False if another process has locked one of these bytes. */
    tryLock(fd: number, offset: number, length: number): boolean;
}

/**
 * The bytes that SQLite locks, so that a process on an older Node and one on a
 * newer one exclude each other. (Except on macOS, where the package locks whole
 * files in a way that SQLite's locks do not see.) Source: SQLite's
 * documentation, "The OS interface", `PENDING_BYTE` to the end of the shared range.
 */
const [OFFSET, LENGTH] = [0x40000000, 512];

/** The error codes for a lock that another process has. */
const HELD: readonly unknown[] = ["EAGAIN", "EACCES", "EBUSY"];

/**
 * Locks files through the package fs-native-extensions, for Node before 22.13. The lock belongs to the open file.
 *
 * @returns undefined where the package has no binary for this system
 */
export function nativeLocks(): LockFile | undefined {
    const native = loadExtensions();
    if (native === undefined) return undefined;
    return (path) => {
        makePrivate(path);
        const fd = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600);
        try {
            if (native.tryLock(fd, OFFSET, LENGTH)) return { release: () => closeSync(fd) };
        } catch (error) {
            if (!HELD.includes((error as NodeJS.ErrnoException).code)) {
                closeSync(fd);
                throw error;
            }
        }
        closeSync(fd);
        return undefined;
    };
}

function loadExtensions(): NativeExtensions | undefined {
    try {
        return require("fs-native-extensions");
    } catch {
        return undefined;
    }
}
