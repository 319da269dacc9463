import type { DocumentLimits } from "../../core/grants/grantAddresses";
import type { Waiting } from "../http/retry";
import type { GrantSource } from "../source";
import { unreadable } from "../unreadable";
import { connect } from "./connect";
import { keptConnection } from "./keptConnection";
import { listen } from "./listen";
import { databaseProblem } from "./problem";
import { readRows } from "./rows";

export interface PostgresSourceOptions extends Waiting {
    /** What messages call the database: `env:DATABASE_URL`, or its URL without a password. */
    readonly setting: string;
    /** The URL with its password, read again for each connection. @throws `bad-input` */
    readonly url: () => string;
    /** The name of the table for messages. */
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
 * notification on the channel is only a hint, received over a connection of its own.
 */
export function postgresSource(options: PostgresSourceOptions): GrantSource {
    const { setting, url, table, sql, limits, timeoutMs = 30_000 } = options;
    const name = `table ${table} of ${setting}`;
    const kept = keptConnection(url);

    return {
        name,
        async read(signal) {
            try {
                return await kept.use((connection, stop) => readRows(connection, sql, limits, stop), timeoutMs, signal);
            } catch (cause) {
                return unreadable(name, cause, signal, (error) => databaseProblem(error));
            }
        },
        watch: (wake, signal) => listen({ ...options, connect: (until) => connect(url(), until) }, wake, signal),
        close: () => kept.close(),
    };
}
