import { createHash } from "node:crypto";

import type { Client } from "pg";

import { fail } from "../../core/errors/errors";
import { databaseProblem } from "../../sources/postgres/problem";
import { secured, tlsProblem } from "../../sources/postgres/tls";
import { holderSql, markSql, metSql, ownSql, proofSql, tryLockSql, unlockSql } from "./lockSql";

export interface SessionOptions {
    readonly url: string;
    readonly key: number;
    /** A text that no other session has. */
    readonly nonce: string;
    /** After what time without a word the server ends the session. */
    readonly idleMs: number;
    /** For one question. */
    readonly timeoutMs: number;
    readonly connect?: ((url: string) => Client) | undefined;
}

/** A connection of its own, on which a lock is had. Whatever goes wrong with a question closes it. */
export interface Session {
    /** Aborts when the connection is gone, and with it the lock. */
    readonly closed: AbortSignal;
    /** `shared`: a pooler gives the session to others too, so that a lock in it would be nobody's own. */
    tryLock(): Promise<"got" | "taken" | "shared">;
    /** Who has the lock, where this user may see that. */
    holder(): Promise<string | undefined>;
    /** Resolves when somebody says that the lock is free. */
    freed(): Promise<void>;
    /** Says that the lock is taken. @returns whether the one before said that they had ended */
    take(nonce: string): Promise<boolean>;
    /** Whether the lock is held by this very session, and by nobody else in it. */
    prove(): Promise<"held" | "lost" | "shared">;
    /** Says that the term has ended, and unlocks. */
    release(): Promise<void>;
    close(): void;
}

/** Why there is no session now: a pooler will be one later too, until somebody mends the settings. */
export interface NoSession {
    readonly problem: string;
    readonly kind: "away" | "shared";
}

/** Causes that no waiting mends: a wrong password, no such user, no such database. */
const HOPELESS = ["28P01", "28000", "3D000"];

/** How often a second connection looks whether it meets the session; poolers give out the one that was used last. */
const LOOKS = 3;

/**
 * @returns why there is none, where the server does not answer now, or a pooler answers in its place
 * @throws `bad-input` where it never will
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
        return { kind: "away", problem: problemOf(cause as Error & { readonly code?: string }) };
    }
    return sessionOn(client, { key: options.key, mark, closed: closed.signal, close });
}

/** @throws `bad-input` for what no waiting mends */
function problemOf(cause: Error & { readonly code?: string }): string {
    const { code = "", message } = cause;
    if (HOPELESS.includes(code)) return fail("bad-input", `the database of the lock refuses: ${message}`, { cause });
    const noTls = tlsProblem(cause);
    if (noTls !== undefined) return `the database of the lock cannot be asked: ${noTls}`;
    return `the database of the lock does not answer: ${message || code}`;
}

async function newClient({ url, timeoutMs, connect }: SessionOptions): Promise<Client> {
    if (connect !== undefined) return connect(url);
    const { Client } = await import("pg");
    try {
        return new Client({
            connectionString: secured(url),
            application_name: "zonekeeper leader",
            connectionTimeoutMillis: timeoutMs,
            query_timeout: timeoutMs,
            keepAlive: true,
        });
    } catch (cause) {
        // The files with certificates are read here.
        const problem = databaseProblem(cause);
        if (problem === undefined) throw cause;
        return fail("bad-input", `the database of the lock cannot be asked: ${problem}`, { cause });
    }
}

/**
 * Marks the session, and looks whether it is the connection's own: the mark has to stay where it is, and another
 * connection must not meet it. Nothing is set in the session before: it may be somebody else's.
 */
async function checkOwn(client: Client, mark: number, options: SessionOptions): Promise<NoSession | undefined> {
    if (!(await answerOf(client, markSql(mark)))) {
        return { kind: "away", problem: "the database of the lock is a standby, which only reads: name the primary" };
    }
    const other = await newClient(options);
    other.on("error", () => {});
    try {
        // A pool, or the server, may have no second connection for us. What each proof looks at is enough then.
        let isReached = await other.connect().then(
            () => true,
            () => false,
        );
        for (let look = 0; look < LOOKS; look++) {
            if (!(await answerOf(client, ownSql(mark)))) return SHARED;
            const met = isReached ? await answerOf(other, metSql(mark)).catch(() => undefined) : false;
            if (met === true) return SHARED;
            isReached = met !== undefined;
        }
    } finally {
        other.end().catch(() => {});
    }
    return undefined;
}

/** What is wrong with a connection that has no session of its own. */
export const SHARED: NoSession = {
    kind: "shared",
    problem:
        "the database of the lock is behind a pooler that shares sessions between clients, or does not reset them, such as PgBouncer with " +
        "pool_mode = transaction, so nobody may lead: give leader.url a direct connection, or a pool with pool_mode = session",
};

/** A silent host is found by the server: it may not be silent for long. Servers before 14 have TCP alone for that. */
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

/** 31 bits, as PostgreSQL's numbers have a sign. */
function markOf(nonce: string): number {
    return createHash("sha256").update(nonce).digest().readUInt32BE() >>> 1;
}

async function answerOf(client: Client, sql: string): Promise<boolean | string | null | undefined> {
    const { rows } = await client.query<{ readonly answer: boolean | string | null }>(sql);
    return rows[0]?.answer;
}

interface Marked {
    readonly key: number;
    readonly mark: number;
    readonly closed: AbortSignal;
    close(): void;
}

function sessionOn(client: Client, { key, mark, closed, close }: Marked): Session {
    let [said, before] = ["", ""];
    let onSaid: (text: string) => void = () => {};
    client.on("notification", ({ payload = "" }) => {
        if (payload !== "free") [before, said] = [said, payload];
        onSaid(payload);
    });
    const heard = (text: string) =>
        new Promise<void>((resolve, reject) => {
            onSaid = (payload) => payload === text && resolve();
            closed.addEventListener("abort", () => reject(new Error("the connection is gone")), { once: true });
        });

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
        freed: () => heard("free").catch(() => {}),
        async take(nonce) {
            const own = heard(`taken ${nonce}`);
            own.catch(() => {});
            await say(`taken ${nonce}`);
            await own;
            return before === "ended";
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
