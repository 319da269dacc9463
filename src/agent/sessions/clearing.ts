import type { Clock } from "../../clock";
import { hasCode, isCoded } from "../../core/errors/errors";
import type { Sessions } from "../../okta/sessions";
import type { AgentEvent } from "../telling/events";
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
     * Tells which users may be inside after a write that follows. Resolves when that would survive a crash: whoever was let
     * in and lost the grant before `settle` knew of it is due then all the same. They are not due meanwhile.
     */
    expect(active: ReadonlySet<string>): Promise<void>;
    /**
     * Tells which users of grants are inside, after each write that Okta accepted and once after the start when
     * the zones are as they should be; grants without `user` count for nobody. Whoever is not among them any more is
     * due. Resolves when that would survive a crash; the clearing itself is for `run`.
     */
    settle(active: ReadonlySet<string>, acceptedAtMs: number): Promise<void>;
    /** Clears whoever is due, one after the other, until the signal aborts. Never rejects for an answer of Okta's. */
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

/**
 * Opens the clearing of sessions with what a run before left to do.
 *
 * Somebody is cleared when the write is accepted, and once more 75 s later: until Okta has spread the zone, a minute, they
 * can sign in again. Who gets a new grant in between is not cleared again.
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
        wake.abort();
        if (isNews || !isSaved) await save();
    }

    /** A clock that was set back must not make anybody wait until it has caught up. */
    function noticeTime(): void {
        const byMs = lastMs - clock.now();
        lastMs = clock.now();
        if (byMs <= 0) return;
        queue = afterSetBack(queue, byMs);
        heldUntilMs -= byMs;
    }

    /** Somebody may have been let in while they were being cleared: then they are not due any more. */
    function put(due: Due, next: Due | undefined): void {
        if (queue.due.includes(due)) queue = withDue(queue, due.user, next);
    }

    async function clear(due: Due, signal: AbortSignal): Promise<void> {
        try {
            const userId = due.userId ?? (await sessions.findUser(due.user, signal));
            if (isInside(queue, userId) || !queue.due.includes(due)) return put(due, undefined);
            const { status, requestId } = await sessions.clear(userId, signal);
            await record({ type: "sessions.cleared", user: due.user, userId, status, ...(requestId && { requestId }) });
            failures = 0;
            put(due, afterSuccess(due, userId));
        } catch (error) {
            if (signal.aborted) return;
            if (!isCoded(error)) throw error;
            await fell(due, error);
        }
    }

    /** A user that Okta does not know stays unknown; all else may mend: rights, limits, the network, the disk. */
    async function fell(due: Due, error: Error): Promise<void> {
        const nowMs = clock.now();
        const next = afterFailure(due, error.message, nowMs, clock.random());
        const isFinal = hasCode(error, "okta-refused", "bad-input") || nowMs - due.outAtMs >= GIVE_UP_MS;
        if (isFinal || due.attempts === 0) {
            const { user, attempts } = next;
            // Where the ledger cannot be written the attempt stands all the same, and is shown as pending.
            await record({ type: "sessions.failed", user, why: error.message, attempts }).catch(() => {});
        }
        put(due, isFinal ? undefined : next);
        if (!isFinal) heldUntilMs = nowMs + waitMs(failures++, clock.random());
        if (isFinal) failed = [...failed, view({ ...next, atMs: nowMs }, "failed")].slice(-MOST_FAILED);
    }

    return {
        expect: (active) => take((now) => beforeWrite(now, active)),
        settle: (active, acceptedAtMs) => take((now) => afterWrite(now, active, acceptedAtMs)),
        async run(signal) {
            while (!signal.aborted) {
                noticeTime();
                const due = nextDue(queue);
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

function view({ user, atMs, attempts, why }: Due, state: PendingClearing["state"]): PendingClearing {
    return { user, state, at: new Date(atMs).toISOString(), attempts, ...(why !== undefined && { why }) };
}

function aborted(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
        if (signal.aborted) resolve();
        signal.addEventListener("abort", () => resolve(), { once: true });
    });
}
