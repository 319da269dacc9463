import type { Client } from "pg";

import { fail } from "../../core/errors/errors";
import { networkProblem } from "../../core/outgoing/networkProblem";
import { databaseProblem } from "../../sources/postgres/problem";
import { secured, tlsProblem } from "../../sources/postgres/tls";

export interface ConnectionOptions {
    readonly url: string;
    /** For one question. */
    readonly timeoutMs: number;
    readonly connect?: ((url: string) => Client) | undefined;
}

/** Permanent errors: a wrong password, no such user, no such database. */
const HOPELESS = ["28P01", "28000", "3D000"];

/** A client that is not connected yet. */
export async function newClient({ url, timeoutMs, connect }: ConnectionOptions): Promise<Client> {
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
 * Why the database of the lock cannot be queried now.
 *
 * @throws `bad-input` for a permanent error
 */
export function problemOf(cause: Error & { readonly code?: string }): string {
    const { code = "", message } = cause;
    if (HOPELESS.includes(code)) return fail("bad-input", `the database of the lock refuses: ${message}`, { cause });
    const noTls = tlsProblem(cause);
    if (noTls !== undefined) return `the database of the lock cannot be asked: ${noTls}`;
    return `the database of the lock does not answer: ${networkProblem(cause)?.text ?? (message || code)}`;
}

/** The column `answer` of the first row. */
export async function answerOf(client: Client, sql: string): Promise<boolean | string | null | undefined> {
    const { rows } = await client.query<{ readonly answer: boolean | string | null }>(sql);
    return rows[0]?.answer;
}
