import type { DocumentLimits } from "../../core/grants/grantAddresses";
import type { Grant } from "../../core/grants/grants";
import { entryReader, type Reading, readingOf, secondOf, type Unusable } from "../../core/grants/grantsDocument";
import {
    changeBy,
    idOf,
    isTooMany,
    type Push,
    type PushChange,
    type Pushed,
    type PushedEntry,
} from "../../core/grants/pushes";

/** What was pushed, in memory: each grant is read once, when it comes, and a change costs what is in it. */
export interface PushedGrants {
    /** What is known now. */
    readonly pushed: Pushed;
    /** Every entry as it was pushed, in order. */
    entries(): Iterable<PushedEntry>;
    /** What a push would do. */
    judge(push: Push): "older" | "too-many" | PushChange;
    /** @returns the entries of the change that cannot be used */
    apply(change: PushChange): readonly Unusable[];
    /** The grants that the pushes make together, with `named`; the same object until something changes. */
    reading(): Reading;
}

interface Entry extends PushedEntry {
    readonly read: Grant | Unusable;
}

/** Nothing was pushed yet. */
export function openPushedGrants(limits: DocumentLimits): PushedGrants {
    const readEntry = entryReader(limits);
    let entries = new Map<string, Entry>();
    const removed = new Map<string, number>();
    const pushed = { snapshotMs: undefined as number | undefined, forgottenMs: -Infinity, entries, removed };
    let reading: Reading | undefined;

    /** What a snapshot leaves of what was known follows it. */
    function begin(set: readonly Entry[], snapshotMs: number): void {
        const later = [...entries.values()].filter(({ atMs }) => atMs > snapshotMs);
        entries = new Map(set.map((entry) => [entry.key, entry]));
        for (const entry of later) if (!entries.has(entry.key)) entries.set(entry.key, entry);
        [pushed.entries, pushed.snapshotMs] = [entries, snapshotMs];
    }

    function forget(untilMs: number): void {
        pushed.forgottenMs = untilMs;
        for (const [key, atMs] of removed) if (atMs <= untilMs) removed.delete(key);
    }

    return {
        pushed,
        entries: () => entries.values(),
        judge(push) {
            const change = changeBy(pushed, push);
            if (change === undefined) return "older";
            return isTooMany(pushed, change) ? "too-many" : change;
        },
        apply(change) {
            reading = undefined;
            const set = change.set.map((entry) => readOne(entry, readEntry));
            if (change.snapshotMs !== undefined) begin(set, change.snapshotMs);
            else for (const entry of set) entries.set(entry.key, entry);
            for (const { key } of set) removed.delete(key);
            for (const { key, atMs } of change.removed) {
                entries.delete(key);
                removed.set(key, atMs);
            }
            if (change.forgottenMs !== undefined) forget(change.forgottenMs);
            return set.flatMap(({ read }) => ("field" in read ? [read] : []));
        },
        reading() {
            reading ??= {
                ...readingOf(Array.from(entries.values(), ({ read }) => read)),
                named: { set: namedIn(entries.values()), removed: new Set(Array.from(removed.keys(), idIn)) },
            };
            return reading;
        },
    };
}

function namedIn(entries: Iterable<Entry>): ReadonlySet<string> {
    const ids = new Set<string>();
    for (const { key, isNamed } of entries) if (isNamed) ids.add(idIn(key));
    return ids;
}

/** The id in the key of an entry that has one. */
function idIn(key: string): string {
    return key.slice(1);
}

function readOne(entry: PushedEntry, readEntry: ReturnType<typeof entryReader>): Entry {
    const { key, grant } = entry;
    if (key.startsWith("=")) return { ...entry, read: readEntry(grant, 1) };
    const read = readEntry(grant, Number(key.slice(1)) + 1);
    return { ...entry, read: idOf(grant) === undefined || "field" in read ? read : secondOf(read) };
}
