/** One thing that can be wrong, or that can be said of an error. */
export interface CodeRow {
    /** Stable: a code never means something else, and one that is given up is not used again. */
    readonly code: `ZK${number}`;
    /** What programs call it. The name of an error is its `Code`. */
    readonly name: string;
    /** What it means when something is wrong, in one sentence. */
    readonly meaning: string;
    /** What to do, in one sentence. */
    readonly remedy: string;
}
