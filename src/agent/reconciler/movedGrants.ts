import { changedGrants } from "../../core/grants/grantChanges";
import type { Grant } from "../../core/grants/grants";
import type { Reading } from "../../core/grants/grantsDocument";
import { selectedGrants } from "../../core/grants/selection";
import type { SourceShare } from "../../core/membership/brake";
import type { Memory } from "../../core/membership/memory";
import type { Refusal } from "../../core/membership/plan";

/** Another membership with the same source. */
export interface OtherMembership {
    readonly name: string;
    /** Ids of the grants that it goes by still, although this reading of the source gives it none with this id. */
    leaving(reading: Reading): ReadonlySet<string>;
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
    if (added.length === 0) return [];
    const holders = others
        .map((other) => ({ name: other.name, ids: other.leaving(reading) }))
        .filter(({ ids }) => ids.size > 0);
    if (holders.length === 0) return [];
    return added.flatMap((grant) => {
        const holder = holders.find(({ ids }) => ids.has(grant.id));
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

/**
 * Ids that a membership with this memory knows, and that the reading no longer gives it. Compared once for each reading,
 * however many memberships ask.
 */
export function leavingIds(
    memory: Pick<Memory, "grants"> | undefined,
    selector: Readonly<Record<string, string>>,
    reading: Reading,
): ReadonlySet<string> {
    if (memory === undefined) return NONE;
    const before = compared.get(memory.grants);
    if (before?.reading === reading.grants) return before.ids;
    const changes = changedGrants(memory.grants, selectedGrants(reading.grants, selector));
    const ids = new Set(changes.flatMap(({ change, grant }) => (change === "withdrawn" ? [grant.id] : [])));
    compared.set(memory.grants, { reading: reading.grants, ids });
    return ids;
}

/** For the known grants of a membership, the reading that they were compared with last. */
const compared = new WeakMap<
    readonly Grant[],
    { readonly reading: readonly Grant[]; readonly ids: ReadonlySet<string> }
>();

const NONE: ReadonlySet<string> = new Set();
