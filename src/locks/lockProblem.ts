import { accessSync, constants, statSync } from "node:fs";

/** SQLite's error codes for a file with other content than its own. Source: SQLite's documentation, "Result codes". */
const FOREIGN: readonly unknown[] = [11, 26];

const DELETE = "a lock file is empty, and nothing is lost with it: delete it while no agent uses it, and start again";

const WORDS: Readonly<Record<string, string>> = {
    EACCES: `this user may not read and write it; ${DELETE}, or give it to this user`,
    EPERM: `this user may not read and write it; ${DELETE}, or give it to this user`,
    EROFS: "it is on a file system that is only read; name another folder with state, --state or leader.path",
    ENOSPC: "the disk is full; make room",
    ENOENT: "it cannot be made there; name another folder with state, --state or leader.path",
};

/** Why a file cannot be locked, and what to do: the end of a sentence. */
export function lockProblem(path: string, cause: unknown): string {
    const { errcode, message } = cause as Error & { readonly errcode?: number };
    if (FOREIGN.includes(errcode)) return `it has content that no agent wrote; ${DELETE}`;
    try {
        const found = statSync(path);
        if (found.isDirectory()) return `it is a folder, and should be a file; move it away, and start again`;
        if (!found.isFile()) return `it is no regular file; ${DELETE}`;
        accessSync(path, constants.R_OK | constants.W_OK);
    } catch (error) {
        const { code = "", message: text } = error as NodeJS.ErrnoException;
        return WORDS[code] ?? text;
    }
    return `${message}; ${DELETE}`;
}
