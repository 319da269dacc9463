import { open, readFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

/** The text of a file; undefined where there is none. */
export async function readWholeFile(path: string): Promise<string | undefined> {
    try {
        return await readFile(path, "utf8");
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
        throw error;
    }
}

/**
 * Replaces a file by one with this text, for its owner alone. A crash leaves the
 * old one or the new one, whole; when it resolves, the new one survives a crash.
 */
export async function writeWholeFile(path: string, text: string): Promise<void> {
    const draft = `${path}.new`;
    const file = await open(draft, "w", 0o600);
    try {
        await file.writeFile(text);
        await file.sync();
    } finally {
        await file.close();
    }
    await rename(draft, path).catch(async (error: unknown) => {
        await rm(draft, { force: true });
        throw error;
    });
    const folder = await open(dirname(path), "r");
    try {
        await folder.sync();
    } finally {
        await folder.close();
    }
}
