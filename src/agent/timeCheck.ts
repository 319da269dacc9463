import type { CheckedClock } from "../checkedClock";
import { DEPARTS_MS, type Departure, type TimeReading } from "../core/time/checkedTime";
import type { RecordEvent } from "./events/events";
import type { Budget } from "./requestBudget";

export interface TimeCheckOptions {
    readonly time: Pick<CheckedClock, "reading" | "settle" | "sleep">;
    /** Makes a request to Okta whose answer tells the time, see CheckedClock. */
    readonly ask: (signal: AbortSignal) => Promise<unknown>;
    /** Requests of `ask` count. Where none is left, nothing could be written either, and the check waits. */
    readonly budget: Pick<Budget, "waitMs">;
    /** Records what is new about the time, see openTimeRecord. */
    readonly tell: () => Promise<void>;
}

/** The check of the time by which grants start and end. */
export interface TimeCheck {
    reading(): TimeReading;
    /**
     * Settles the time, as CheckedClock does, and records when the wall clock departs and when it agrees again.
     *
     * @throws what CheckedClock.settle throws; `ledger-unwritable`
     */
    settle(signal: AbortSignal): Promise<void>;
}

/**
 * Records when the wall clock departs and when it agrees again: once, however many memberships ask.
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
        // In small steps: another membership may hear the time, or leave requests for this one.
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
                // Also where Okta cannot be reached: then elapsed time is followed until it can be.
                if (!signal.aborted) await tell();
            }
        },
    };
}

/** The longest that a wait for the budget goes on without looking whether it is needed still. */
const STEP_MS = 1000;

/** A clock that is set again is worth another line; the drift of one that is wrong is not. */
function isSame(these: Departure | undefined, those: Departure | undefined): boolean {
    if (these === undefined || those === undefined) return these === those;
    return these.from === those.from && Math.abs(these.byMs - those.byMs) <= DEPARTS_MS;
}
