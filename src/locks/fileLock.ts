/** A lock of this host's, held until it is released or the process ends, however it ends. */
export interface HostLock {
    release(): void;
}

/**
 * Locks a file as the operating system does it, and makes it if there is none. Undefined where another process, or this
 * one, has it; throws where the file cannot be locked at all.
 */
export type LockFile = (path: string) => HostLock | undefined;
