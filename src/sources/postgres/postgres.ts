import type { DocumentLimits, Reading } from "../../core/grantsDocument";
import type { Waiting } from "../retried";
import type { GrantSource } from "../source";
import { unreadable } from "../unreadable";
import { type Connection, connect } from "./connect";
import { listen } from "./listen";
import { databaseProblem, isRefusal } from "./problem";
import { readRows } from "./rows";

export interface PostgresSourceOptions extends Waiting {
    /** What messages call the database: `env:DATABASE_URL`, or its URL without a password. */
    readonly setting: string;
    /** The URL with whatever password it has, read anew for each connection. @throws `bad-input` */
    readonly url: () => string;
    /** As people write it, for messages. */
    readonly table: string;
    /** As tableSql gives it. */
    readonly sql: string;
    readonly channel: string;
    readonly limits: DocumentLimits;
    /** The longest that one read takes, a new connection included. @default 30_000 */
    readonly timeoutMs?: number;
}

/**
 * Grants in a table, or a view, of PostgreSQL (see schemaSql), ordered by id. A
 * notification on the channel is a hint only, heard over a connection of its own.
 */
export function postgresSource(options: PostgresSourceOptions): GrantSource {
    const { setting, url, table, sql, limits, timeoutMs = 30_000 } = options;
    const name = `table ${table} of ${setting}`;
    const open = (signal: AbortSignal) => connect(url(), signal);
    const idle = idleConnection();

    /** Over the connection of the read before, which may have been cut since, or a new one. */
    async function readTable(signal: AbortSignal): Promise<Reading> {
        const kept = idle.take();
        if (kept !== undefined) {
            try {
                return await readOver(kept, signal);
            } catch (error) {
                if (signal.aborted || isRefusal(error) || databaseProblem(error) === undefined) throw error;
            }
        }
        return readOver(await open(signal), signal);
    }

    async function readOver(connection: Connection, signal: AbortSignal): Promise<Reading> {
        const stop = () => void connection.end().catch(() => {});
        signal.addEventListener("abort", stop);
        try {
            signal.throwIfAborted();
            const reading = await readRows(connection, sql, limits);
            idle.keep(connection);
            return reading;
        } catch (error) {
            stop();
            throw error;
        } finally {
            signal.removeEventListener("abort", stop);
        }
    }

    return {
        name,
        async read(signal) {
            const limit = new AbortController();
            const stop = () => limit.abort();
            const timer = setTimeout(stop, timeoutMs);
            signal.addEventListener("abort", stop);
            try {
                if (signal.aborted) stop();
                return await readTable(limit.signal);
            } catch (cause) {
                return unreadable(name, cause, signal, () =>
                    limit.signal.aborted ? `no whole answer within ${timeoutMs / 1000} s` : databaseProblem(cause),
                );
            } finally {
                clearTimeout(timer);
                signal.removeEventListener("abort", stop);
            }
        },
        watch: (wake, signal) => listen({ ...options, connect: open }, wake, signal),
        close: () => idle.close(),
    };
}

/** One connection that nobody uses now, for which the process does not stay. */
function idleConnection() {
    let idle: Connection | undefined;
    let isClosed = false;
    return {
        take(): Connection | undefined {
            const connection = idle;
            idle = undefined;
            connection?.ref();
            return connection;
        },
        keep(connection: Connection): void {
            if (idle !== undefined || isClosed) return void connection.end().catch(() => {});
            idle = connection;
            connection.unref();
            connection.on("end", () => {
                if (idle === connection) idle = undefined;
            });
        },
        async close(): Promise<void> {
            isClosed = true;
            await this.take()?.end();
        },
    };
}
