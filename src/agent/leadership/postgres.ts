import type { Client } from "pg";

import type { Clock } from "../../clock";
import { rest } from "./alarm";
import type { Leadership, Term } from "./leadership";
import { openSession, type Session } from "./postgresSession";
import { startTerm } from "./term";

export interface PostgresLeadershipOptions {
    /** Holds a password, and is never shown. */
    readonly url: string;
    /** Agents with the same key, in the same database, take turns. @default 2064384911 */
    readonly key?: number;
    readonly clock: Clock;
    /** Tells one try to lead from all others. */
    readonly nonce: () => string;
    /** How often who leads proves the lock, and who waits tries it. @default 1000 */
    readonly everyMs?: number;
    /** For how long a proof is good. @default 3000 */
    readonly proofMs?: number;
    /** How long whoever gets the lock waits where it is not known that the leader before has ended. @default 4000 */
    readonly graceMs?: number;
    /** After what time without a word the server ends a session and frees its lock. @default 6000 */
    readonly idleMs?: number;
    /** Hears why the lock cannot be tried for now. @default silent */
    readonly onTrouble?: (problem: string) => void;
    /** Makes a connection; for tests. @default pg's own */
    readonly connect?: (url: string) => Client;
}

/** Any number would do that nobody else uses. */
const USUAL_KEY = 2_064_384_911;

/**
 * Leadership by an advisory lock that belongs to a session of PostgreSQL's.
 *
 * **The one before has stopped.** The server frees the lock whenever it likes: the
 * session's connection broke, somebody ended it, the server itself restarted.
 * Nothing on the server can make sure that the agent behind it heard of that first.
 * So both sides keep to spans of time, measured by timers:
 *
 *   who leads    has asked its session whether it holds the lock, and got a yes, and stops
 *                `proofMs` (3 s) after it asked, unless it got another yes for a later question
 *   who is next  waits `graceMs` (4 s) after it got the lock, before it leads
 *
 * If the lock was freed at r, no question asked after r gets a yes, so the leader has
 * stopped at r + 3 s. The next one got the lock at r or later and leads at r + 4 s at
 * the earliest. The second between is for timers that come late. What no lock can
 * cover is a process that is stopped for longer (a suspended machine) in the middle of a request.
 *
 * **At once, where the one before says so.** A leader that ends says `ended` on a
 * channel, and then unlocks; one that gets the lock says `taken`. All of it is said
 * with the lock in hand, so the channel has it in the order of the terms. Who gets the
 * lock says `taken` itself and waits to hear it: by then it has heard all that was said
 * before, and if the last of that is `ended`, there is nothing to wait for.
 *
 * **In seconds, where it does not.** A process that dies closes its connection: 1 s
 * for the next try, 4 s of grace. A host that is cut off is silent: after 6 s
 * (`idle_session_timeout`, PostgreSQL 14) the server ends the session; 11 s in all.
 *
 * The connection has to be a session of its own: a pooler that shares sessions
 * between transactions is found out by the proof, and nobody ever leads.
 */
export function postgresLeadership(options: PostgresLeadershipOptions): Leadership {
    const { clock, key = USUAL_KEY, everyMs = 1000, proofMs = 3000, graceMs = 4000, idleMs = 6000 } = options;
    const closed = new AbortController();
    let term: Term | undefined;

    async function turn(session: Session, signal: AbortSignal): Promise<Term | undefined> {
        while (!(await session.tryLock())) {
            await Promise.race([rest(clock, everyMs, signal), session.freed()]);
        }
        const started = startTerm({
            clock,
            everyMs,
            proofMs,
            prove: () => session.prove(),
            release: () => session.release(),
            drop: () => session.close(),
            broken: session.closed,
        });
        await started.proved;
        const isClean = await session.take(options.nonce());
        if (!isClean) await rest(clock, graceMs, AbortSignal.any([signal, started.lost]));
        return started.isOver ? undefined : started;
    }

    async function tryOnce(signal: AbortSignal): Promise<Term | undefined> {
        const opened = await openSession({
            url: options.url,
            key,
            idleMs,
            timeoutMs: proofMs,
            connect: options.connect,
        });
        if ("problem" in opened) {
            options.onTrouble?.(opened.problem);
            return undefined;
        }
        try {
            return await turn(opened, signal);
        } catch (error) {
            // Without a word of having ended: it never led, and the one before may not have heard yet.
            const wasOpen = !opened.closed.aborted;
            opened.close();
            if (wasOpen || signal.aborted) throw error;
            return undefined;
        }
    }

    return {
        name: `PostgreSQL lock ${key} of ${placeOf(options.url)}`,
        async lead(given) {
            const signal = AbortSignal.any([given, closed.signal]);
            for (;;) {
                signal.throwIfAborted();
                const found = await tryOnce(signal);
                if (found !== undefined) {
                    term = found;
                    return found;
                }
                await rest(clock, everyMs, signal);
            }
        },
        async close() {
            closed.abort();
            await term?.end();
        },
    };
}

/** Host and database, without who and with what. */
function placeOf(url: string): string {
    if (!URL.canParse(url)) return "the given database";
    const { host, pathname } = new URL(url);
    return `${host}${pathname}`;
}
