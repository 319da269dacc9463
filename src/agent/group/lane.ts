import type { Clock } from "../../clock";
import type { GroupMemory } from "../../core/group/groupPlan";
import type { OktaUser } from "../../core/group/users";
import type { MaxRemovals } from "../../core/membership/limits";
import type { GroupStore } from "../../okta/groups";
import type { RecordEvent } from "../events/events";
import { tellFailure, tellMoment } from "../events/format";
import type { Failure } from "../reconciler/failures";
import type { Budget } from "../requestBudget";
import type { Wakeup } from "../wakeup";
import type { GroupFile } from "./groupFile";
import type { Members } from "./members";
import type { MemberWriter } from "./memberWrites";
import type { UserLookup } from "./userLookup";
import type { Wanted } from "./wanted";

export interface GroupLaneOptions {
    readonly group: string;
    readonly store: Pick<GroupStore, "members" | "add" | "remove">;
    readonly users: Pick<UserLookup, "userOf" | "version" | "learn" | "forget" | "know">;
    readonly file: GroupFile;
    readonly budget: Pick<Budget, "mayAsk" | "waitMs">;
    readonly firstContact: "hold" | "apply";
    readonly maxRemovals: MaxRemovals;
    readonly drift: "heal" | "report";
    readonly clock: Clock;
    readonly record: RecordEvent;
    /** Makes a unique id for a write. */
    readonly newId: () => string;
}

/** The state of a lane, and what it works with. */
export interface Lane extends GroupLaneOptions {
    readonly wakeup: Wakeup;
    readonly members: Members;
    readonly writer: MemberWriter;
    readonly wanted: Wanted;
    /** Writes in progress, by the user's id. */
    readonly underWay: Map<string, Promise<void>>;
    /** Users whose change failed, and when it is tried again. */
    readonly retries: Map<string, { readonly failures: number; readonly atMs: number }>;
    memory: GroupMemory | undefined;
    held: readonly OktaUser[];
    lastError: Failure | undefined;
    dueSinceMs: number | undefined;
    /** The read in progress. */
    reading: Promise<void> | undefined;
    nextReadMs: number;
    isReadNeeded: boolean;
    readFailures: number;
    /** An error without a code, which ends the lane. */
    bug: unknown;
}

export function nameOf({ id, login }: OktaUser): string {
    return login ?? id;
}

/** Starts work in the background; its end wakes the lane. */
export function begin(lane: Lane, work: Promise<void>): Promise<void> {
    return work
        .catch((error: unknown) => {
            lane.bug ??= error;
        })
        .finally(lane.wakeup.ring);
}

/**
 * Saves the memory. It is saved before a user is added, so that after a crash the user is known to be added by the
 * agent.
 */
export async function remember(lane: Lane, next: GroupMemory): Promise<void> {
    if (JSON.stringify(next) === JSON.stringify(lane.memory)) return;
    await lane.file.write(next);
    lane.memory = next;
    lane.users.know(next.names);
}

export function failed(lane: Lane, error: Error): void {
    const { code, why: message } = tellFailure(error);
    lane.lastError = { code, message, at: tellMoment(lane.clock.now()) };
}
