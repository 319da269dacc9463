import type { Clock } from "../../clock";
import { hasCode } from "../../core/errors/errors";
import { tellFailure, tellMoment } from "../events/format";

/** What went wrong, by its name and in a sentence, and when. */
export interface Failure {
    readonly code: string;
    readonly message: string;
    readonly at: string;
}

export interface FailuresOptions {
    readonly clock: Pick<Clock, "now" | "random">;
    /** How long Okta's window keeps the agent from asking, in milliseconds. */
    readonly windowMs: () => number;
    /** Hears what keeps the zones from being as they should be, once for each reason, and that nothing does any more. */
    readonly onTrouble: (trouble: Failure | undefined) => void;
}

/** What went wrong last, and how long to wait before the next try. */
export interface Failures {
    /** A round failed. */
    met(error: unknown): void;
    /** A round ended well. */
    over(): void;
    /** Undefined once it is mended. */
    last(): Failure | undefined;
    /** Until when Okta is left alone because of it, in milliseconds; -Infinity where it is not. */
    pausesUntilMs(): number;
    /** Ends the pause. */
    endPause(): void;
}

/** The shortest and the longest wait after a round that failed. */
const [FIRST_PAUSE_MS, LAST_PAUSE_MS] = [1000, 60_000];

export function openFailures({ clock, windowMs, onTrouble }: FailuresOptions): Failures {
    let last: Failure | undefined;
    let failures = 0;
    let pausesUntilMs = -Infinity;

    function pauseMs(error: unknown): number {
        const ms = Math.min(LAST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(failures++, 10));
        return hasCode(error, "okta-throttled") ? Math.max(ms, windowMs()) : ms;
    }

    return {
        met(error) {
            const { code, why: message } = tellFailure(error);
            const isNews = message !== last?.message;
            last = { code, message, at: tellMoment(clock.now()) };
            pausesUntilMs = clock.now() + pauseMs(error) * (1 + clock.random() / 4);
            if (isNews) onTrouble(last);
        },
        over() {
            if (last !== undefined) onTrouble(undefined);
            [last, failures] = [undefined, 0];
        },
        last: () => last,
        pausesUntilMs: () => pausesUntilMs,
        endPause() {
            pausesUntilMs = -Infinity;
        },
    };
}
