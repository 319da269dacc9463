import type { Clock } from "../../clock";
import type { GroupMemory } from "../../core/group/groupPlan";
import type { OktaUser } from "../../core/group/users";
import type { MaxRemovals } from "../../core/membership/limits";
import type { GroupStore } from "../../okta/groups";
import type { RecordEvent } from "../events/events";
import { tellFailure, tellMoment } from "../events/format";
import type { Failure } from "../reconciler/failures";
import type { Wakeup } from "../reconciler/wakeup";
import type { Budget } from "../requestBudget";
import type { GroupFile } from "./groupFile";
import type { Members } from "./members";
import type { MemberWriter } from "./memberWrites";
import type { UserLookup } from "./userLookup";
import type { Wanted } from "./wanted";

export interface GroupLaneOptions {
    readonly group: string;
    readonly store: Pick<GroupStore, "members" | "add" | "remove">;
    readonly users: Pick<UserLookup, "userOf" | "version" | "learn" | "forget">;
    readonly file: GroupFile;
    readonly budget: Pick<Budget, "mayAsk" | "waitMs">;
    readonly firstContact: "hold" | "apply";
    readonly maxRemovals: MaxRemovals;
    readonly drift: "heal" | "report";
    readonly clock: Clock;
    readonly record: RecordEvent;
    /** Names a write, differently each time. */
    readonly newId: () => string;
}

/** What keeping a group is made of, and what it knows. */
export interface Lane extends GroupLaneOptions {
    readonly bell: Wakeup;
    readonly members: Members;
    readonly writer: MemberWriter;
    readonly wanted: Wanted;
    /** Changes under way, by the user's id. */
    readonly underWay: Map<string, Promise<void>>;
    /** Users whose change failed, and when it is tried again. */
    readonly retries: Map<string, { readonly failures: number; readonly atMs: number }>;
    memory: GroupMemory | undefined;
    held: readonly OktaUser[];
    lastError: Failure | undefined;
    dueSinceMs: number | undefined;
    /** The read under way. */
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

/** Work in the background, whose end is a reason to go on. */
export function begin(lane: Lane, work: Promise<void>): Promise<void> {
    return work
        .catch((error: unknown) => {
            lane.bug ??= error;
        })
        .finally(lane.bell.ring);
}

/** Before anything is written: a user who is put in is then known to be ours, whatever becomes of this process. */
export async function remember(lane: Lane, next: GroupMemory): Promise<void> {
    if (JSON.stringify(next) === JSON.stringify(lane.memory)) return;
    await lane.file.write(next);
    lane.memory = next;
}

export function failed(lane: Lane, error: Error): void {
    const { code, why: message } = tellFailure(error);
    lane.lastError = { code, message, at: tellMoment(lane.clock.now()) };
}
