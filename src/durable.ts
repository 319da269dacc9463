import { constants } from "node:fs";
import { open, readFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

import { makeFolder } from "./folder";

/** The text of a file; undefined where there is none. */
export async function readIfThere(path: string): Promise<string | undefined> {
    try {
        return await readFile(path, "utf8");
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
        throw error;
    }
}

/** A text, or its pieces in order, also in UTF-8. */
type Text = string | readonly string[] | readonly Uint8Array[];

/**
 * Writes a file atomically: after a crash at any moment it has its old or its new content.
 * Its folder is created if necessary.
 *
 * @param text May be in pieces, which are written one after the other.
 * @param writer Identifies a writer that holds no lock on the file, such as the name of the host.
 */
export async function writeDurably(path: string, text: Text, writer?: string): Promise<void> {
    const folder = dirname(path);
    await makeFolder(folder);
    // One name for each writer, so that crashes do not leave many temporary files; most files have one writer, with a lock.
    const temporary = writer === undefined ? `${path}.new` : `${path}.${writer}.new`;
    try {
        const file = await open(temporary, "w", 0o600);
        try {
            await file.writeFile(text);
            await file.sync();
        } finally {
            await file.close();
        }
        await rename(temporary, path);
    } catch (error) {
        await rm(temporary, { force: true }).catch(() => {});
        throw error;
    }
    await syncFolder(folder);
}

/**
 * Renames an unusable file, so that it can be inspected. An earlier one is replaced.
 *
 * @returns its new path; undefined where it could not be moved
 */
export async function setAside(path: string): Promise<string | undefined> {
    const aside = `${path}.unreadable`;
    try {
        await rm(aside, { recursive: true, force: true });
        await rename(path, aside);
        return aside;
    } catch {
        return undefined;
    }
}

/** Appends to an existing file, and resolves when that would survive a crash. */
export async function appendDurably(path: string, text: Text): Promise<void> {
    const file = await open(path, constants.O_WRONLY | constants.O_APPEND);
    try {
        await file.writeFile(text);
        await file.datasync();
    } finally {
        await file.close();
    }
}

/** Syncs a folder, so that the names of its files survive a crash. */
async function syncFolder(folder: string): Promise<void> {
    const handle = await open(folder, "r");
    try {
        await handle.sync();
    } finally {
        await handle.close();
    }
}
