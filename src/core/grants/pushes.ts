import type { Work } from "../work";
import { MOST_GRANTS } from "./documentShape";

/** A push of all grants, or of one. Moments are in milliseconds since 1970. */
export type Push =
    | { readonly type: "replaced"; readonly atMs: number; readonly grants: readonly unknown[] }
    | { readonly type: "set"; readonly atMs: number; readonly id: string; readonly grant: object }
    | { readonly type: "removed"; readonly atMs: number; readonly id: string };

/** The effect of all pushes so far. */
export interface Pushed {
    /** When the latest full snapshot was true; undefined before the first one. */
    readonly snapshotMs: number | undefined;
    /** Removals up to this moment are forgotten; so an older push of an unknown grant is ignored. */
    readonly forgottenMs: number;
    /** The moment of each entry, usable or not, by key. */
    readonly entries: ReadonlyMap<string, KnownEntry>;
    /** The moment at which each grant was removed by id, by key; also if a later full snapshot does not contain it. */
    readonly removed: ReadonlyMap<string, number>;
}

export interface KnownEntry {
    readonly atMs: number;
    /** Whether it came in a push of this grant alone, and not in a full snapshot. */
    readonly isNamed: boolean;
}

/** What a push changes of what was known. */
export interface PushChange {
    /** The moment of a full snapshot, which replaces everything up to it. */
    readonly snapshotMs?: number;
    /** Removals up to this moment are forgotten. */
    readonly forgottenMs?: number;
    readonly set: readonly PushedEntry[];
    readonly removed: readonly { readonly key: string; readonly atMs: number }[];
}

export interface PushedEntry extends KnownEntry {
    /** `=ID`, or `#3` for the fourth entry of a snapshot where that has no id, or that of an entry before it. */
    readonly key: string;
    /** The entry as it was pushed. */
    readonly grant: unknown;
}

/** The most removals that are remembered one by one. */
export const MOST_REMOVED = 10_000;

/**
 * What a push changes. Pushes may come late, twice and in any order; their
 * moments decide. At the same moment a removal comes before a set, and both
 * before a full snapshot, as they name the grant. So every order has the same
 * result, except that the last to come counts of two full snapshots of one
 * moment, and of two sets of one grant at one moment.
 *
 *   push       ignored, or in part, after
 *   replaced   a later full snapshot; grants that were set or removed later, or at the same moment, stay so
 *   set        a later full snapshot; a later set; a removal that is not earlier
 *   removed    a later full snapshot; a later set; a removal that is not earlier
 *
 * A full snapshot, or a set of an unknown grant, that is not later than a forgotten removal is
 * ignored too: nobody knows whether that removal was of a grant in it.
 *
 * @returns undefined where it changes nothing
 */
export function* changingBy(pushed: Pushed, push: Push): Work<PushChange | undefined> {
    if (push.atMs < (pushed.snapshotMs ?? -Infinity)) return undefined;
    if (push.type === "replaced") {
        return push.atMs <= pushed.forgottenMs ? undefined : yield* replaced(pushed, push.atMs, push.grants);
    }
    const { atMs } = push;
    const key = keyOf(push.id);
    const knownMs = pushed.entries.get(key)?.atMs ?? -Infinity;
    if (knownMs > atMs) return undefined;
    const forgottenMs = pushed.entries.has(key) || push.type === "removed" ? -Infinity : pushed.forgottenMs;
    if ((pushed.removed.get(key) ?? forgottenMs) >= atMs) return undefined;
    if (push.type === "set") return { set: [{ key, atMs, grant: push.grant, isNamed: true }], removed: [] };
    return { ...forgetting(pushed, key, atMs), set: [], removed: [{ key, atMs }] };
}

/** Whether there would be more grants than any source may have. */
export function isTooMany({ entries }: Pushed, { snapshotMs, set }: PushChange): boolean {
    const added = snapshotMs === undefined ? set.filter(({ key }) => !entries.has(key)).length : set.length;
    if (entries.size + added <= MOST_GRANTS) return false;
    if (snapshotMs === undefined) return added > 0;
    return added + [...entries.values()].filter((entry) => outlives(entry, snapshotMs)).length > MOST_GRANTS;
}

/** Whether an entry stays after a full snapshot that does not contain it, or contains it otherwise. */
export function outlives({ isNamed, atMs }: KnownEntry, snapshotMs: number): boolean {
    return isNamed && atMs >= snapshotMs;
}

/** The id of an entry as the reader of documents takes it; undefined where it has none. */
export function idOf(grant: unknown): string | undefined {
    const id = (grant as { readonly id?: unknown } | null | undefined)?.id;
    const text = typeof id === "number" ? String(id) : id;
    return typeof text === "string" && text !== "" && text.length <= 200 ? text : undefined;
}

function* replaced(pushed: Pushed, atMs: number, grants: readonly unknown[]): Work<PushChange> {
    const keys = new Set<string>();
    const set: PushedEntry[] = [];
    const isOverruled = (key: string) => {
        const known = pushed.entries.get(key);
        return (known !== undefined && outlives(known, atMs)) || (pushed.removed.get(key) ?? -Infinity) >= atMs;
    };
    for (const [index, grant] of grants.entries()) {
        const id = idOf(grant);
        const key = id === undefined || keys.has(keyOf(id)) ? `#${index}` : keyOf(id);
        keys.add(key);
        if (!isOverruled(key)) set.push({ key, atMs, grant, isNamed: false });
        yield 2;
    }
    return { snapshotMs: atMs, set, removed: [] };
}

/** Forgets the oldest removal if this one would exceed the limit. */
function forgetting({ removed, forgottenMs }: Pushed, key: string, atMs: number): Pick<PushChange, "forgottenMs"> {
    if (removed.size < MOST_REMOVED || removed.has(key)) return {};
    let oldestMs = atMs;
    for (const each of removed.values()) oldestMs = Math.min(oldestMs, each);
    return { forgottenMs: Math.max(forgottenMs, oldestMs) };
}

function keyOf(id: string): string {
    return `=${id}`;
}
