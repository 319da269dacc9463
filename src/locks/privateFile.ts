import { chmodSync, closeSync, openSync, statSync } from "node:fs";

/**
 * Makes a lock file that only its owner may open, and takes the rights of others from one that is there: a process that may open a file can
 * hold a lock on it for ever. A file that is there is not opened, as closing it would release a lock of this process.
 */
export function makePrivate(path: string): void {
    try {
        closeSync(openSync(path, "wx", 0o600));
    } catch {
        try {
            const { mode } = statSync(path);
            if ((mode & 0o077) !== 0) chmodSync(path, mode & 0o700);
        } catch {
            // It belongs to another user, or cannot be made: locking it says what is wrong.
        }
    }
}
