import type { Client } from "pg";

import type { Clock } from "../../clock";
import { rest } from "./alarm";
import { leadByAttempts } from "./attempts";
import type { Leadership, LockState } from "./leadership";
import { type NoSession, SHARED } from "./ownSession";
import { openSession, type Session } from "./postgresSession";
import { type OwnTerm, startTerm } from "./term";

export interface PostgresLeadershipOptions {
    /** Holds a password, and is never shown. */
    readonly url: string;
    /** Agents with the same key, in the same database, compete for one lock. @default 2064384911 */
    readonly key?: number;
    readonly clock: Clock;
    /** A text that is different for each call; identifies one attempt to lead. */
    readonly nonce: () => string;
    /** How often the leader proves the lock, and the others try it. @default 1000 */
    readonly everyMs?: number;
    /** For how long a proof is valid. @default 3000 */
    readonly proofMs?: number;
    /** How long a new holder waits before it leads, if the previous leader did not say that it ended. @default 4000 */
    readonly graceMs?: number;
    /** After how long without a query the server ends a session and frees its lock. @default 6000 */
    readonly idleMs?: number;
    /** Receives the reason why the lock cannot be tried now. @default ignored */
    readonly onTrouble?: (problem: string) => void;
    /** Makes a connection; for tests. @default pg's own */
    readonly connect?: (url: string) => Client;
}

/** An arbitrary number that no other application is likely to use. */
const USUAL_KEY = 2_064_384_911;

/** How long to wait after a session that is shared by a pooler, in units of `everyMs`: only a change of settings corrects that. */
const SHARED_TURNS = 10;

/**
 * Leadership by an advisory lock in a session of PostgreSQL.
 *
 * **The previous leader has stopped.** The server frees the lock at any time: the session's connection broke, an
 * administrator ended the session, the server restarted. The server cannot ensure that the agent behind the session
 * notices first. So both sides keep to periods of time, measured by timers:
 *
 *   the leader   has asked its session whether it holds the lock, and was told yes; it stops `proofMs` (3 s) after
 *                it asked, unless it was told yes for a later question
 *   the next     waits `graceMs` (4 s) after it got the lock, before it leads
 *
 * If the lock was freed at r, no question asked after r is answered with yes, so the leader has stopped at r + 3 s. The
 * next one got the lock at r or later and leads at r + 4 s at the earliest. The second between is for timers that fire
 * late. What no lock can cover is a process that is stopped for longer (a suspended machine) in the middle of a request.
 *
 * **Immediately, if the previous leader says that it has ended.** A leader that ends notifies a channel with `ended`,
 * and then unlocks; one that gets the lock notifies `taken`. All notifications are sent with the lock held, so the
 * channel has them in the order of the terms. The new holder sends `taken` and waits to receive it: by then it has
 * received everything sent before, and if the last of that is `ended`, it need not wait.
 *
 * **Within seconds, if it does not.** A process that dies closes its connection: 1 s for the next try, 4 s of grace. A
 * host that is disconnected is silent: after 6 s (`idle_session_timeout`, PostgreSQL 14) the server ends the session;
 * 11 s in all.
 *
 * **The session must not be shared.** Behind a pooler that shares sessions between clients, two agents would have the
 * same session, and with it the same lock. A mark in the session detects this (lockSql.ts): an agent neither asks for
 * the lock nor accepts a proof in a session that has another mark than its own.
 */
export function postgresLeadership(options: PostgresLeadershipOptions): Leadership {
    const { url, connect, nonce, clock, key = USUAL_KEY, everyMs = 1000, idleMs = 6000, onTrouble } = options;
    const timing: Timing = { clock, everyMs, proofMs: options.proofMs ?? 3000, graceMs: options.graceMs ?? 4000 };

    async function tryOnce(signal: AbortSignal, setState: SetState): Promise<OwnTerm | NoSession | undefined> {
        const open = { url, key, nonce: nonce(), idleMs, timeoutMs: timing.proofMs, connect };
        const session = await openSession(open);
        if ("problem" in session) return session;
        let isShared = false;
        const onShared = () => {
            isShared = true;
            complain(SHARED, setState);
        };
        try {
            const found = await leadOn(session, { ...timing, signal, nonce, setState, onShared });
            if (found !== undefined && "problem" in found) session.close();
            return found;
        } catch (error) {
            // The session closes without `ended`: this agent never led, and the leader before may not have noticed yet.
            const wasOpen = !session.closed.aborted;
            session.close();
            if (isShared) return SHARED;
            if (wasOpen || signal.aborted) throw error;
            setState({ kind: "unknown", why: "the connection to the database of the lock is lost" });
            return undefined;
        }
    }

    function complain({ problem }: NoSession, setState: SetState): void {
        setState({ kind: "unknown", why: problem });
        onTrouble?.(problem);
    }

    return leadByAttempts({
        name: `PostgreSQL lock ${key} of ${placeOf(url)}`,
        clock,
        async attempt(signal, setState) {
            const found = await tryOnce(signal, setState);
            if (found === undefined) return everyMs;
            if (!("problem" in found)) return found;
            complain(found, setState);
            return found.kind === "shared" ? SHARED_TURNS * everyMs : everyMs;
        },
    });
}

type SetState = (state: LockState) => void;

interface Timing {
    readonly clock: Clock;
    readonly everyMs: number;
    readonly proofMs: number;
    readonly graceMs: number;
}

interface Attempt extends Timing {
    readonly signal: AbortSignal;
    readonly nonce: () => string;
    readonly setState: SetState;
    /** Called when a proof shows that the session is a shared one. */
    onShared(): void;
}

/** Waits for the lock of a session, and starts a term. Undefined where the term is over before this agent may lead. */
async function leadOn(session: Session, attempt: Attempt): Promise<OwnTerm | NoSession | undefined> {
    const { clock, everyMs, proofMs, graceMs, signal, setState } = attempt;
    if ((await waitForLock(session, attempt)) === "shared") return SHARED;
    const why = `this agent has the lock, and leads once any other has stopped, in ${graceMs / 1000} s`;
    setState({ kind: "unknown", why });
    const prove = async () => {
        const state = await session.prove();
        if (state === "shared") attempt.onShared();
        return state === "held" ? state : "lost";
    };
    const term = startTerm({
        clock,
        everyMs,
        proofMs,
        prove,
        release: () => session.release(),
        drop: () => session.close(),
        broken: session.closed,
    });
    await term.proved;
    const isClean = await session.take(attempt.nonce());
    if (!isClean) await rest(clock, graceMs, AbortSignal.any([signal, term.lost]));
    return term.isOver ? undefined : term;
}

async function waitForLock(session: Session, { clock, everyMs, signal, setState }: Attempt): Promise<"got" | "shared"> {
    for (;;) {
        const answer = await session.tryLock();
        if (answer !== "taken") return answer;
        const by = await session.holder();
        setState({ kind: "held", ...(by !== undefined && { by }) });
        await Promise.race([rest(clock, everyMs, signal), session.freed()]);
    }
}

/** The host and the database of a URL, without user and password. */
function placeOf(url: string): string {
    if (!URL.canParse(url)) return "the given database";
    const { host, pathname } = new URL(url);
    return `${host}${pathname}`;
}
