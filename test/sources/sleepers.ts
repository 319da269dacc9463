import { setImmediate } from "node:timers/promises";

/** Sleeps for no time, but lets everybody else have a turn; rejects when the signal aborts, as sleeping does. */
export async function nap(_ms: number, signal: AbortSignal): Promise<void> {
    await setImmediate(undefined, { signal });
}

/** Sleeps until the signal aborts where it should sleep for as long as `fromMs`, and naps otherwise. */
export function sleepForEver(fromMs: number) {
    return (ms: number, signal: AbortSignal): Promise<void> =>
        ms < fromMs
            ? nap(ms, signal)
            : new Promise((_, reject) => {
                  const stop = () => reject(signal.reason);
                  if (signal.aborted) stop();
                  else signal.addEventListener("abort", stop, { once: true });
              });
}
