/** The same work, which is told to stop by another signal too. */
export function until(
    end: AbortSignal,
    works: readonly ((signal: AbortSignal) => Promise<void>)[],
): readonly ((signal: AbortSignal) => Promise<void>)[] {
    return works.map((work) => (signal) => work(AbortSignal.any([signal, end])));
}

/**
 * Work with other work beside it, which is told to stop when the work is done,
 * however it ends, and is waited for.
 *
 * @throws what any of them throws: what fails beside the work is a bug, and nobody should have to find it in a log
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
