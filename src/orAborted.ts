/**
 * The result of work, unless the signal aborts first. The work itself goes on then, and its result is ignored.
 *
 * @throws the signal's reason; what the work throws
 */
export async function orAborted<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    let stop = () => {};
    const aborted = new Promise<never>((_, reject) => {
        stop = () => reject(signal.reason);
        signal.addEventListener("abort", stop);
        if (signal.aborted) stop();
    });
    try {
        // The work is raced also if the signal has aborted already, so that its rejection is handled.
        return await Promise.race([aborted, work()]);
    } finally {
        signal.removeEventListener("abort", stop);
    }
}
