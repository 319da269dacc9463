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
    outlives,
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

type Entries = Map<string, Entry>;

type NamedReading = Reading & { readonly named: NamedIds };

/** Before the first push. */
export function openPushedGrants(limits: DocumentLimits): PushedGrants {
    const readEntry = entryReader(limits);
    const removed = new Map<string, number>();
    const pushed = {
        snapshotMs: undefined as number | undefined,
        forgottenMs: -Infinity,
        entries: new Map() as Entries,
        removed,
    };
    /** Undefined where it has to be put together again. */
    let reading: NamedReading | undefined;

    /** Takes in a change whose entries were read. */
    function commit(change: PushChange, set: readonly Entry[], snapshot: Entries | undefined): void {
        const known = snapshot === undefined ? reading : undefined;
        const changedList = known && changedReading(known, pushed.entries, set, change.removed);
        if (snapshot !== undefined) [pushed.entries, pushed.snapshotMs] = [snapshot, change.snapshotMs];
        else for (const entry of set) pushed.entries.set(entry.key, entry);
        if (removed.size > 0) for (const { key } of set) removed.delete(key);
        for (const { key, atMs } of change.removed) {
            pushed.entries.delete(key);
            removed.set(key, atMs);
        }
        if (change.forgottenMs !== undefined) forget(change.forgottenMs);
        const named = changedList && { set: changedList.named.set, removed: idsIn(removed) };
        reading = changedList && named && { ...changedList, named };
    }

    function forget(untilMs: number): void {
        pushed.forgottenMs = untilMs;
        for (const [key, atMs] of removed) if (atMs <= untilMs) removed.delete(key);
    }

    return {
        pushed,
        entries: () => pushed.entries.values(),
        *judge(push) {
            const change = yield* changingBy(pushed, push);
            if (change === undefined) return "older";
            return isTooMany(pushed, change) ? "too-many" : change;
        },
        *apply(change) {
            const { snapshotMs } = change;
            const { set, unusable } = yield* readEach(change.set, readEntry);
            const isSnapshot = snapshotMs !== undefined;
            commit(change, set, isSnapshot ? yield* entriesAfter(set, pushed.entries, snapshotMs) : undefined);
            return unusable;
        },
        *reading() {
            reading ??= yield* readingOf(pushed.entries, removed);
            return reading;
        },
    };
}

function* readEach(
    entries: readonly PushedEntry[],
    readEntry: ReturnType<typeof entryReader>,
): Work<{ readonly set: readonly Entry[]; readonly unusable: readonly Unusable[] }> {
    const set: Entry[] = [];
    const unusable: Unusable[] = [];
    for (const entry of entries) {
        const next = readOne(entry, readEntry);
        set.push(next);
        if ("field" in next.read) unusable.push(next.read);
        yield READING_COST;
    }
    return { set, unusable };
}

/** Of adding an entry to a map of many, and of looking at one, see Work. A map that grows copies what it has. */
const [KEEPING_COST, LOOKING_COST] = [2, 0.5];

/** The entries of a snapshot, and after them those that outlive it. */
function* entriesAfter(set: readonly Entry[], known: Entries, snapshotMs: number): Work<Entries> {
    const next: Entries = new Map();
    for (const entry of set) {
        next.set(entry.key, entry);
        yield KEEPING_COST;
    }
    for (const entry of known.values()) {
        if (outlives(entry, snapshotMs) && !next.has(entry.key)) next.set(entry.key, entry);
        yield LOOKING_COST;
    }
    return next;
}

function* readingOf(entries: Entries, removed: ReadonlyMap<string, number>): Work<NamedReading> {
    const [grants, unusable, set]: [Grant[], Unusable[], Set<string>] = [[], [], new Set()];
    for (const { key, isNamed, read } of entries.values()) {
        if ("field" in read) unusable.push(read);
        else grants.push(read);
        if (isNamed) set.add(idIn(key));
        yield LOOKING_COST;
    }
    return { grants, unusable, named: { set, removed: idsIn(removed) } };
}

/** For more changes than this the reading is put together again. */
const MOST_CHANGES = 32;

/**
 * The reading after a change of a few entries: a list is copied, and no other grant is looked at.
 *
 * @param entries As they were before the change, in their order: one that is set again keeps its place.
 * @returns undefined where it has to be put together again; its ids that were removed by name are those from before
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

function idsIn(removed: ReadonlyMap<string, number>): Set<string> {
    return new Set(Array.from(removed.keys(), idIn));
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
