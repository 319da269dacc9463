/** A lock on this host, held until it is released or the process ends, however it ends. */
export interface HostLock {
    release(): void;
}

/**
 * Locks a file by the operating system, and creates it if necessary. Undefined if another process, or this one, has the
 * lock; throws if the file cannot be locked at all.
 */
export type LockFile = (path: string) => HostLock | undefined;
