/**
 * The smallest of many, in order. A page shows fifty of perhaps 100,000: to sort
 * them all would keep the agent from its work for a quarter of a second.
 */
export function smallest<T>(all: Iterable<T>, count: number, compare: (a: T, b: T) => number): readonly T[] {
    const kept: T[] = [];
    for (const each of all) {
        const last = kept[count - 1];
        if (last !== undefined && compare(each, last) >= 0) continue;
        kept.splice(placeOf(each, kept, compare), 0, each);
        if (kept.length > count) kept.pop();
    }
    return kept;
}

/** Behind those that are equal, so that they stay in the order in which they came. */
function placeOf<T>(each: T, kept: readonly T[], compare: (a: T, b: T) => number): number {
    let [low, high] = [0, kept.length];
    while (low < high) {
        const middle = (low + high) >>> 1;
        if (compare(kept[middle] as T, each) <= 0) low = middle + 1;
        else high = middle;
    }
    return low;
}
