import type { Denial } from "../../core/membership/denials";

/** What the kill switch keeps out. The list survives restarts. */
export interface Denials {
    /** Every denial that is kept, in the order in which they were given. Some may have ended, see activeDenials. */
    list(): readonly Denial[];
    /** Another number after each change of the list. */
    version(): number;
    /**
     * Puts a denial in force. The same one again (target, end and reason) is the one that is there.
     * A denial that cannot be written down is in force all the same, until this process ends.
     */
    add(denial: NewDenial): Promise<AddedDenial>;
    /** Ends a denial. One that cannot be removed from the file stays in force. */
    lift(id: string): Promise<LiftedDenial>;
}

export type NewDenial = Omit<Denial, "id" | "atMs">;

export type AddedDenial =
    /** `unkept`: why it could not be written down. */
    { readonly denial: Denial; readonly isNew: boolean; readonly unkept?: string } | { readonly problem: "too-many" };

export type LiftedDenial =
    | { readonly denial: Denial }
    | { readonly problem: "unknown" }
    /** `unkept`: why the file could not be written. */
    | { readonly unkept: string };

/** The most denials that are kept. A longer list belongs into `deny` of the configuration, or into the source. */
export const MOST_DENIALS = 1000;
