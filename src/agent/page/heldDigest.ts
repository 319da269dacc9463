import { createHash } from "node:crypto";

/** Tells one set of held removals from another, so that a form can say what its reader saw, however long the list. */
export function heldDigest(held: readonly string[]): string {
    const list = JSON.stringify([...new Set(held)].sort());
    return createHash("sha256").update(list).digest("hex").slice(0, 32);
}
