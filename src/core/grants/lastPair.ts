import type { Grant } from "./grants";

type Lists = readonly Grant[];

/**
 * The same function of two lists, which remembers for a later list what it said last: several memberships ask the same of
 * one reading. A list does not keep the one before it.
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
