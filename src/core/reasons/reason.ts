/**
 * A reason, other than the grants, why a user gets in or not.
 *
 *   weight   means
 *   fault    it denies access to granted users, or admits users without a grant
 *   doubt    it may, depending on what is not known here
 *   note     it helps to find the cause, and nothing is wrong
 */
export interface Reason {
    readonly kind: ReasonKind;
    /** What it is about: an address, `"Staff" (nzo1)`, `the rule "In zone"`. */
    readonly subject: string;
    /** A complete phrase, including the subject. */
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
