import type { Document } from "./document";

/** A thing that is kept, and when it was made and changed. */
export interface Kept {
    readonly document: Document & { readonly id: string };
    readonly createdMs: number;
    readonly changedMs: number;
}
