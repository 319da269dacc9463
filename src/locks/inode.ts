import { statSync } from "node:fs";

/** Undefined if there is no such file. Does not open the file, as closing it would release the lock. */
export function inodeAt(path: string): bigint | undefined {
    return statSync(path, { bigint: true, throwIfNoEntry: false })?.ino;
}
