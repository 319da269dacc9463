/** A signal for one piece of work; `release` is called when the work has ended. */
export interface LimitedSignal {
    readonly signal: AbortSignal;
    release(): void;
}

/**
 * A signal that aborts when the given one does, with its reason, or after a time.
 *
 * Not `AbortSignal.any`: before Node 22.15 a time-out inside it could be collected and then never fired, and a signal that
 * lives as long as the process would gather every one that was made of it.
 *
 * @param late The reason after that time. @default an AbortError
 */
export function limitedSignal(signal: AbortSignal | undefined, ms: number, late?: () => unknown): LimitedSignal {
    const limit = new AbortController();
    const stop = () => limit.abort(signal?.reason);
    const timer = setTimeout(() => limit.abort(late?.()), ms);
    if (signal?.aborted === true) stop();
    signal?.addEventListener("abort", stop);
    return {
        signal: limit.signal,
        release() {
            clearTimeout(timer);
            signal?.removeEventListener("abort", stop);
        },
    };
}
