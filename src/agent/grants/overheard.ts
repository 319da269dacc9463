import type { Reading } from "../../core/grants/grantsDocument";

/** What the source said to an agent that did not lead. */
export interface Overheard {
    readonly reading: Reading;
    readonly readAtMs: number;
    /** Why it cannot be read now; undefined when it can. */
    readonly failure: Error | undefined;
}

/** How reads of the source go. */
export interface SourceHealth {
    readonly lastReadAtMs: number | undefined;
    /** Why the last read failed; undefined when it did not. */
    readonly problem: string | undefined;
    /** Since when reads have failed; undefined when the last one did not. */
    readonly failingSinceMs: number | undefined;
}
