import type { Clock } from "../../clock";
import { type CodedError, hasCode } from "../../core/errors/errors";
import { backoffMs } from "../../core/time/backoff";
import { concurrently } from "../concurrently";
import type { RecordEvent } from "../events/events";
import type { Leadership, Term } from "./leadership";

export interface LeadingOptions {
    readonly leadership: Leadership;
    readonly record: RecordEvent;
    /** The work of a standby, until the signal aborts. */
    readonly standBy: (signal: AbortSignal) => Promise<void>;
    readonly clock: Pick<Clock, "sleep" | "random">;
    /** Receives the reason why this agent gave up the leadership; it tries again later. @default ignored */
    readonly onGivenBack?: (error: CodedError) => void;
}

/** The shortest and the longest pause after a term in which the ledger could not be written. */
const PAUSES = { firstMs: 1000, longestMs: 60_000 };

/**
 * Runs the work whenever this agent leads, until `stop` aborts or the work fails. If the ledger cannot be written, it gives
 * up the leadership, so that an agent with a working disk can lead, and tries again.
 *
 * @param work Ends when `lost` aborts: nothing may be written from then on.
 */
export async function whileLeading(
    options: LeadingOptions,
    stop: AbortSignal,
    work: (lost: AbortSignal) => Promise<void>,
): Promise<void> {
    const { standBy, clock, onGivenBack = () => {} } = options;
    for (let failures = 0; !stop.aborted; ) {
        try {
            await leadOnce(options, stop, work);
            failures = 0;
        } catch (error) {
            if (!hasCode(error, "ledger-unwritable")) throw error;
            onGivenBack(error);
            // An agent that is asked to end, and whose disk is full, ends as it was asked to.
            if (stop.aborted) return;
            failures += 1;
            const pauseMs = backoffMs(failures, PAUSES, clock.random());
            const pause = () => clock.sleep(pauseMs, stop).catch(() => {});
            await concurrently([standBy], pause);
        }
    }
}

async function leadOnce(
    { leadership, record, standBy }: LeadingOptions,
    stop: AbortSignal,
    work: (lost: AbortSignal) => Promise<void>,
): Promise<void> {
    const lead = () =>
        leadership.lead(stop).catch((error: unknown) => {
            if (stop.aborted) return undefined;
            throw error;
        });
    const term = await concurrently([standBy], lead);
    if (term === undefined) return;
    try {
        await record({ type: "leader.gained", lock: leadership.name });
        await work(term.lost);
    } finally {
        await conclude(term, leadership, record);
    }
}

async function conclude(term: Term, leadership: Leadership, record: RecordEvent): Promise<void> {
    // A ledger that cannot be written must not delay the release of the lock.
    if (term.lost.aborted) await record({ type: "leader.lost", lock: leadership.name }).catch(() => {});
    await term.end();
}
