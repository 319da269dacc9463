import type { Clock } from "../../clock";
import { isCoded } from "../../core/errors/errors";
import type { Sessions } from "../../okta/sessions";
import type { AgentEvent } from "../events/events";
import { createWakeup, type Wakeup } from "../wakeup";
import {
    afterCleared,
    afterFailed,
    atTime,
    type ClearingState,
    expecting,
    isCut,
    isLeftAlone,
    knownUser,
    nextStep,
    openClearing,
    type PendingClearing,
    pendingOf,
    settledWith,
    withNext,
} from "./clearingState";
import { type Due, nextDue } from "./queue";
import type { QueueFile } from "./queueFile";

export interface SessionClearingOptions {
    readonly sessions: Sessions;
    readonly file: QueueFile;
    readonly clock: Clock;
    /** Takes down a receipt for each clearing, and each first and last failure. */
    readonly record: (event: AgentEvent) => Promise<void>;
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

/** No sleep is longer, so that a clock that was set back is noticed. */
const LONGEST_SLEEP_MS = 15_000;
/** How many are cleared before the queue is written again, when many are due: after a crash they are cleared again. */
const BETWEEN_WRITES = 50;

/** Why a clearing was cut off, for the ledger. */
const CUT_OFF = "cut off, as the user is let in again; the sessions may have ended";

/** What runs: the state, and what carries it out. */
interface Running extends SessionClearingOptions {
    state: ClearingState;
    isSaved: boolean;
    /** The write of the queue that was begun last. */
    saved: Promise<void>;
    sinceWrite: number;
    readonly wakeup: Wakeup;
    /** Cuts off the clearing under way. */
    cut: AbortController | undefined;
}

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
export function openSessionClearing(options: SessionClearingOptions): SessionClearing {
    const running: Running = {
        ...options,
        state: openClearing(options.file.read(), options.clock.now()),
        isSaved: true,
        saved: Promise.resolve(),
        sinceWrite: 0,
        wakeup: createWakeup(options.clock),
        cut: undefined,
    };
    return {
        expect: (active) => take(running, (state) => expecting(state, active)),
        settle: (active, acceptedAtMs) => take(running, (state) => settledWith(state, active, acceptedAtMs)),
        run: (signal) => run(running, signal),
        pending: () => pendingOf(running.state),
        close: () => running.saved.catch(() => {}),
    };
}

/** Takes what is said of users inside. Resolves once it would survive a crash; so would what could not be saved before. */
async function take(running: Running, change: (state: ClearingState) => ClearingState): Promise<void> {
    const before = atTime(running.state, running.clock.now());
    running.state = change(before);
    const isNews = JSON.stringify(running.state.queue) !== JSON.stringify(before.queue);
    if (isCut(running.state)) running.cut?.abort();
    running.wakeup.ring();
    if (isNews || !running.isSaved) await save(running);
}

function save(running: Running): Promise<void> {
    running.sinceWrite = 0;
    running.isSaved = false;
    running.saved = running.saved
        .catch(() => {})
        .then(async () => {
            const { queue } = running.state;
            await running.file.write(queue);
            running.isSaved = queue === running.state.queue;
        });
    return running.saved;
}

async function run(running: Running, signal: AbortSignal): Promise<void> {
    const { clock } = running;
    while (!signal.aborted) {
        running.state = atTime(running.state, clock.now());
        const step = nextStep(running.state, clock.now());
        if ("waitMs" in step) {
            await running.wakeup.sleep(Math.min(step.waitMs, LONGEST_SLEEP_MS), signal).catch(() => {});
            continue;
        }
        await clear(running, step, signal);
        running.sinceWrite += 1;
        const isLast = (nextDue(running.state.queue)?.atMs ?? Number.POSITIVE_INFINITY) > clock.now();
        if (isLast || running.sinceWrite >= BETWEEN_WRITES) await save(running).catch(() => {});
    }
}

/** Ends the sessions of one user, who may be let in again meanwhile: then the rest of it is cut off. */
async function clear(running: Running, due: Due, signal: AbortSignal): Promise<void> {
    const cut = new AbortController();
    const end = () => cut.abort();
    signal.addEventListener("abort", end, { once: true });
    running.cut = cut;
    running.state = { ...running.state, underWay: due };
    let isSent = false;
    try {
        const found = knownUser(due) ?? (await running.sessions.findUser(due.user, cut.signal));
        if (isLeftAlone(running.state, found)) {
            running.state = withNext(running.state, undefined);
            return;
        }
        isSent = true;
        const { status, requestId } = await running.sessions.clear(found.id, cut.signal);
        const receipt = { userId: found.id, status, ...(requestId && { requestId }) };
        await running.record({ type: "sessions.cleared", user: due.user, ...receipt });
        running.state = afterCleared(running.state, found);
    } catch (error) {
        if (signal.aborted) return;
        if (cut.signal.aborted) {
            if (isSent) await tellFailure(running, { ...due, attempts: due.attempts + 1 }, CUT_OFF);
            return;
        }
        if (!isCoded(error)) throw error;
        await fell(running, error);
    } finally {
        running.cut = undefined;
        running.state = { ...running.state, underWay: undefined };
        signal.removeEventListener("abort", end);
    }
}

async function fell(running: Running, error: Error): Promise<void> {
    const { clock } = running;
    const { state, told } = afterFailed(running.state, error, clock.now(), clock.random);
    running.state = state;
    if (told !== undefined) await tellFailure(running, told, error.message);
}

/** Where the ledger cannot be written the attempt stands all the same, and is shown as pending. */
async function tellFailure({ record }: Running, { user, attempts }: Due, why: string): Promise<void> {
    await record({ type: "sessions.failed", user, why, attempts }).catch(() => {});
}
