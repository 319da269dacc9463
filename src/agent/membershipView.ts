import type { Clock } from "../clock";
import type { MembershipSettings } from "../core/settings/agentSettings";
import type { RateLimit } from "../okta/exchange/rateLimit";
import type { SourceHealth } from "./grants/overheard";
import type { LockState } from "./leadership/leadership";
import type { Known } from "./reconciler/grantsNow";
import { healthOf } from "./reconciler/source";
import type { Budget } from "./requestBudget";
import type { PendingClearing } from "./sessions/clearingState";
import { viewOf } from "./status/buildView";
import type { AgentView } from "./status/view";
import type { TimeCheck } from "./timeCheck";

/** What the view of a membership shows besides the state of its reconciler. */
export interface ViewSources {
    readonly settings: Pick<MembershipSettings, "zones">;
    /** The type of the source in the status: `file`, `postgres` and so on. */
    readonly sourceType: string;
    readonly rateLimit: () => RateLimit | undefined;
    readonly budget: Budget;
    /** The users whose sessions are still to be ended. @default none */
    readonly clearings?: () => readonly PendingClearing[];
    /** What is known of the lock while this agent does not lead. @default nothing */
    readonly lockState?: () => LockState | undefined;
    readonly clock: Clock;
    /** Checks `clock` before each decision. @default the clock is not checked */
    readonly time?: TimeCheck;
}

/** @param standby The health by the reads of the standby reader. */
export function viewNow(
    options: ViewSources,
    known: Known,
    standby: Partial<SourceHealth>,
    unkept: string | undefined,
): AgentView {
    const { sourceType, rateLimit, clearings, lockState, clock, time } = options;
    return viewOf({
        sourceType,
        known,
        health: healthNow(known, standby),
        unkept,
        rateLimit: rateLimit(),
        clearings: clearings?.() ?? [],
        lockState: lockState?.(),
        freshMs: freshMs(options),
        nowMs: clock.now(),
        time: time?.reading(),
    });
}

/** The longest interval between two reads of the zones, which depends on the request budget. */
function freshMs({ settings, budget }: ViewSources): number {
    return 60_000 + Math.max(3 * 30_000, (settings.zones.length * 360_000) / budget.perMinute());
}

/** The health by this agent's own reads while it leads, otherwise by those of the standby reader. */
function healthNow({ state }: Known, standby: Partial<SourceHealth>): SourceHealth {
    const own = healthOf(state);
    if (state.isLeading) return own;
    const { lastReadAtMs = own.lastReadAtMs, ...now } = standby;
    return { ...own, ...now, lastReadAtMs };
}
