import type { Client } from "pg";

import { fail } from "../../core/errors/errors";
import { databaseProblem } from "../../sources/postgres/problem";
import { secured, tlsProblem } from "../../sources/postgres/tls";

export interface SessionOptions {
    readonly url: string;
    readonly key: number;
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
    tryLock(): Promise<boolean>;
    /** Resolves when somebody says that the lock is free. */
    freed(): Promise<void>;
    /** Says that the lock is taken. @returns whether the one before said that they had ended */
    take(nonce: string): Promise<boolean>;
    /** Whether the lock is held by this very session. */
    prove(): Promise<"held" | "lost">;
    /** Says that the term has ended, and unlocks. */
    release(): Promise<void>;
    close(): void;
}

/** Causes that no waiting mends: a wrong password, no such user, no such database. */
const HOPELESS = ["28P01", "28000", "3D000"];

/**
 * @returns undefined and why, where the server does not answer now
 * @throws `bad-input` where it never will
 */
export async function openSession(options: SessionOptions): Promise<Session | { readonly problem: string }> {
    const client = await newClient(options);
    const closed = new AbortController();
    const close = () => {
        if (closed.signal.aborted) return;
        closed.abort();
        client.end().catch(() => {});
    };
    client.on("error", close);
    client.on("end", close);
    try {
        await client.connect();
        await prepare(client, options);
    } catch (cause) {
        close();
        const { code = "", message } = cause as Error & { readonly code?: string };
        if (HOPELESS.includes(code))
            return fail("bad-input", `the database of the lock refuses: ${message}`, { cause });
        const noTls = tlsProblem(cause as Error);
        if (noTls !== undefined) return { problem: `the database of the lock cannot be asked: ${noTls}` };
        return { problem: `the database of the lock does not answer: ${message || code}` };
    }
    return sessionOn(client, options.key, closed.signal, close);
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

function sessionOn(client: Client, key: number, closed: AbortSignal, close: () => void): Session {
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

    async function ask(sql: string): Promise<boolean> {
        try {
            const { rows } = await client.query<{ readonly answer: boolean }>(sql);
            return rows[0]?.answer === true;
        } catch (error) {
            close();
            throw error;
        }
    }
    const say = (text: string) => ask(`SELECT pg_notify('zonekeeper_${channel(key)}', '${text}') IS NULL AS answer`);

    return {
        closed,
        tryLock: () => ask(`SELECT pg_try_advisory_lock(${key}) AS answer`),
        freed: () => heard("free").catch(() => {}),
        async take(nonce) {
            const own = heard(`taken ${nonce}`);
            own.catch(() => {});
            await say(`taken ${nonce}`);
            await own;
            return before === "ended";
        },
        prove: async () => ((await ask(proofOf(key))) ? "held" : "lost"),
        async release() {
            try {
                await say("ended");
                await ask(`SELECT pg_advisory_unlock(${key}) AS answer`);
                await say("free");
            } catch {
                // The connection is gone, and with it the lock.
            }
            close();
        },
        close,
    };
}

/** How pg_locks shows a lock with a key of 64 bits: in two halves. */
function proofOf(key: number): string {
    const own = "locktype = 'advisory' AND objsubid = 1 AND granted AND pid = pg_backend_pid()";
    const halves = "(classid::bigint << 32) | objid::bigint";
    return `SELECT EXISTS (SELECT FROM pg_locks WHERE ${own} AND ${halves} = ${key}) AS answer`;
}
