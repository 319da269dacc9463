/**
 * Lines that are only ever added, one after the other, by any number of processes. A store is what its lines say.
 *
 * The line `RESET` says that what was before it does not count.
 */
export interface ChangeLog {
    /** What messages call it; holds no credential. */
    readonly name: string;
    /** The lines after a position, of everything that is there where it is undefined. @throws `source-unreadable` */
    read(position: Position | undefined, signal: AbortSignal): Promise<News>;
    /**
     * Reads as `read` does and adds what `decide` says, while nobody else can add anything. Resolves when the lines would
     * survive a crash; what it throws after `decide` was called leaves open whether they were added.
     *
     * @throws `source-unreadable`; what `decide` throws
     */
    append(position: Position | undefined, decide: (news: News) => Addition): Promise<Position>;
    /** Calls `wake` whenever there may be new lines, until the signal aborts. */
    watch(wake: () => void, signal: AbortSignal): Promise<void>;
    close(): Promise<void>;
}

/** How far a reader has read. */
export interface Position {
    /** Which log it is; another one has to be read from its beginning. */
    readonly log: string;
    /** What was read of it. */
    readonly end: number;
}

export interface News {
    readonly lines: readonly string[];
    readonly position: Position;
    /** Whether what was read before does not count, as the log is another one. */
    readonly isAnew: boolean;
}

export interface Addition {
    readonly lines: readonly string[];
    /** Whether they take the place of all that is there. @default false */
    readonly isWhole?: boolean;
}

export const RESET = "reset";
