import type { Notification } from "pg";

import { fail } from "../../core/errors/errors";
import { orAborted } from "../../orAborted";
import { withCertificates } from "./shownCertificates";
import { secured } from "./tls";

/** What is used of a connection to a database. */
export interface Connection {
    query(sql: string): Promise<unknown>;
    on(event: "error" | "end", listener: () => void): unknown;
    on(event: "notification", listener: (message: Notification) => void): unknown;
    /** The process id of the server's session, as the server stated it at the start; null if it did not. */
    readonly processID?: number | null;
    /** Makes this connection keep the process alive. */
    ref(): void;
    unref(): void;
    end(): Promise<void>;
}

/** The longest that one connection takes to be made, TLS and sign-in included. */
const CONNECT_MS = 5_000;

/** The longest that the client waits for a statement; the server has a shorter limit of its own. */
const QUERY_MS = 15_000;

/**
 * A connection by a URL, which may hold a password.
 *
 * @param signal Gives up connecting.
 * @throws what `pg` throws, which connectionProblem puts into words
 */
export async function connect(url: string, signal: AbortSignal): Promise<Connection> {
    const { Client } = await import("pg");
    signal.throwIfAborted();
    const client = new Client({
        connectionString: secured(url),
        application_name: "zonekeeper",
        connectionTimeoutMillis: CONNECT_MS,
        query_timeout: QUERY_MS,
        keepAlive: true,
        keepAliveInitialDelayMillis: 10_000,
    });
    // Without a listener an error on an idle connection would end the process; "end" comes after it.
    client.on("error", () => {});
    try {
        await orAborted(() => client.connect(), signal);
        return client as unknown as Connection;
    } catch (error) {
        void client.end().catch(() => {});
        throw await withCertificates(error, url);
    }
}

/**
 * What a setting holds, if it is the URL of a PostgreSQL database.
 *
 * @param setting `env:DATABASE_URL`
 * @throws `bad-input`; the message does not hold the text, which may have a password
 */
export function requireDatabaseUrl(text: string, setting: string): string {
    return /^postgres(ql)?:\/\//.test(text) && URL.canParse(text)
        ? text
        : fail("bad-input", `${setting} holds no URL such as postgres://user:password@host/database`);
}
