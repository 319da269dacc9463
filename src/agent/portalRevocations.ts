import type { Clock } from "../clock";
import { hasCode, isCoded } from "../core/errors/errors";
import type { EndedSessions } from "../core/portal/agentReport";
import type { SessionRevocation } from "../core/portal/types";
import type { Sessions } from "../okta/sessions";
import type { RecordEvent } from "./events/events";
import { GIVE_UP_MS, SECOND_MS, waitMs } from "./sessions/queue";

export interface RevocationsOptions {
    readonly clock: Clock;
    readonly record: RecordEvent;
    /** Hears that an order was carried out, or cannot be. */
    readonly onDone: () => void;
}

/** Carries out what admins ordered at a portal: to end the sessions of a person at Okta. */
export interface Revocations {
    /**
     * Takes orders in; those that are known change nothing.
     *
     * @param done What was reported of them before, by an earlier run or by another agent.
     */
    take(orders: ReadonlyMap<string, SessionRevocation>, done: Readonly<EndedSessions>, sessions: Sessions): void;
    /** Whether there is an order that was never taken in. */
    isNews(orders: ReadonlyMap<string, SessionRevocation>): boolean;
    /** What became of the orders, by their ids. */
    ended(): EndedSessions;
    close(): Promise<void>;
}

/**
 * Sessions are ended at once, and again 75 s later: until Okta has spread the zone somebody who was revoked can sign in again. What
 * fails is tried again with growing pauses, for as long as the clearing of other sessions is.
 */
export function openRevocations({ clock, record, onDone }: RevocationsOptions): Revocations {
    const over = new AbortController();
    const jobs = new Map<string, Promise<void>>();
    const ended: Record<string, EndedSessions[string]> = {};

    async function clear({ user, requestId: request }: SessionRevocation, sessions: Sessions): Promise<void> {
        const found = await sessions.findUser(user, over.signal);
        const { status, requestId } = await sessions.clear(found.id, over.signal);
        const receipt = { userId: found.id, status, ...(requestId !== undefined && { requestId }) };
        // A line that cannot be written now is written later; the sessions have ended all the same.
        await record({ type: "sessions.cleared", user, ...receipt, request }).catch(() => {});
    }

    async function carryOut(id: string, order: SessionRevocation, sessions: Sessions): Promise<void> {
        for (let attempts = 1; !over.signal.aborted; attempts++) {
            try {
                await clear(order, sessions);
                ended[id] = { atMs: clock.now() };
                onDone();
                await clock.sleep(SECOND_MS, over.signal);
                return await clear(order, sessions);
            } catch (error) {
                if (over.signal.aborted || !isCoded(error)) return;
                const isFinal = hasCode(error, "okta-refused", "bad-input") || clock.now() - order.atMs >= GIVE_UP_MS;
                const { user, requestId: request } = order;
                const failed = { user, why: error.message, attempts, request } as const;
                if (isFinal || attempts === 1) await record({ type: "sessions.failed", ...failed }).catch(() => {});
                if (isFinal) {
                    ended[id] ??= { atMs: clock.now(), why: error.message };
                    return onDone();
                }
                await clock.sleep(waitMs(attempts - 1, clock.random()), over.signal).catch(() => {});
            }
        }
    }

    return {
        take(orders, done, sessions) {
            for (const [id, order] of orders) {
                const before = done[id];
                if (before !== undefined) ended[id] ??= before;
                const isStale = clock.now() - order.atMs >= GIVE_UP_MS;
                if (isStale || jobs.has(id) || ended[id] !== undefined) continue;
                jobs.set(id, carryOut(id, order, sessions));
            }
            for (const id of Object.keys(ended)) if (!orders.has(id)) delete ended[id];
        },
        isNews: (orders) => [...orders.keys()].some((id) => !jobs.has(id) && ended[id] === undefined),
        ended: () => ({ ...ended }),
        async close() {
            over.abort();
            await Promise.allSettled(jobs.values());
        },
    };
}
