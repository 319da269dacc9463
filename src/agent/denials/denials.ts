import type { Denial } from "../../core/membership/denials";

/** The denials of the kill switch. The list survives restarts. */
export interface Denials {
    /** Every denial that is kept, in the order in which they were given. Some may have ended, see activeDenials. */
    list(): readonly Denial[];
    /** Changes with each change of the list. */
    version(): number;
    /**
     * Puts a denial in force. An equal one (target, end and reason) is not added again.
     * A denial that cannot be saved is in force until this process ends.
     */
    add(denial: NewDenial): Promise<AddedDenial>;
    /** Ends a denial. One that cannot be removed from the file stays in force. */
    lift(id: string): Promise<LiftedDenial>;
}

export type NewDenial = Omit<Denial, "id" | "atMs">;

export type AddedDenial =
    /** `unkept`: why it could not be saved. */
    { readonly denial: Denial; readonly isNew: boolean; readonly unkept?: string } | { readonly problem: "too-many" };

export type LiftedDenial =
    | { readonly denial: Denial }
    | { readonly problem: "unknown" }
    /** `unkept`: why the file could not be written. */
    | { readonly unkept: string };

/** The most denials. A longer list belongs in `deny` of the configuration, or in the source. */
export const MOST_DENIALS = 1000;
