import type { Code } from "../core/errors/errors";
import type { DocumentLimits } from "../core/grants/grantAddresses";
import type { Grant } from "../core/grants/grants";
import type { Unusable } from "../core/grants/grantsDocument";
import type { DocumentEnd } from "./documentText";

/** What the thread is given when it is made. */
export interface ThreadTask {
    readonly bytes: Uint8Array;
    readonly limits: DocumentLimits;
    readonly end: DocumentEnd;
}

/** What the thread answers to each message: a piece as JSON, or why there is none. */
export type ThreadAnswer =
    | { readonly piece: string }
    | { readonly failure: { readonly code: Code; readonly message: string } }
    | { readonly bug: string };

/** A part of a reading. Its grants and its unusable entries follow those of the piece before. */
export interface Piece {
    readonly grants: readonly Grant[];
    readonly unusable: readonly Unusable[];
    readonly isLast: boolean;
}
