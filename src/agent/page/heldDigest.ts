import { createHash } from "node:crypto";

/** Identifies a set of held removals, so that a form can name the list that its reader saw, however long it is. */
export function heldDigest(held: readonly string[]): string {
    const list = JSON.stringify([...new Set(held)].sort());
    return createHash("sha256").update(list).digest("hex").slice(0, 32);
}
