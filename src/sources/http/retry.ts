import { fail } from "../../core/errors/errors";

/** How a source waits between two requests. */
export interface Waiting {
    /** Resolves after that time; rejects when the signal is aborted. */
    readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
    /** From 0 up to, but not including, 1. */
    readonly random: () => number;
}

/** The result of one request. */
export type Outcome<T> =
    | { readonly value: T; readonly problem?: never }
    | {
          readonly problem: string;
          /** Whether another request may succeed. @default false */
          readonly again?: boolean;
          /** The shortest pause that the server asks for, in milliseconds. @default 0 */
          readonly afterMs?: number;
      };

/** Before the second request and before the third, in milliseconds, less up to a half by chance. */
const PAUSES_MS = [500, 2000];

/** A server that asks for a longer pause is requested again in the next round. */
const LONGEST_PAUSE_MS = 4000;

/**
 * The value of the first request that has one, out of three at most.
 *
 * @throws `source-unreadable` with the problem of the last one
 */
export async function retried<T>(
    request: () => Promise<Outcome<T>>,
    { sleep, random }: Waiting,
    signal: AbortSignal,
): Promise<T> {
    for (let tries = 1; ; tries++) {
        const outcome = await request();
        if (outcome.problem === undefined) return outcome.value;
        const { problem, again = false, afterMs = 0 } = outcome;
        const pauseMs = PAUSES_MS[tries - 1];
        if (!again || pauseMs === undefined || afterMs > LONGEST_PAUSE_MS) {
            return fail("source-unreadable", tries === 1 ? problem : `${problem} (asked ${tries} times)`);
        }
        await sleep(Math.max(afterMs, pauseMs * (1 - random() / 2)), signal);
    }
}
