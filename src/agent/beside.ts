/**
 * Work with other work beside it, which is told to stop when the work is done,
 * however it ends, and is waited for.
 */
export async function beside(other: (signal: AbortSignal) => Promise<void>, work: () => Promise<void>): Promise<void> {
    const over = new AbortController();
    const [done, beside] = [work().finally(() => over.abort()), other(over.signal)];
    // What fails beside the work is a bug, and nobody should have to find it in a log.
    await Promise.all([done, beside]);
}
