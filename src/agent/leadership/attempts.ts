import type { Clock } from "../../clock";
import { rest } from "./alarm";
import { ASKING, type Leadership, type LockState, NOT_ASKING, type Term } from "./leadership";

export interface AttemptsOptions {
    /** As `Leadership.name`. */
    readonly name: string;
    readonly clock: Pick<Clock, "sleep">;
    /**
     * Tries once to lead.
     *
     * @param setState Receives what is known of the lock.
     * @returns the term, or after how many milliseconds to try again
     */
    attempt(signal: AbortSignal, setState: (state: LockState) => void): Promise<Term | number>;
    /** Called once, when the leadership is closed and before its term ends. @default nothing */
    onClose?(): void;
}

/** A leadership that repeats an attempt until it succeeds. */
export function leadByAttempts({ name, clock, attempt, onClose }: AttemptsOptions): Leadership {
    const closed = new AbortController();
    let term: Term | undefined;
    let known = ASKING;
    const setState = (state: LockState) => {
        known = state;
    };

    return {
        name,
        lockState: () => known,
        async lead(given) {
            known = ASKING;
            const signal = AbortSignal.any([given, closed.signal]);
            for (;;) {
                signal.throwIfAborted();
                const result = await attempt(signal, setState);
                if (typeof result !== "number") {
                    known = NOT_ASKING;
                    term = result;
                    return result;
                }
                await rest(clock, result, signal);
            }
        },
        async close() {
            closed.abort();
            onClose?.();
            await term?.end();
        },
    };
}
