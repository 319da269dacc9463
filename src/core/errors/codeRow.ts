/** A row of the table of error codes. */
export interface CodeRow {
    /** Stable: a code never changes its meaning, and a removed code is not used again. */
    readonly code: `ZK${number}`;
    /** The name for programs. The name of an error is its `Code`. */
    readonly name: string;
    /** The meaning, in one sentence. */
    readonly meaning: string;
    /** The remedy, in one sentence. */
    readonly remedy: string;
}
