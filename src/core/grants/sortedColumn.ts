import type { Work } from "../work";

/** How many numbers are sorted or merged in one step. */
const PIECE = 4096;

/** About in microseconds. */
const [SORT_COST, MERGE_COST] = [300, 30];

/**
 * Sorts a column in slices: pieces of it, and then two sorted pieces into one, until one is left.
 *
 * @param numbers Is overwritten.
 */
export function* sortedColumn(numbers: Float64Array): Work<Float64Array> {
    const { length } = numbers;
    for (let start = 0; start < length; start += PIECE) {
        numbers.subarray(start, start + PIECE).sort();
        yield SORT_COST;
    }
    let from = numbers;
    let to: Float64Array = new Float64Array(length > PIECE ? length : 0);
    for (let size = PIECE; size < length; size *= 2) {
        for (let start = 0; start < length; start += 2 * size) {
            yield* mergeInto(to, from, start, Math.min(start + size, length), Math.min(start + 2 * size, length));
        }
        [from, to] = [to, from];
    }
    return from;
}

function* mergeInto(to: Float64Array, from: Float64Array, start: number, middle: number, end: number): Work<void> {
    let [one, other] = [start, middle];
    for (let at = start; at < end; at++) {
        const isOne = other >= end || (one < middle && (from[one] as number) <= (from[other] as number));
        to[at] = from[isOne ? one++ : other++] as number;
        if (at % PIECE === 0) yield MERGE_COST;
    }
}
