import { beside } from "./beside";
import type { Record } from "./events";
import type { Leadership, Term } from "./leadership";

export interface LeadingOptions {
    readonly leadership: Leadership;
    readonly record: Record;
    /** What is done while another agent leads, until the signal aborts. */
    readonly standBy: (signal: AbortSignal) => Promise<void>;
}

/**
 * Works whenever this agent leads, until `stop` aborts or the work fails.
 *
 * @param work Ends when `lost` aborts: nothing may be written from then on.
 */
export async function whileLeading(
    { leadership, record, standBy }: LeadingOptions,
    stop: AbortSignal,
    work: (lost: AbortSignal) => Promise<void>,
): Promise<void> {
    const lead = () =>
        leadership.lead(stop).catch((error: unknown) => {
            if (stop.aborted) return undefined;
            throw error;
        });
    while (!stop.aborted) {
        const term = await beside([standBy], lead);
        if (term === undefined) return;
        try {
            await record({ type: "leader.gained", lock: leadership.name });
            await work(term.lost);
        } finally {
            await conclude(term, leadership, record);
        }
    }
}

async function conclude(term: Term, leadership: Leadership, record: Record): Promise<void> {
    // What cannot be written down must not keep the lock from whoever waits for it.
    if (term.lost.aborted) await record({ type: "leader.lost", lock: leadership.name }).catch(() => {});
    await term.end();
}
