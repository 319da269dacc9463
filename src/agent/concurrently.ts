/** The same work, with a second signal that ends it. */
export function until(
    end: AbortSignal,
    works: readonly ((signal: AbortSignal) => Promise<void>)[],
): readonly ((signal: AbortSignal) => Promise<void>)[] {
    return works.map((work) => (signal) => work(AbortSignal.any([signal, end])));
}

/**
 * Runs work, and other work concurrently, which is stopped and awaited when the
 * first ends or fails.
 *
 * @throws what any of them throws: a failure of the other work is a bug, which must not only be logged
 */
export async function concurrently<T>(
    others: readonly ((signal: AbortSignal) => Promise<void>)[],
    work: () => Promise<T>,
): Promise<T> {
    const over = new AbortController();
    const done = work().finally(() => over.abort());
    const [result] = await Promise.all([done, ...others.map((other) => other(over.signal))]);
    return result;
}
