import type { Reading } from "../../core/grants/grantsDocument";

/** The reading of the source by a standby. */
export interface Overheard {
    /** The latest reading, and when it was made; undefined where every read has failed. */
    readonly latest: { readonly reading: Reading; readonly readAtMs: number } | undefined;
    /** Why it cannot be read now; undefined if it can. */
    readonly failure: Error | undefined;
}

/** The state of the reads of a source. */
export interface SourceHealth {
    readonly lastReadAtMs: number | undefined;
    /** Why the last read failed; undefined if it succeeded. */
    readonly problem: string | undefined;
    /** Since when reads have failed; undefined if the last one succeeded. */
    readonly failingSinceMs: number | undefined;
}
