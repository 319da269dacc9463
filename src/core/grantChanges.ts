import type { Grant } from "./grants";

/** A grant that a source says otherwise than before. */
export interface ChangedGrant {
    readonly change: "granted" | "changed" | "withdrawn";
    /** As it is now; of a withdrawn one, as it was. */
    readonly grant: Grant;
}

/** What a source says otherwise than the time before, in the order of its grants; the withdrawn come last. */
export function changedGrants(before: readonly Grant[], after: readonly Grant[]): ChangedGrant[] {
    if (before === after) return [];
    const old = new Map(before.map((grant) => [grant.id, grant]));
    const changes: ChangedGrant[] = [];
    for (const grant of after) {
        const was = old.get(grant.id);
        old.delete(grant.id);
        if (was === undefined) changes.push({ change: "granted", grant });
        else if (!isSame(was, grant)) changes.push({ change: "changed", grant });
    }
    for (const grant of old.values()) changes.push({ change: "withdrawn", grant });
    return changes;
}

function isSame(a: Grant, b: Grant): boolean {
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
    return Object.entries(these).every(([key, value]) => those[key] === value);
}
