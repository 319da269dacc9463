import type { Span } from "../addresses/ip";
import { coversSpan, mergeSpans, overlapsSpan, separateSpans } from "../addresses/spans";

export interface ShardNow {
    /** The content of the shard, sorted and disjoint. */
    readonly spans: readonly Span[];
    /** The most entries it may hold. */
    readonly limit: number;
}

export interface AssignInput {
    readonly shards: readonly ShardNow[];
    /** Entries that get room before the others, sorted and disjoint. */
    readonly fixed: readonly Span[];
    /** The desired entries, `fixed` included, sorted and disjoint. */
    readonly wanted: readonly Span[];
}

/** The entries of each shard, in address order, never more than its limit. */
export type Assignment = readonly (readonly Span[])[];

/**
 * Assigns each desired entry to a shard, with the least movement:
 *
 *   1. what a shard holds stays there, merged with its neighbours only if it has no room otherwise;
 *   2. new entries take free places, the first shard first: fixed ones, then those whose shard
 *      cannot keep them, then the others;
 *   3. the others are merged: with neighbours in a shard, which takes no place, then into
 *      places that merging frees;
 *   4. what is still left has no room, and is in no shard.
 */
export function assignShards({ shards, fixed, wanted }: AssignInput): Assignment {
    const homes = shards.map(() => [] as Span[]);
    const strangers: Span[] = [];
    for (const span of wanted) (homes[homeOf(span, shards)] ?? strangers).push(span);
    const displaced = shards.flatMap(({ limit }, index) => overflow(homes, index, limit));

    const fixedSpans = mergeSpans(fixed);
    const newcomers = [
        strangers.filter((span) => coversSpan(fixedSpans, span)),
        displaced,
        strangers.filter((span) => !coversSpan(fixedSpans, span)),
    ];
    const left = newcomers.map((spans) => spans.filter((span) => !settle(span, homes, shards)));
    squeeze(left.flatMap(mergeSpans), homes, shards);
    return homes.map((home, index) => pack(separateSpans(home), shards[index]?.limit ?? 0));
}

/** The shard that holds the span, or else the first one that holds a part of it; -1 for a new entry. */
function homeOf(span: Span, shards: readonly ShardNow[]): number {
    const whole = shards.findIndex(({ spans }) => coversSpan(spans, span));
    return whole >= 0 ? whole : shards.findIndex(({ spans }) => overlapsSpan(spans, span));
}

/** Takes out of a shard what it cannot keep even merged: a range that was cut needs more places than before. */
function overflow(homes: Span[][], index: number, limit: number): Span[] {
    const home = homes[index] ?? [];
    const runs = mergeSpans(home);
    if (runs.length <= limit) return [];
    const kept = runs.slice(0, limit);
    homes[index] = home.filter((span) => coversSpan(kept, span));
    return home.filter((span) => !coversSpan(kept, span));
}

/** Puts a newcomer in the first shard with a free place. */
function settle(span: Span, homes: readonly Span[][], shards: readonly ShardNow[]): boolean {
    const index = shards.findIndex(({ limit }, at) => (homes[at]?.length ?? limit) < limit);
    homes[index]?.push(span);
    return index >= 0;
}

/**
 * Finds places by merging, for those who got none otherwise. What touches a shard's entries needs no
 * place of its own and may join the next one to them, so the others wait until nothing touches any more.
 */
function squeeze(left: readonly Span[], homes: readonly Span[][], shards: readonly ShardNow[]): void {
    const merged = left.length === 0 ? [] : homes.map(mergeSpans);
    const neighbourOf = ({ low, high }: Span) => {
        const reach = { low: Math.max(0, low - 1), high: Math.min(2 ** 32 - 1, high + 1) };
        return merged.findIndex((spans) => overlapsSpan(spans, reach));
    };
    const free = () => shards.findIndex(({ limit }, at) => (merged[at]?.length ?? limit) < limit);
    const place = (run: Span, index: number) => {
        homes[index]?.push(run);
        if (index >= 0) merged[index] = mergeSpans([...(merged[index] ?? []), run]);
        return index >= 0;
    };
    let waiting = left;
    for (let before = Infinity; waiting.length < before; ) {
        before = waiting.length;
        waiting = waiting.filter((run) => !place(run, neighbourOf(run)));
        if (waiting.length < before) continue;
        waiting = waiting.filter((run) => !(place(run, neighbourOf(run)) || place(run, free())));
    }
}

/** The entries as they are if they fit; else merged with their neighbours, longest runs first, until they do. */
function pack(entries: readonly Span[], limit: number): readonly Span[] {
    let excess = entries.length - limit;
    if (excess <= 0) return entries;
    const runs = mergeSpans(entries).map((run) => ({ run, size: 0 }));
    let at = 0;
    for (const { low } of entries) {
        while (low > (runs[at]?.run.high ?? Infinity)) at++;
        const home = runs[at];
        if (home !== undefined) home.size++;
    }
    const joined: Span[] = [];
    for (const { run, size } of [...runs].sort((a, b) => b.size - a.size || a.run.low - b.run.low)) {
        if (excess <= 0) break;
        joined.push(run);
        excess -= size - 1;
    }
    return separateSpans([...entries, ...joined]);
}
