/**
 * Why somebody gets in or not, beside the grants: found in plain data, for whoever has to tell it.
 *
 *   weight   means
 *   fault    it keeps out who is granted, or lets in who is not
 *   doubt    it may, depending on what cannot be seen from here
 *   note     it matters to somebody who looks for the reason, and nothing is wrong
 */
export interface Reason {
    readonly kind: ReasonKind;
    /** What it is about: an address, `"Staff" (nzo1)`, `the rule "In zone"`. */
    readonly subject: string;
    /** A phrase that stands alone, subject included. */
    readonly message: string;
    readonly weight: "fault" | "doubt" | "note";
}

export type ReasonKind =
    | "blocked"
    | "exempt"
    | "dynamic-blocklist"
    | "credential-bound"
    | "session-rule"
    | "threat-insight";

/** `"Staff" (nzo1)` */
export function titleOf({ id, name }: { readonly id: string; readonly name: string }): string {
    return `"${name}" (${id})`;
}
