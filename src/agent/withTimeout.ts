import type { Clock } from "../clock";
import { orAborted } from "../orAborted";

export interface TimeoutOptions {
    readonly clock: Pick<Clock, "sleep">;
    readonly ms: number;
    readonly signal: AbortSignal;
    /** The error after that time. */
    readonly late: () => Error;
}

/**
 * Does work with a time-out. Work that ignores its signal is not waited for.
 *
 * @throws `late` after that time; the reason of `signal` as soon as that aborts; what the work throws
 */
export async function withTimeout<T>(
    work: (signal: AbortSignal) => Promise<T>,
    { clock, ms, signal, late }: TimeoutOptions,
): Promise<T> {
    signal.throwIfAborted();
    const limit = new AbortController();
    const timer = new AbortController();
    const stop = () => limit.abort(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
    clock.sleep(ms, timer.signal).then(
        () => limit.abort(late()),
        () => {},
    );
    try {
        return await orAborted(() => work(limit.signal), limit.signal);
    } finally {
        signal.removeEventListener("abort", stop);
        // With a reason, as otherwise each time-out would create an exception with a stack.
        timer.abort("done");
    }
}
