import { MOST_GRANTS } from "./grantsDocument";

/** What a source says when it pushes: everything, or one grant. Moments are in milliseconds since 1970. */
export type Push =
    | { readonly type: "replaced"; readonly atMs: number; readonly grants: readonly unknown[] }
    | { readonly type: "set"; readonly atMs: number; readonly id: string; readonly grant: object }
    | { readonly type: "removed"; readonly atMs: number; readonly id: string };

/** What was pushed so far, as far as it still matters. */
export interface Pushed {
    /** When the latest full snapshot was true; undefined before the first one. */
    readonly snapshotMs?: number | undefined;
    /** Up to then removals are forgotten, so that an older grant is not believed where nothing else is known of it. */
    readonly forgottenMs: number;
    /** Entries of a grants document, usable or not. */
    readonly entries: ReadonlyMap<string, Entry>;
    /** When each grant was removed that may still be pushed late. */
    readonly removed: ReadonlyMap<string, number>;
}

interface Entry {
    readonly atMs: number;
    readonly grant: unknown;
}

/** As many removals are remembered one by one. */
const MOST_REMOVED = 10_000;

/** Nothing was pushed yet. */
export function nothingPushed(): Pushed {
    return { forgottenMs: -Infinity, entries: new Map(), removed: new Map() };
}

/**
 * What is so after a push. Pushes may come late, twice and in any order; the
 * moments decide, so that every order ends the same.
 *
 *   push       undone by what is known already
 *   replaced   a later full snapshot; grants that were set or removed later stay so
 *   set        a later full snapshot; a later set; a removal that is not earlier
 *   removed    a later full snapshot; a later set
 *
 * @returns the very same object where the push changes nothing
 */
export function applyPush(pushed: Pushed, push: Push): Pushed {
    if (push.atMs < (pushed.snapshotMs ?? -Infinity)) return pushed;
    if (push.type === "replaced") return replaced(pushed, push.atMs, push.grants);
    const key = keyOf(push.id);
    const knownMs = pushed.entries.get(key)?.atMs ?? -Infinity;
    if (knownMs > push.atMs) return pushed;
    if (push.type === "removed") return removed(pushed, push.id, push.atMs);
    const removedMs = pushed.removed.get(push.id) ?? (pushed.entries.has(key) ? -Infinity : pushed.forgottenMs);
    if (removedMs >= push.atMs) return pushed;
    const entries = new Map(pushed.entries).set(key, { atMs: push.atMs, grant: push.grant });
    return { ...pushed, entries, removed: without(pushed.removed, push.id) };
}

/** Whether there are more grants than any source may have. */
export function isTooMany({ entries }: Pushed): boolean {
    return entries.size > MOST_GRANTS;
}

/** The document that the pushes make together. */
export function pushedDocument({ entries }: Pushed): { readonly grants: readonly unknown[] } {
    return { grants: [...entries.values()].map(({ grant }) => grant) };
}

function replaced(pushed: Pushed, atMs: number, grants: readonly unknown[]): Pushed {
    const later = [...pushed.entries].filter(([, entry]) => entry.atMs > atMs);
    const removed = new Map([...pushed.removed].filter(([, removedMs]) => removedMs > atMs));
    const entries = new Map<string, Entry>();
    for (const [index, grant] of grants.entries()) {
        const id = idOf(grant);
        // A second one of the same id, and one without, are kept for the reader of documents to complain about.
        const key = id === undefined || entries.has(keyOf(id)) ? `#${index}` : keyOf(id);
        if (id === undefined || !removed.has(id)) entries.set(key, { atMs, grant });
    }
    for (const [key, entry] of later) entries.set(key, entry);
    return { snapshotMs: atMs, forgottenMs: pushed.forgottenMs, entries, removed };
}

function removed(pushed: Pushed, id: string, atMs: number): Pushed {
    if ((pushed.removed.get(id) ?? -Infinity) >= atMs) return pushed;
    const all = new Map(pushed.removed).set(id, atMs);
    const entries = without(pushed.entries, keyOf(id));
    if (all.size <= MOST_REMOVED) return { ...pushed, entries, removed: all };
    const [oldest, oldestMs] = [...all].reduce((first, each) => (each[1] < first[1] ? each : first));
    all.delete(oldest);
    return { ...pushed, forgottenMs: Math.max(pushed.forgottenMs, oldestMs), entries, removed: all };
}

/** The id of an entry as the reader of documents takes it; undefined where it has none. */
export function idOf(grant: unknown): string | undefined {
    const id = (grant as { readonly id?: unknown } | null | undefined)?.id;
    const text = typeof id === "number" && Number.isInteger(id) ? String(id) : id;
    return typeof text === "string" && text !== "" && text.length <= 200 ? text : undefined;
}

function keyOf(id: string): string {
    return `=${id}`;
}

function without<T>(map: ReadonlyMap<string, T>, key: string): ReadonlyMap<string, T> {
    if (!map.has(key)) return map;
    const rest = new Map(map);
    rest.delete(key);
    return rest;
}
