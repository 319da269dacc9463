import type { Grant } from "./grants";

/** A grant that is different in a later reading. */
export interface ChangedGrant {
    readonly change: "granted" | "changed" | "withdrawn";
    /** As it is now; of a withdrawn one, as it was. */
    readonly grant: Grant;
    /** As it was; undefined for one that is new. */
    readonly was?: Grant;
}

/** What a source says otherwise than the time before, in the order of its grants; the withdrawn come last. */
export function changedGrants(before: readonly Grant[], after: readonly Grant[]): ChangedGrant[] {
    if (before === after) return [];
    const { head, tail } = alike(before, after);
    const shift = before.length - after.length;
    const old = new Map(before.slice(head, before.length - tail).map((grant) => [grant.id, grant]));
    const changes: ChangedGrant[] = [];
    for (const [index, grant] of after.entries()) {
        const isAlike = index < head || index >= after.length - tail;
        const was = isAlike ? before[index < head ? index : index + shift] : old.get(grant.id);
        if (!isAlike) old.delete(grant.id);
        if (was === undefined) changes.push({ change: "granted", grant });
        else if (!isSameGrant(was, grant)) changes.push({ change: "changed", grant, was });
    }
    for (const grant of old.values()) changes.push({ change: "withdrawn", grant, was: grant });
    return changes;
}

/** How many grants at the beginning, and how many at the end, have the same ids: mostly all but a few, which saves a map. */
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
