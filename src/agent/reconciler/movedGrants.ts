import { changedGrants } from "../../core/grants/grantChanges";
import { indexOf } from "../../core/grants/grantIndex";
import type { Grant } from "../../core/grants/grants";
import type { Reading } from "../../core/grants/grantsDocument";
import { isSelected, selectedGrants } from "../../core/grants/selection";
import type { SourceShare } from "../../core/membership/brake";
import type { Memory } from "../../core/membership/memory";
import type { Refusal } from "../../core/membership/plan";

/** Another membership with the same source. */
export interface OtherMembership {
    readonly name: string;
    /** Whether it goes by this grant still, although the labels of now say that it is not its own. */
    holds(grant: Grant): boolean;
    /** What it would lose by this reading of the source; undefined where it remembers nothing. */
    share(reading: Reading): SourceShare | undefined;
    /** Goes up each time that may have changed. */
    version(): number;
}

/** A grant that comes from another membership, which holds it still. */
export interface MovedGrant {
    readonly grant: Grant;
    readonly from: string;
}

/**
 * New grants of a reading that another membership holds. A grant is in one membership at a time: it would be in both
 * zones else, for as long as its removal from the first one waits for a confirmation.
 *
 * @param selector Of the membership that they come to.
 */
export function movedGrants(
    reading: Reading,
    { grants: known }: Pick<Memory, "grants">,
    selector: Readonly<Record<string, string>>,
    others: readonly OtherMembership[],
): readonly MovedGrant[] {
    if (others.length === 0 || reading.grants === known) return [];
    const selected = selectedGrants(reading.grants, selector);
    if (selected === known) return [];
    const added = changedGrants(known, selected).flatMap(({ change, grant }) => (change === "granted" ? [grant] : []));
    return added.flatMap((grant) => {
        const holder = others.find((other) => other.holds(grant));
        return holder === undefined ? [] : [{ grant, from: holder.name }];
    });
}

/** The same reading without them; the very same where there are none. */
export function withoutMoved(reading: Reading, moved: readonly MovedGrant[]): Reading {
    if (moved.length === 0) return reading;
    const ids = new Set(moved.map(({ grant }) => grant.id));
    return { ...reading, grants: reading.grants.filter(({ id }) => !ids.has(id)) };
}

export function movedRefusal({ grant, from }: MovedGrant): Refusal {
    const reason = `held: it comes from the membership ${from}, which holds it until its removal there is confirmed`;
    return { id: grant.id, reason, kind: "held" };
}

/** Whether a membership with this memory goes by a grant that its selector leaves out. */
export function holdsMoved(
    memory: Memory | undefined,
    selector: Readonly<Record<string, string>>,
    grant: Grant,
): boolean {
    return !isSelected(grant, selector) && memory !== undefined && indexOf(memory.grants).byId(grant.id) !== undefined;
}
