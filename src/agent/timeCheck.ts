import type { CheckedClock } from "../checkedClock";
import { DEPARTS_MS, type Departure, type TimeReading } from "../core/time/checkedTime";
import type { RecordEvent } from "./events/events";
import type { Budget } from "./requestBudget";

export interface TimeCheckOptions {
    readonly time: Pick<CheckedClock, "reading" | "settle" | "sleep">;
    /** Makes a request to Okta, whose answer has the time, see CheckedClock. */
    readonly ask: (signal: AbortSignal) => Promise<unknown>;
    /** The budget for `ask`. If it is used up, nothing can be written either, and the check waits. */
    readonly budget: Pick<Budget, "waitMs">;
    /** Records a change of the clock's state, see openTimeRecord. */
    readonly tell: () => Promise<void>;
}

/** Checks the clock by which grants start and end. */
export interface TimeCheck {
    reading(): TimeReading;
    /**
     * Determines the time, as CheckedClock does, and records when the wall clock becomes wrong and when it is right again.
     *
     * @throws what CheckedClock.settle throws; `ledger-unwritable`
     */
    settle(signal: AbortSignal): Promise<void>;
}

/**
 * Records when the wall clock becomes wrong and when it is right again: once for all memberships.
 *
 * @throws `ledger-unwritable`
 */
export function openTimeRecord(time: Pick<CheckedClock, "reading">, record: RecordEvent): () => Promise<void> {
    let told: Departure | undefined;
    return async () => {
        const { departure } = time.reading();
        if (isSame(departure, told)) return;
        told = departure;
        if (departure === undefined) return record({ type: "clock.agrees" });
        const aheadSeconds = Math.round(departure.byMs / 1000);
        return record({ type: "clock.departed", aheadSeconds, from: departure.from });
    };
}

export function openTimeCheck({ time, ask, budget, tell }: TimeCheckOptions): TimeCheck {
    async function askInBudget(signal: AbortSignal): Promise<void> {
        // In small steps: another membership may learn the time, or free requests for this one.
        for (let waitMs = budget.waitMs("remove"); waitMs > 0; waitMs = budget.waitMs("remove")) {
            await time.sleep(Math.min(waitMs, STEP_MS), signal);
            if (time.reading().isSettled) return;
        }
        await ask(signal);
    }

    return {
        reading: time.reading,
        async settle(signal) {
            try {
                await time.settle(askInBudget, signal);
            } finally {
                // Also if Okta cannot be reached: then elapsed time is used until it can.
                if (!signal.aborted) await tell();
            }
        },
    };
}

/** The longest sleep before checking again whether the wait for the budget is still needed. */
const STEP_MS = 1000;

/** Whether two states need only one line: a clock that is set again is recorded, its drift is not. */
function isSame(these: Departure | undefined, those: Departure | undefined): boolean {
    if (these === undefined || those === undefined) return these === those;
    return these.from === those.from && Math.abs(these.byMs - those.byMs) <= DEPARTS_MS;
}
