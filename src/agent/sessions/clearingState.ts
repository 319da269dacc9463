import { hasCode } from "../../core/errors/errors";
import type { FoundUser } from "../../okta/sessions";
import {
    afterFailure,
    afterSetBack,
    afterSuccess,
    afterWrite,
    beforeWrite,
    type Due,
    GIVE_UP_MS,
    isInside,
    nextDue,
    type Queue,
    restored,
    waitMs,
    withDue,
} from "./queue";

/** A user whose sessions are to be ended, for people. */
export interface PendingClearing {
    readonly user: string;
    /**
     *   due       it is tried as soon as those before are done, or once more after Okta has spread the zone
     *   retrying  it failed, and is tried again
     *   failed    it is not tried again
     */
    readonly state: "due" | "retrying" | "failed";
    /** When it is tried next, or was last. RFC 3339 in UTC. */
    readonly at: string;
    readonly attempts: number;
    readonly why?: string;
}

/** All that the clearing of sessions goes by. Plain data; times are milliseconds since 1970. */
export interface ClearingState {
    readonly queue: Queue;
    /** Whether it was said, since this run began, who may be inside: before that nobody is cleared. */
    readonly isSettled: boolean;
    /** The clearing under way. */
    readonly underWay: Due | undefined;
    /** What fails for one user mostly fails for all: nobody is tried before this moment. */
    readonly heldUntilMs: number;
    readonly failures: number;
    /** When time was looked at last, to notice a clock that was set back. */
    readonly lastMs: number;
    /** The latest who failed for good. */
    readonly failed: readonly PendingClearing[];
}

/** How many of those who failed for good are remembered. */
const MOST_FAILED = 100;

/** What an earlier run left to do. */
export function openClearing(queue: Queue, nowMs: number): ClearingState {
    return {
        queue: restored(queue, nowMs),
        isSettled: false,
        underWay: undefined,
        heldUntilMs: 0,
        failures: 0,
        lastMs: nowMs,
        failed: [],
    };
}

/** A clock that was set back must not make anybody wait until it has caught up. */
export function atTime(state: ClearingState, nowMs: number): ClearingState {
    const byMs = state.lastMs - nowMs;
    if (byMs <= 0) return { ...state, lastMs: nowMs };
    const index = state.underWay === undefined ? -1 : state.queue.due.indexOf(state.underWay);
    const queue = afterSetBack(state.queue, byMs);
    const underWay = queue.due[index] ?? state.underWay;
    return { ...state, queue, underWay, heldUntilMs: state.heldUntilMs - byMs, lastMs: nowMs };
}

/** These users may be inside after a write that follows. */
export function expecting(state: ClearingState, active: ReadonlySet<string>): ClearingState {
    return { ...state, queue: beforeWrite(state.queue, active) };
}

/** These users may be inside, and nobody else. */
export function settledWith(state: ClearingState, active: ReadonlySet<string>, acceptedAtMs: number): ClearingState {
    return { ...state, isSettled: true, queue: afterWrite(state.queue, active, acceptedAtMs) };
}

/** Whether the user of the clearing under way is not due any more: let in again meanwhile. */
export function isCut({ queue, underWay }: ClearingState): boolean {
    return underWay !== undefined && !queue.due.includes(underWay);
}

/**
 *   nobody is due, or it was not said yet who may be inside   wait until something is said
 *   the first who is due is due later, or all are held        wait for so long
 *   a user is due                                             begin with them
 */
export function nextStep(
    { isSettled, queue, heldUntilMs }: ClearingState,
    nowMs: number,
): Due | { readonly waitMs: number } {
    const due = isSettled ? nextDue(queue) : undefined;
    const restMs = due === undefined ? Number.POSITIVE_INFINITY : Math.max(due.atMs, heldUntilMs) - nowMs;
    return due === undefined || restMs > 0 ? { waitMs: restMs } : due;
}

/** What an earlier clearing found out about a user; undefined where that is not all that Okta would say. */
export function knownUser({ userId, login }: Due): FoundUser | undefined {
    return userId === undefined || login === undefined ? undefined : { id: userId, login };
}

/** Whether the user under way is to be left alone, now that Okta has said who it is: inside by another name, or not due. */
export function isLeftAlone(state: ClearingState, found: FoundUser): boolean {
    return isInside(state.queue, found) || isCut(state);
}

/** The clearing under way is done with, and this is due next for the user. One who was let in meanwhile is not due any more. */
export function withNext(state: ClearingState, next: Due | undefined): ClearingState {
    const { underWay, queue } = state;
    const isDue = underWay !== undefined && queue.due.includes(underWay);
    return isDue ? { ...state, queue: withDue(queue, underWay.user, next) } : state;
}

/** The sessions of the user under way were ended. */
export function afterCleared(state: ClearingState, found: FoundUser): ClearingState {
    const { underWay } = state;
    return underWay === undefined ? state : { ...withNext(state, afterSuccess(underWay, found)), failures: 0 };
}

/**
 * The clearing under way failed. A user that Okta does not know stays unknown; all else may mend: rights, limits, the
 * network, the disk.
 *
 * @returns with `told` where it is worth a line: the first and the last failure
 */
export function afterFailed(
    state: ClearingState,
    error: Error,
    nowMs: number,
    random: () => number,
): { readonly state: ClearingState; readonly told: Due | undefined } {
    const { underWay: due, failures, failed } = state;
    if (due === undefined) return { state, told: undefined };
    const next = afterFailure(due, error.message, nowMs, random());
    const isFinal = hasCode(error, "okta-refused", "bad-input") || nowMs - due.outAtMs >= GIVE_UP_MS;
    const told = isFinal || due.attempts === 0 ? next : undefined;
    if (!isFinal) {
        const heldUntilMs = nowMs + waitMs(failures, random());
        return { state: { ...withNext(state, next), heldUntilMs, failures: failures + 1 }, told };
    }
    const forGood = [...failed, shown({ ...next, atMs: nowMs }, "failed")].slice(-MOST_FAILED);
    return { state: { ...withNext(state, undefined), failed: forGood }, told };
}

/** Who is due, and the latest who failed for good. */
export function pendingOf({ queue, failed }: ClearingState): readonly PendingClearing[] {
    return [...queue.due.map((due) => shown(due, due.attempts === 0 ? "due" : "retrying")), ...failed];
}

function shown({ user, atMs, attempts, why }: Due, state: PendingClearing["state"]): PendingClearing {
    return { user, state, at: new Date(atMs).toISOString(), attempts, ...(why !== undefined && { why }) };
}
