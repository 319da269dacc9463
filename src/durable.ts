import { constants } from "node:fs";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

/** The text of a file; undefined where there is none. */
export async function readIfThere(path: string): Promise<string | undefined> {
    try {
        return await readFile(path, "utf8");
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
        throw error;
    }
}

/**
 * Writes a file so that after a crash at any moment it is there as it was before or as it
 * is now, and nothing in between. Its folder is made where there is none.
 *
 * @param text May be in pieces, which are written one after the other.
 * @param writer Tells writers apart that hold no lock on the file, such as the host's name.
 */
export async function writeDurably(path: string, text: string | readonly string[], writer?: string): Promise<void> {
    const folder = dirname(path);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    // One name for each writer, so that crashes do not gather drafts; most files have one writer, who holds a lock.
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
 * Moves a file that cannot be used out of the way, so that somebody can look at it. An earlier one is replaced.
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

/** Adds to a file that is there, and resolves when that would survive a crash. */
export async function appendDurably(path: string, text: string | readonly string[]): Promise<void> {
    const file = await open(path, constants.O_WRONLY | constants.O_APPEND);
    try {
        await file.writeFile(text);
        await file.datasync();
    } finally {
        await file.close();
    }
}

/** The name of a file is safe when its folder is. */
async function syncFolder(folder: string): Promise<void> {
    const handle = await open(folder, "r");
    try {
        await handle.sync();
    } finally {
        await handle.close();
    }
}
