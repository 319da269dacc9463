import { exchanged } from "./exchanged";
import type { Grant } from "./grants";
import { rememberLast } from "./lastPair";

/** A grant that differs in a later reading. */
export interface ChangedGrant {
    readonly change: "granted" | "changed" | "withdrawn";
    /** As it is now; a withdrawn grant as it was. */
    readonly grant: Grant;
    /** As it was; undefined for one that is new. */
    readonly was?: Grant;
}

/** The grants that differ from the previous reading, in the order of the source; withdrawn grants come last. */
export function changedGrants(before: readonly Grant[], after: readonly Grant[]): readonly ChangedGrant[] {
    return comparedGrants(before, after).changes;
}

/**
 * The changes, and the later list, in which each unchanged grant is the same object as before. A later
 * comparison, and the update of an index, then only visit the grants that changed.
 */
export function comparedGrants(before: readonly Grant[], after: readonly Grant[]): Compared {
    if (before === after) return { changes: [], grants: after };
    const { grants, changes } = compare(before, after);
    return { grants, changes: changes() ?? compared(before, after).changes };
}

const compare = rememberLast((before, after) => {
    const { changes, grants } = compared(before, after);
    return { grants, changes: held(changes) };
});

function compared(before: readonly Grant[], after: readonly Grant[]): Compared {
    const { head, old, fresh } = exchanged(before, after);
    const { changes, kept } = comparedAll(old, fresh);
    const grants = kept && [...after.slice(0, head), ...kept, ...after.slice(head + fresh.length)];
    return { changes, grants: grants ?? after };
}

/** More changes than these are found again rather than kept for as long as the list: the first reading has all grants. */
const MOST_HELD = 1024;

function held(changes: readonly ChangedGrant[]): () => readonly ChangedGrant[] | undefined {
    return changes.length > MOST_HELD ? collectable(changes) : () => changes;
}

/** A function of its own: closures of one function share what each of them captures, which would be the changes. */
function collectable(changes: readonly ChangedGrant[]): () => readonly ChangedGrant[] | undefined {
    const weak = new WeakRef(changes);
    return () => weak.deref();
}

export interface Compared {
    readonly changes: readonly ChangedGrant[];
    readonly grants: readonly Grant[];
}

/** @returns as `kept` the later list with the earlier objects; undefined if it has them already */
function comparedAll(before: readonly Grant[], after: readonly Grant[]) {
    const { head, tail } = alike(before, after);
    const shift = before.length - after.length;
    const old = new Map(before.slice(head, before.length - tail).map((grant) => [grant.id, grant]));
    const changes: ChangedGrant[] = [];
    const kept: Grant[] = [];
    let isOther = false;
    let index = -1;
    for (const grant of after) {
        index++;
        const isAlike = index < head || index >= after.length - tail;
        const was = isAlike ? before[index < head ? index : index + shift] : old.get(grant.id);
        if (!isAlike) old.delete(grant.id);
        const isKept = was !== undefined && isSameGrant(was, grant);
        if (was === undefined) changes.push({ change: "granted", grant });
        else if (!isKept) changes.push({ change: "changed", grant, was });
        kept.push(isKept ? was : grant);
        isOther ||= isKept && was !== grant;
    }
    for (const grant of old.values()) changes.push({ change: "withdrawn", grant, was: grant });
    return { changes, kept: isOther ? kept : undefined };
}

/**
 * How many grants at the beginning, and at the end, have the same ids. Usually these are nearly all, which saves a map.
 */
function alike(before: readonly Grant[], after: readonly Grant[]): { readonly head: number; readonly tail: number } {
    const most = Math.min(before.length, after.length);
    let [head, tail] = [0, 0];
    while (head < most && before[head]?.id === after[head]?.id) head++;
    while (tail < most - head && before.at(-1 - tail)?.id === after.at(-1 - tail)?.id) tail++;
    return { head, tail };
}

export function isSameGrant(a: Grant, b: Grant): boolean {
    return (
        a === b ||
        (a.user === b.user &&
            a.startsAtMs === b.startsAtMs &&
            a.expiresAtMs === b.expiresAtMs &&
            a.reason === b.reason &&
            a.spans.length === b.spans.length &&
            a.spans.every((span, index) => span.low === b.spans[index]?.low && span.high === b.spans[index]?.high) &&
            hasLabels(a.labels, b.labels) &&
            hasLabels(b.labels, a.labels))
    );
}

function hasLabels(these: Grant["labels"], those: Grant["labels"]): boolean {
    for (const key in these) if (these[key] !== those[key]) return false;
    return true;
}
