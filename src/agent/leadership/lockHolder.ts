/**
 * The process that holds a file's lock, from the text of Linux' `/proc/locks`; undefined where it shows none. Locks of
 * processes that this one cannot see, as of another container, are not in it.
 *
 *   1: POSIX  ADVISORY  WRITE 4242 fd:01:5112345 1073741825 1073741825
 *
 * Source: proc_locks(5).
 */
export function holderIn(locks: string, inode: bigint): number | undefined {
    for (const line of locks.split("\n")) {
        const [, pid, found] = /^\d+: POSIX +ADVISORY +WRITE +(\d+) +[0-9a-f]+:[0-9a-f]+:(\d+) /.exec(line) ?? [];
        if (found !== undefined && BigInt(found) === inode) return Number(pid);
    }
    return undefined;
}
