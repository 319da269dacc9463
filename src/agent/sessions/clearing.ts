import type { Clock } from "../../clock";
import { hasCode, isCoded } from "../../core/errors/errors";
import type { FoundUser, Sessions } from "../../okta/sessions";
import type { AgentEvent } from "../events/events";
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
import type { QueueFile } from "./queueFile";

export interface SessionClearingOptions {
    readonly sessions: Sessions;
    readonly file: QueueFile;
    readonly clock: Clock;
    /** Takes down a receipt for each clearing, and each first and last failure. */
    readonly record: (event: AgentEvent) => Promise<void>;
}

/** Somebody whose sessions are to be ended, for people. */
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

/** Ends the Okta sessions of people whose last grant has ended. */
export interface SessionClearing {
    /**
     * Says which users may be inside after a write that follows. Resolves when that would survive a crash: a user who was let
     * in and lost the grant before `settle` is then due all the same. They are not due meanwhile, and a clearing of
     * theirs that is under way is cut off.
     */
    expect(active: ReadonlySet<string>): Promise<void>;
    /**
     * Says which users of grants may be inside, after each write that Okta accepted, and once after the start when
     * the zones are as they should be; grants without `user` count for nobody. Every other user who was inside is
     * due. Resolves when that would survive a crash; the clearing itself is for `run`.
     */
    settle(active: ReadonlySet<string>, acceptedAtMs: number): Promise<void>;
    /**
     * Clears the users who are due, one after the other, until the signal aborts; nobody before the first `settle`.
     * Never rejects for an answer of Okta's.
     */
    run(signal: AbortSignal): Promise<void>;
    /** Who is due, and the latest who failed for good. */
    pending(): readonly PendingClearing[];
    close(): Promise<void>;
}

/** How many of those who failed for good are remembered. */
const MOST_FAILED = 100;
/** No sleep is longer, so that a clock that was set back is noticed. */
const LONGEST_SLEEP_MS = 15_000;
/** How many are cleared before the queue is written again, when many are due: after a crash they are cleared again. */
const BETWEEN_WRITES = 50;

/** Why a clearing was cut off, for the ledger. */
const CUT_OFF = "cut off, as the user is let in again; the sessions may have ended";

/**
 * Opens the clearing of sessions with what an earlier run left to do.
 *
 * A user is cleared when the write is accepted that puts them out, and once more 75 s later: until Okta has
 * distributed the zone, a minute, they can sign in again. A user who gets a new grant in between is not cleared again.
 *
 * What an earlier run left was true when that run ended. Another agent may have led since and have let these users
 * in, so nobody is cleared before `settle` has said who is inside now.
 *
 * @throws `bad-input` where the file is not one of ours
 */
export function openSessionClearing({ sessions, file, clock, record }: SessionClearingOptions): SessionClearing {
    let queue: Queue = restored(file.read(), clock.now());
    let isSaved = true;
    let failed: readonly PendingClearing[] = [];
    let saved: Promise<void> = Promise.resolve();
    let wake = new AbortController();
    let sinceWrite = 0;
    /** What fails for one mostly fails for all: nobody is tried before this moment. */
    let heldUntilMs = 0;
    let failures = 0;
    let lastMs = clock.now();
    let isSettled = false;
    /** The clearing under way. */
    let current: { due: Due; readonly cut: AbortController } | undefined;

    function save(): Promise<void> {
        sinceWrite = 0;
        isSaved = false;
        saved = saved
            .catch(() => {})
            .then(async () => {
                const writing = queue;
                await file.write(writing);
                isSaved = writing === queue;
            });
        return saved;
    }

    /** Also what could not be saved before. */
    async function take(change: (queue: Queue) => Queue): Promise<void> {
        noticeTime();
        const next = change(queue);
        const isNews = JSON.stringify(next) !== JSON.stringify(queue);
        queue = next;
        if (current !== undefined && !queue.due.includes(current.due)) current.cut.abort();
        wake.abort();
        if (isNews || !isSaved) await save();
    }

    /** A clock that was set back must not make anybody wait until it has caught up. */
    function noticeTime(): void {
        const byMs = lastMs - clock.now();
        lastMs = clock.now();
        if (byMs <= 0) return;
        const index = current === undefined ? -1 : queue.due.indexOf(current.due);
        queue = afterSetBack(queue, byMs);
        heldUntilMs -= byMs;
        const moved = queue.due[index];
        if (current !== undefined && moved !== undefined) current.due = moved;
    }

    /** A user may have been let in while they were being cleared: then they are not due any more. */
    function put(due: Due, next: Due | undefined): void {
        if (queue.due.includes(due)) queue = withDue(queue, due.user, next);
    }

    async function clear(due: Due, signal: AbortSignal): Promise<void> {
        const job = { due, cut: new AbortController() };
        const end = () => job.cut.abort();
        signal.addEventListener("abort", end, { once: true });
        current = job;
        let isSent = false;
        try {
            const found = knownUser(due) ?? (await sessions.findUser(due.user, job.cut.signal));
            if (isInside(queue, found) || !queue.due.includes(job.due)) return put(job.due, undefined);
            isSent = true;
            const { status, requestId } = await sessions.clear(found.id, job.cut.signal);
            const receipt = { userId: found.id, status, ...(requestId && { requestId }) };
            await record({ type: "sessions.cleared", user: due.user, ...receipt });
            failures = 0;
            put(job.due, afterSuccess(job.due, found));
        } catch (error) {
            if (signal.aborted) return;
            if (job.cut.signal.aborted) return await tellCut(due, isSent);
            if (!isCoded(error)) throw error;
            await fell(job.due, error);
        } finally {
            current = undefined;
            signal.removeEventListener("abort", end);
        }
    }

    async function tellCut({ user, attempts }: Due, isSent: boolean): Promise<void> {
        if (isSent) await tellFailure({ user, attempts: attempts + 1 }, CUT_OFF);
    }

    /** Where the ledger cannot be written the attempt stands all the same, and is shown as pending. */
    async function tellFailure({ user, attempts }: Pick<Due, "user" | "attempts">, why: string): Promise<void> {
        await record({ type: "sessions.failed", user, why, attempts }).catch(() => {});
    }

    /** A user that Okta does not know stays unknown; all else may mend: rights, limits, the network, the disk. */
    async function fell(due: Due, error: Error): Promise<void> {
        const nowMs = clock.now();
        const next = afterFailure(due, error.message, nowMs, clock.random());
        const isFinal = hasCode(error, "okta-refused", "bad-input") || nowMs - due.outAtMs >= GIVE_UP_MS;
        if (isFinal || due.attempts === 0) await tellFailure(next, error.message);
        put(due, isFinal ? undefined : next);
        if (!isFinal) heldUntilMs = nowMs + waitMs(failures++, clock.random());
        if (isFinal) failed = [...failed, view({ ...next, atMs: nowMs }, "failed")].slice(-MOST_FAILED);
    }

    return {
        expect: (active) => take((now) => beforeWrite(now, active)),
        settle(active, acceptedAtMs) {
            isSettled = true;
            return take((now) => afterWrite(now, active, acceptedAtMs));
        },
        async run(signal) {
            while (!signal.aborted) {
                noticeTime();
                const due = isSettled ? nextDue(queue) : undefined;
                const restMs =
                    due === undefined ? Number.POSITIVE_INFINITY : Math.max(due.atMs, heldUntilMs) - clock.now();
                if (due !== undefined && restMs <= 0) {
                    await clear(due, signal);
                    sinceWrite += 1;
                    const isLast = (nextDue(queue)?.atMs ?? Number.POSITIVE_INFINITY) > clock.now();
                    if (isLast || sinceWrite >= BETWEEN_WRITES) await save().catch(() => {});
                    continue;
                }
                wake = new AbortController();
                const either = AbortSignal.any([signal, wake.signal]);
                await (restMs === Number.POSITIVE_INFINITY
                    ? aborted(either)
                    : clock.sleep(Math.min(restMs, LONGEST_SLEEP_MS), either).catch(() => {}));
            }
        },
        pending: () => [...queue.due.map((due) => view(due, due.attempts === 0 ? "due" : "retrying")), ...failed],
        close: () => saved.catch(() => {}),
    };
}

/** What an earlier clearing found out about a user; undefined where that is not all that Okta would say. */
function knownUser({ userId, login }: Due): FoundUser | undefined {
    return userId === undefined || login === undefined ? undefined : { id: userId, login };
}

function view({ user, atMs, attempts, why }: Due, state: PendingClearing["state"]): PendingClearing {
    return { user, state, at: new Date(atMs).toISOString(), attempts, ...(why !== undefined && { why }) };
}

function aborted(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
        if (signal.aborted) resolve();
        signal.addEventListener("abort", () => resolve(), { once: true });
    });
}
