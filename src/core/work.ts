/**
 * Work that may be done in slices, so that an event loop goes on meanwhile. Each step yields what it cost, about in
 * microseconds; one step costs a few hundred at most.
 */
export type Work<T> = Generator<number, T, undefined>;

/** All of the work at once. */
export function finish<T>(work: Work<T>): T {
    for (;;) {
        const { done, value } = work.next();
        if (done) return value;
    }
}

/** How many items are visited in a step. */
const FEW = 256;

/** Visits items in their order, a few in a step. @param cost Of one of them, about in microseconds. */
export function* visitEach<T>(items: ArrayLike<T>, cost: number, visit: (item: T, index: number) => void): Work<void> {
    for (let from = 0; from < items.length; from += FEW) {
        const end = Math.min(items.length, from + FEW);
        for (let index = from; index < end; index++) visit(items[index] as T, index);
        yield (end - from) * cost;
    }
}
