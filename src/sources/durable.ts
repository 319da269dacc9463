import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Writes a file so that after a crash at any moment it is there as it was before or as it
 * is now, and nothing in between. Its folder is made where there is none.
 */
export async function writeDurably(path: string, text: string): Promise<void> {
    const folder = dirname(path);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const temporary = `${path}.${randomUUID()}.tmp`;
    try {
        const file = await open(temporary, "wx", 0o600);
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

/** Adds to a file that is there, and resolves when that would survive a crash. */
export async function appendDurably(path: string, text: string): Promise<void> {
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
