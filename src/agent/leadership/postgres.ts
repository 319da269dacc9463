import type { Client } from "pg";

import type { Clock } from "../../clock";
import { rest } from "./alarm";
import { ASKING, type Leadership, NOT_ASKING, type Term } from "./leadership";
import { type NoSession, SHARED } from "./ownSession";
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

/** How long a connection without a session of its own is left alone, in units of `everyMs`: only people can mend that. */
const SHARED_TURNS = 10;

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
 * **A session of one's own.** Behind a pooler that shares sessions between clients two agents would have the same
 * session, and with it the same lock. A mark in the session tells (lockSql.ts): nobody asks for the lock, and no proof
 * is good, in a session that has another mark than one's own.
 */
export function postgresLeadership(options: PostgresLeadershipOptions): Leadership {
    const { clock, key = USUAL_KEY, everyMs = 1000, proofMs = 3000, graceMs = 4000, idleMs = 6000 } = options;
    const { url, connect, nonce } = options;
    const closed = new AbortController();
    let term: Term | undefined;
    let known = ASKING;

    function complain({ problem }: NoSession): void {
        known = { kind: "unknown", why: problem };
        options.onTrouble?.(problem);
    }

    /** @param onShared Hears that the session turns out to be a shared one. */
    async function turn(
        session: Session,
        signal: AbortSignal,
        onShared: () => void,
    ): Promise<Term | NoSession | undefined> {
        for (let answer = await session.tryLock(); answer !== "got"; answer = await session.tryLock()) {
            if (answer === "shared") return SHARED;
            const by = await session.holder();
            known = { kind: "held", ...(by !== undefined && { by }) };
            await Promise.race([rest(clock, everyMs, signal), session.freed()]);
        }
        known = {
            kind: "unknown",
            why: `this agent has the lock, and leads once any other has stopped, in ${graceMs / 1000} s`,
        };
        const prove = async () => {
            const state = await session.prove();
            if (state === "shared") onShared();
            return state === "held" ? state : "lost";
        };
        const started = startTerm({
            clock,
            everyMs,
            proofMs,
            prove,
            release: () => session.release(),
            drop: () => session.close(),
            broken: session.closed,
        });
        await started.proved;
        const isClean = await session.take(nonce());
        if (!isClean) await rest(clock, graceMs, AbortSignal.any([signal, started.lost]));
        return started.isOver ? undefined : started;
    }

    async function tryOnce(signal: AbortSignal): Promise<Term | NoSession | undefined> {
        const opened = await openSession({ url, key, nonce: nonce(), idleMs, timeoutMs: proofMs, connect });
        if ("problem" in opened) return opened;
        let isShared = false;
        const onShared = () => {
            isShared = true;
            complain(SHARED);
        };
        try {
            const found = await turn(opened, signal, onShared);
            if (found !== undefined && "problem" in found) opened.close();
            return found;
        } catch (error) {
            // Without a word of having ended: it never led, and the one before may not have heard yet.
            const wasOpen = !opened.closed.aborted;
            opened.close();
            if (isShared) return SHARED;
            if (wasOpen || signal.aborted) throw error;
            known = { kind: "unknown", why: "the connection to the database of the lock is lost" };
            return undefined;
        }
    }

    return {
        name: `PostgreSQL lock ${key} of ${placeOf(url)}`,
        lockState: () => known,
        async lead(given) {
            const signal = AbortSignal.any([given, closed.signal]);
            known = ASKING;
            for (;;) {
                signal.throwIfAborted();
                const found = await tryOnce(signal);
                if (found !== undefined && "lost" in found) {
                    known = NOT_ASKING;
                    term = found;
                    return found;
                }
                if (found !== undefined) complain(found);
                await rest(clock, found?.kind === "shared" ? SHARED_TURNS * everyMs : everyMs, signal);
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
