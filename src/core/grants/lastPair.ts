import type { Grant } from "./grants";

type Lists = readonly Grant[];

/** The latest result for each list and the one before it. Earlier lists are not kept in memory. */
export interface LatestPairs<T> {
    get(before: Lists, after: Lists): T | undefined;
    set(before: Lists, after: Lists, found: T): void;
}

export function latestPairs<T extends object>(): LatestPairs<T> {
    const latest = new WeakMap<Lists, { readonly before: WeakRef<Lists>; readonly found: T }>();
    return {
        get(before, after) {
            const known = latest.get(after);
            return known?.before.deref() === before ? known.found : undefined;
        },
        set(before, after, found) {
            latest.set(after, { before: new WeakRef(before), found });
        },
    };
}

/** Caches the latest result of a function of two lists: several memberships compare the same readings. */
export function rememberLast<T extends object>(compare: (before: Lists, after: Lists) => T) {
    const latest = latestPairs<T>();
    return (before: Lists, after: Lists): T => {
        const known = latest.get(before, after);
        if (known !== undefined) return known;
        const found = compare(before, after);
        latest.set(before, after, found);
        return found;
    };
}
