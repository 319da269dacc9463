import type { Work } from "../../core/work";

/** How many items are sorted or merged in one step. */
const PIECE = 256;

/** What a comparison costs, about in microseconds. */
const COMPARISON = 0.6;

/**
 * Sorts a list in slices: pieces of it, and then two sorted pieces into one, until one is left. Equal items keep their order.
 *
 * @param items Is left as it is.
 */
export function* sortedWork<T>(items: readonly T[], compare: (a: T, b: T) => number): Work<readonly T[]> {
    let from: T[] = [];
    for (let start = 0; start < items.length; start += PIECE) {
        for (const item of items.slice(start, start + PIECE).sort(compare)) from.push(item);
        yield PIECE * Math.log2(PIECE) * COMPARISON;
    }
    for (let size = PIECE; size < items.length; size *= 2) {
        const to: T[] = [];
        for (let start = 0; start < items.length; start += 2 * size) {
            yield* mergeInto(to, from, start, Math.min(start + size, items.length), compare);
        }
        from = to;
    }
    return from;
}

/** Adds two sorted pieces of a list to another list: the one until `middle`, and as many items or fewer after it. */
function* mergeInto<T>(to: T[], from: readonly T[], start: number, middle: number, compare: (a: T, b: T) => number) {
    const end = Math.min(from.length, 2 * middle - start);
    let [one, other] = [start, middle];
    for (let at = start; at < end; at++) {
        const isOne = other >= end || (one < middle && compare(from[one] as T, from[other] as T) <= 0);
        to.push(from[isOne ? one++ : other++] as T);
        if (at % PIECE === 0) yield PIECE * COMPARISON;
    }
}
