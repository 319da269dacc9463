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
