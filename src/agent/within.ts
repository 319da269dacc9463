import type { Clock } from "../clock";

/** Work with a signal that aborts when the caller's does, or after `ms`. */
export async function within<T>(
    ms: number,
    clock: Pick<Clock, "sleep">,
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
    signal.throwIfAborted();
    const both = new AbortController();
    const timer = new AbortController();
    const stop = () => both.abort(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
    const late = () => both.abort(new DOMException(`no answer within ${ms / 1000} s`, "TimeoutError"));
    clock.sleep(ms, timer.signal).then(late, () => {});
    try {
        return await work(both.signal);
    } finally {
        signal.removeEventListener("abort", stop);
        timer.abort();
    }
}
