import type { Client } from "pg";
import { withCertificates } from "../../sources/postgres/shownCertificates";
import { answerOf, type ConnectionOptions, newClient, problemOf } from "./lockConnection";
import { holderSql, proofSql, tryLockSql, unlockSql } from "./lockSql";
import { checkOwn, markOf, type NoSession } from "./ownSession";

export interface SessionOptions extends ConnectionOptions {
    readonly key: number;
    /** A unique text. */
    readonly nonce: string;
    /** After how long without a query the server ends the session. */
    readonly idleMs: number;
}

/** A connection with a session of its own, which can hold the lock. A failed query closes it. */
export interface Session {
    /** Aborts when the connection is gone, and with it the lock. */
    readonly closed: AbortSignal;
    /** `shared`: a pooler gives the session to other clients too, which would share the lock. */
    tryLock(): Promise<"got" | "taken" | "shared">;
    /** The holder of the lock, if this user may see it. */
    holder(): Promise<string | undefined>;
    /** Resolves on a notification that the lock is free. */
    freed(): Promise<void>;
    /** Notifies that the lock is taken. @returns whether the previous leader had notified that it ended */
    take(nonce: string): Promise<boolean>;
    /** Whether this session holds the lock, and is not shared. */
    prove(): Promise<"held" | "lost" | "shared">;
    /** Notifies that the term has ended, and unlocks. */
    release(): Promise<void>;
    close(): void;
}

/**
 * @returns why there is none, if the server does not answer now, or a pooler answers in its place
 * @throws `bad-input` for a permanent error
 */
export async function openSession(options: SessionOptions): Promise<Session | NoSession> {
    const client = await newClient(options);
    const closed = new AbortController();
    const close = () => {
        if (closed.signal.aborted) return;
        closed.abort();
        client.end().catch(() => {});
    };
    client.on("error", close);
    client.on("end", close);
    const mark = markOf(options.nonce);
    try {
        await client.connect();
        const none = await checkOwn(client, mark, options);
        if (none !== undefined) {
            close();
            return none;
        }
        await prepare(client, options);
    } catch (cause) {
        close();
        const known = await withCertificates(cause as Error & { readonly code?: string }, options.url);
        return { kind: "away", problem: problemOf(known) };
    }
    return sessionOn(client, { key: options.key, mark, closed: closed.signal, close });
}

/**
 * Sets the time-out by which the server detects a disconnected host. Servers before 14 have only TCP keepalive for
 * that.
 */
async function prepare(client: Client, { key, idleMs }: SessionOptions): Promise<void> {
    await client.query(`SET idle_session_timeout = ${idleMs}`).catch((error: { readonly code?: string }) => {
        if (error.code !== "42704") throw error;
    });
    await client.query("SET tcp_keepalives_idle = 2; SET tcp_keepalives_interval = 1; SET tcp_keepalives_count = 3");
    await client.query(`LISTEN zonekeeper_${channel(key)}`);
}

function channel(key: number): string {
    return key < 0 ? `m${-key}` : String(key);
}

interface Marked {
    readonly key: number;
    readonly mark: number;
    readonly closed: AbortSignal;
    close(): void;
}

/** What leaders notify each other of, except that the lock is free: one says `taken …`, the one before said `ended`. */
function notificationsOf(client: Client, closed: AbortSignal) {
    let [said, before] = ["", ""];
    // One at a time: a standby waits anew each second, for as long as another agent leads.
    let waiting: { readonly text: string; resolve(): void; reject(why: Error): void } | undefined;
    client.on("notification", ({ payload = "" }) => {
        if (payload !== "free") [before, said] = [said, payload];
        if (payload === waiting?.text) waiting.resolve();
    });
    closed.addEventListener("abort", () => waiting?.reject(new Error("the connection is gone")), { once: true });
    return {
        /** The last but one. */
        before: () => before,
        /** Resolves at the next notification of this text; a new call replaces the one before. */
        heard: (text: string) =>
            new Promise<void>((resolve, reject) => {
                waiting = { text, resolve, reject };
            }),
    };
}

function sessionOn(client: Client, { key, mark, closed, close }: Marked): Session {
    const notifications = notificationsOf(client, closed);

    async function ask(sql: string) {
        try {
            return await answerOf(client, sql);
        } catch (error) {
            close();
            throw error;
        }
    }
    const say = (text: string) => ask(`SELECT pg_notify('zonekeeper_${channel(key)}', '${text}') IS NULL AS answer`);

    return {
        closed,
        async tryLock() {
            const answer = await ask(tryLockSql(key, mark));
            if (answer === null) return "shared";
            return answer === true ? "got" : "taken";
        },
        async holder() {
            const answer = await ask(holderSql(key));
            return typeof answer === "string" ? answer : undefined;
        },
        freed: () => notifications.heard("free").catch(() => {}),
        async take(nonce) {
            const own = notifications.heard(`taken ${nonce}`);
            own.catch(() => {});
            await say(`taken ${nonce}`);
            await own;
            return notifications.before() === "ended";
        },
        async prove() {
            const answer = await ask(proofSql(key, mark));
            if (answer === null) return "shared";
            return answer === true ? "held" : "lost";
        },
        async release() {
            try {
                await say("ended");
                await ask(unlockSql(key, mark));
                await say("free");
            } catch {
                // The connection is gone, and with it the lock.
            }
            close();
        },
        close,
    };
}
