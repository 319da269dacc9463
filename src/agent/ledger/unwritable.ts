import { fail } from "../../core/errors/errors";
import type { Disk } from "./disk";

const WORDS: Readonly<Record<string, string>> = {
    ENOSPC: "the disk is full",
    EDQUOT: "the disk quota is used up",
    EROFS: "the file system is read-only",
    EACCES: "this user may not write there",
    EPERM: "this user may not write there",
    EIO: "the disk does not work",
};

/** Throws `ledger-unwritable` for a failure of the disk, and any other error unchanged. */
export function unwritable({ path }: Disk, cause: unknown): never {
    const { code, message, syscall } = cause as Partial<NodeJS.ErrnoException>;
    if (code === undefined || (syscall === undefined && WORDS[code] === undefined)) throw cause;
    return fail("ledger-unwritable", `cannot write the ledger in ${path}: ${WORDS[code] ?? message}`, { cause });
}
