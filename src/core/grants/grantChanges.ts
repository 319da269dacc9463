import { finish, visitEach, type Work } from "../work";
import { exchanged } from "./exchanged";
import type { Grant } from "./grants";
import { latestPairs } from "./lastPair";

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
    return finish(comparedWork(before, after));
}

/** As comparedGrants, in slices. Many changes are found anew by the next comparison, unless a caller keeps them. */
export function* comparedWork(before: readonly Grant[], after: readonly Grant[]): Work<Compared> {
    if (before === after) return { changes: [], grants: after };
    const known = latest.get(before, after);
    const changes = known?.changes();
    if (known !== undefined && changes !== undefined) return { changes, grants: known.grants };
    const found = yield* compared(before, after);
    // Others may have compared them meanwhile, and go on with their list.
    const grants = latest.get(before, after)?.grants ?? found.grants;
    latest.set(before, after, { grants, changes: held(found.changes) });
    return { changes: found.changes, grants };
}

const latest = latestPairs<{
    readonly grants: readonly Grant[];
    changes(): readonly ChangedGrant[] | undefined;
}>();

function* compared(before: readonly Grant[], after: readonly Grant[]): Work<Compared> {
    const { head, old, fresh } = exchanged(before, after);
    const { changes, kept } = yield* comparedAll(old, fresh);
    if (kept === undefined || fresh.length === after.length) return { changes, grants: kept ?? after };
    return { changes, grants: after.slice(0, head).concat(kept, after.slice(head + fresh.length)) };
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
function* comparedAll(before: readonly Grant[], after: readonly Grant[]) {
    const { head, tail } = yield* alike(before, after);
    const shift = before.length - after.length;
    const old = new Map<string, Grant>();
    yield* visitEach(before.slice(head, before.length - tail), 0.2, (grant) => old.set(grant.id, grant));
    const changes: ChangedGrant[] = [];
    const kept: Grant[] = [];
    let isOther = false;
    yield* visitEach(after, 0.3, (grant, index) => {
        const isAlike = index < head || index >= after.length - tail;
        const was = isAlike ? before[index < head ? index : index + shift] : old.get(grant.id);
        if (!isAlike) old.delete(grant.id);
        const isKept = was !== undefined && isSameGrant(was, grant);
        if (was === undefined) changes.push({ change: "granted", grant });
        else if (!isKept) changes.push({ change: "changed", grant, was });
        kept.push(isKept ? was : grant);
        isOther ||= isKept && was !== grant;
    });
    yield* visitEach([...old.values()], 0.1, (grant) => changes.push({ change: "withdrawn", grant, was: grant }));
    return { changes, kept: isOther ? kept : undefined };
}

/**
 * How many grants at the beginning, and at the end, have the same ids. Usually these are nearly all, which saves a map.
 */
function* alike(
    before: readonly Grant[],
    after: readonly Grant[],
): Work<{ readonly head: number; readonly tail: number }> {
    const most = Math.min(before.length, after.length);
    let [head, tail] = [0, 0];
    while (head < most && before[head]?.id === after[head]?.id) if (++head % FEW === 0) yield FEW_COST;
    while (tail < most - head && before.at(-1 - tail)?.id === after.at(-1 - tail)?.id) {
        if (++tail % FEW === 0) yield FEW_COST;
    }
    return { head, tail };
}

/** So many pairs of ids are compared in a step, which costs about so many microseconds. */
const [FEW, FEW_COST] = [1024, 50];

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
