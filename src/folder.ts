import { mkdirSync, statSync } from "node:fs";
import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";

const WORDS: Readonly<Record<string, string>> = {
    ENOENT: "no folder can be made there",
    ENOTDIR: "a part of its path is a file",
    EEXIST: "there is a file of that name",
    EACCES: "this user may not write there",
    EPERM: "this user may not write there",
    EROFS: "the file system is read-only",
    ENOSPC: "the disk is full",
    EDQUOT: "the disk quota is used up",
    ENAMETOOLONG: "the path is too long",
    ELOOP: "its symbolic links go in a circle",
};

/** What other users may not see. */
const OWN = 0o700;

/**
 * Makes a folder, and those above it. Node's own `recursive` never ends below a folder that can hold
 * none, such as /proc.
 *
 * @param mode What the umask leaves of it. @default for this user alone
 * @throws with one sentence, and Node's `code` and `syscall`
 */
export async function makeFolder(path: string, mode = OWN): Promise<void> {
    try {
        if (await isFolder(path)) return;
        const parent = dirname(path);
        if (parent !== path) await makeFolder(parent, mode);
        await mkdir(path, { mode });
    } catch (error) {
        if (!isThere(path, error)) throw folderError(path, error);
    }
}

/** makeFolder for this user alone, for a caller that cannot wait. */
export function makeFolderSync(path: string): void {
    try {
        if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
        const parent = dirname(path);
        if (parent !== path) makeFolderSync(parent);
        mkdirSync(path, { mode: OWN });
    } catch (error) {
        if (!isThere(path, error)) throw folderError(path, error);
    }
}

async function isFolder(path: string): Promise<boolean> {
    const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== "ENOENT") throw error;
        return undefined;
    });
    return found?.isDirectory() ?? false;
}

/** Whether another process made it in between. */
function isThere(path: string, error: unknown): boolean {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") return false;
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** The message says which folder of the path it is. */
class FolderError extends Error {}

function folderError(path: string, cause: unknown): Error {
    if (cause instanceof FolderError) return cause;
    const { code = "", message } = cause as NodeJS.ErrnoException;
    const error = new FolderError(`cannot make the folder ${path}: ${WORDS[code] ?? message}`, { cause });
    return Object.assign(error, { code, syscall: "mkdir", path });
}
