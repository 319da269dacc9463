import { finish, visitEach, type Work } from "../../core/work";

/**
 * The smallest items of many, in order. A page shows fifty of perhaps 100,000: sorting
 * them all would block the event loop for a quarter of a second.
 */
export function smallest<T>(all: readonly T[], count: number, compare: (a: T, b: T) => number): readonly T[] {
    return finish(smallestWork(all, count, compare));
}

/** The same in slices. */
export function* smallestWork<T>(
    all: readonly T[],
    count: number,
    compare: (a: T, b: T) => number,
): Work<readonly T[]> {
    const kept: T[] = [];
    yield* visitEach(all, 1, (each) => {
        const last = kept[count - 1];
        if (last !== undefined && compare(each, last) >= 0) return;
        kept.splice(placeOf(each, kept, compare), 0, each);
        if (kept.length > count) kept.pop();
    });
    return kept;
}

/** The index after all that are equal, so that their order is kept. */
function placeOf<T>(each: T, kept: readonly T[], compare: (a: T, b: T) => number): number {
    let [low, high] = [0, kept.length];
    while (low < high) {
        const middle = (low + high) >>> 1;
        if (compare(kept[middle] as T, each) <= 0) low = middle + 1;
        else high = middle;
    }
    return low;
}
