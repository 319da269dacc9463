import type { Grant } from "./grants";

type Lists = readonly Grant[];

/**
 * Caches the latest result of a function of two lists: several memberships compare the same readings.
 * The cache does not keep earlier lists in memory.
 */
export function rememberLast<T extends object>(compare: (before: Lists, after: Lists) => T) {
    const latest = new WeakMap<Lists, { readonly before: WeakRef<Lists>; readonly found: T }>();
    return (before: Lists, after: Lists): T => {
        const known = latest.get(after);
        if (known?.before.deref() === before) return known.found;
        const found = compare(before, after);
        latest.set(after, { before: new WeakRef(before), found });
        return found;
    };
}
