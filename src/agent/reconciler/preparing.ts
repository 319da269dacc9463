import type { Reading } from "../../core/grants/grantsDocument";
import { NO_MEMORY } from "../../core/membership/memory";
import { type Prepared, prepareReading } from "../../core/membership/preparedReading";
import { openQueue } from "../../queue";
import { inSlices } from "../../sources/slices";
import type { ReconcilerSettings, ReconcilerState } from "./state";

/** With fewer grants than this, a decision takes a few milliseconds without any preparation. */
export const FEW_GRANTS = 2000;

/** One at a time: memberships with the same source find made what an earlier one has made, and their slices do not add up. */
const inOrder = openQueue();

export interface PreparingFor {
    readonly settings: Pick<ReconcilerSettings, "rules">;
    readonly state: Pick<ReconcilerState, "source" | "memory">;
    /** By the clock of grants, in milliseconds since 1970. */
    readonly nowMs: number;
}

/**
 * Prepares the decision about a reading with many grants, between turns of the event loop; see `prepareReading`.
 *
 * @param known Is asked when it begins, and may change meanwhile: the reading is judged by what is known when it arrives.
 * @returns undefined for one with few grants, which arrives at once
 * @throws the signal's reason
 */
export function prepare(
    { grants: next }: Reading,
    known: () => PreparingFor,
    signal: AbortSignal,
): Promise<Prepared> | undefined {
    const { state } = known();
    const [before, remembered] = [state.source.reading?.grants, state.memory?.grants];
    if (next === before || Math.max(next.length, remembered?.length ?? 0) < FEW_GRANTS) return undefined;
    return inOrder(async () => {
        // What came before it in the queue has used up its slice.
        await new Promise((resolve) => setImmediate(resolve));
        signal.throwIfAborted();
        const { settings, state, nowMs } = known();
        const prepared = await inSlices(
            prepareReading({
                before: state.source.reading?.grants,
                remembered: (state.memory ?? NO_MEMORY).grants,
                next,
                selector: settings.rules.selector,
                nowMs,
            }),
            signal,
        );
        signal.throwIfAborted();
        return prepared;
    });
}
