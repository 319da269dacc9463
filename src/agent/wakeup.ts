import type { Clock } from "../clock";

/** Ends a sleep early. A ring while nobody sleeps is kept for the next sleep. */
export interface Wakeup {
    ring(): void;
    /** Resolves after `ms`, or at the next ring. Rejects when `signal` aborts. */
    sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** A reason of its own, as without one each ring would make an exception with a stack. */
const RUNG = "rung";

export function createWakeup(clock: Pick<Clock, "sleep">): Wakeup {
    let hasRung = false;
    let waking: AbortController | undefined;
    return {
        ring() {
            hasRung = true;
            waking?.abort(RUNG);
        },
        async sleep(ms, signal) {
            signal.throwIfAborted();
            if (!hasRung) await sleepUntil(ms, signal);
            hasRung = false;
        },
    };

    // Not AbortSignal.any: the signal lives as long as the agent, and must not gather what waited on it.
    async function sleepUntil(ms: number, signal: AbortSignal): Promise<void> {
        const wake = new AbortController();
        const stop = () => wake.abort();
        signal.addEventListener("abort", stop, { once: true });
        waking = wake;
        try {
            await clock.sleep(ms, wake.signal);
        } catch (error) {
            signal.throwIfAborted();
            if (!wake.signal.aborted) throw error;
        } finally {
            waking = undefined;
            signal.removeEventListener("abort", stop);
        }
    }
}
