import type { Clock } from "../../clock";

/** A period that has begun, measured by a timer and not by the wall clock, which may be set. */
export interface Alarm {
    readonly isOver: boolean;
    cancel(): void;
}

export function startAlarm(clock: Pick<Clock, "sleep">, ms: number, onOver: () => void = () => {}): Alarm {
    const stop = new AbortController();
    let isOver = false;
    clock.sleep(ms, stop.signal).then(
        () => {
            isOver = true;
            onOver();
        },
        () => {},
    );
    return {
        get isOver() {
            return isOver;
        },
        cancel: () => stop.abort(),
    };
}

/** Sleeps, and rejects with the signal's own reason when it aborts. */
export async function rest(clock: Pick<Clock, "sleep">, ms: number, signal: AbortSignal): Promise<void> {
    await clock.sleep(ms, signal).catch((error: unknown) => {
        signal.throwIfAborted();
        throw error;
    });
}
