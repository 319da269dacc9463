import type { DocumentLimits } from "../../core/grants/grantAddresses";
import type { Grant } from "../../core/grants/grants";
import {
    entryReader,
    type NamedIds,
    READING_COST,
    type Reading,
    secondOf,
    type Unusable,
} from "../../core/grants/grantsDocument";
import {
    changingBy,
    idOf,
    isTooMany,
    type Push,
    type PushChange,
    type Pushed,
    type PushedEntry,
} from "../../core/grants/pushes";
import type { Work } from "../../core/work";

/** What was pushed, in memory: each grant is read once, when it comes, and a change costs what is in it. */
export interface PushedGrants {
    /** What is known now. */
    readonly pushed: Pushed;
    /** Every entry as it was pushed, in order. */
    entries(): Iterable<PushedEntry>;
    /** What a push would do. */
    judge(push: Push): Work<"older" | "too-many" | PushChange>;
    /** Nothing has changed before the work is done. @returns the entries of the change that cannot be used */
    apply(change: PushChange): Work<readonly Unusable[]>;
    /** The grants that the pushes make together, with `named`; the same object until something changes. */
    reading(): Work<Reading>;
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
    let reading: NamedReading | undefined;
    const removedIds = () => new Set(Array.from(removed.keys(), idIn));

    /** What a snapshot leaves of what was known follows it. */
    function* begun(set: readonly Entry[], snapshotMs: number): Work<Map<string, Entry>> {
        const next = new Map<string, Entry>();
        for (const entry of set) {
            next.set(entry.key, entry);
            yield 0.3;
        }
        for (const entry of entries.values()) {
            if (entry.atMs > snapshotMs && !next.has(entry.key)) next.set(entry.key, entry);
            yield 0.1;
        }
        return next;
    }

    function forget(untilMs: number): void {
        pushed.forgottenMs = untilMs;
        for (const [key, atMs] of removed) if (atMs <= untilMs) removed.delete(key);
    }

    return {
        pushed,
        entries: () => entries.values(),
        *judge(push) {
            const change = yield* changingBy(pushed, push);
            if (change === undefined) return "older";
            return isTooMany(pushed, change) ? "too-many" : change;
        },
        *apply(change) {
            const { snapshotMs, forgottenMs } = change;
            const set: Entry[] = [];
            const unusable: Unusable[] = [];
            for (const entry of change.set) {
                const next = readOne(entry, readEntry);
                set.push(next);
                if ("field" in next.read) unusable.push(next.read);
                yield READING_COST;
            }
            const next = snapshotMs === undefined ? undefined : yield* begun(set, snapshotMs);
            const known = next === undefined ? reading : undefined;
            const changedList = known && changedReading(known, entries, set, change.removed);
            if (next !== undefined) [entries, pushed.entries, pushed.snapshotMs] = [next, next, snapshotMs];
            else for (const entry of set) entries.set(entry.key, entry);
            if (removed.size > 0) for (const { key } of set) removed.delete(key);
            for (const { key, atMs } of change.removed) {
                entries.delete(key);
                removed.set(key, atMs);
            }
            if (forgottenMs !== undefined) forget(forgottenMs);
            reading = changedList && { ...changedList, named: { set: changedList.named.set, removed: removedIds() } };
            return unusable;
        },
        *reading() {
            if (reading !== undefined) return reading;
            const [grants, unusable, set]: [Grant[], Unusable[], Set<string>] = [[], [], new Set()];
            for (const { key, isNamed, read } of entries.values()) {
                if ("field" in read) unusable.push(read);
                else grants.push(read);
                if (isNamed) set.add(idIn(key));
                yield 0.2;
            }
            reading = { grants, unusable, named: { set, removed: removedIds() } };
            return reading;
        },
    };
}

type NamedReading = Reading & { readonly named: NamedIds };

/** From so many changes on the reading is put together anew. */
const MOST_CHANGES = 32;

/**
 * The reading after a change of a few entries: a list is copied, and no other grant is looked at.
 *
 * @param entries As they were before the change, in their order: one that is set again keeps its place.
 * @returns undefined where it has to be put together anew; it has the ids that were removed by name from before
 */
function changedReading(
    { grants: known, unusable, named }: NamedReading,
    entries: ReadonlyMap<string, Entry>,
    set: readonly Entry[],
    removed: PushChange["removed"],
): NamedReading | undefined {
    if (set.length + removed.length > MOST_CHANGES) return undefined;
    const grants = [...known];
    const names = new Set(named.set);
    const seen = new Set<string>();
    for (const { key, isNamed, read } of set) {
        const before = entries.get(key)?.read;
        if ("field" in read || (before !== undefined && "field" in before) || seen.has(key)) return undefined;
        seen.add(key);
        if (before === undefined) grants.push(read);
        else grants.splice(grants.indexOf(before), 1, read);
        if (isNamed) names.add(idIn(key));
        else names.delete(idIn(key));
    }
    for (const { key } of removed) {
        const before = entries.get(key)?.read;
        if (seen.has(key) || (before !== undefined && "field" in before)) return undefined;
        if (before !== undefined) grants.splice(grants.indexOf(before), 1);
        names.delete(idIn(key));
    }
    return { grants, unusable, named: { ...named, set: names } };
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
