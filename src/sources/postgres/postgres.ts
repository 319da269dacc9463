import type { DocumentLimits } from "../../core/grants/grantAddresses";
import { comparedGrants } from "../../core/grants/grantChanges";
import type { Reading } from "../../core/grants/grantsDocument";
import { openQueue } from "../../queue";
import type { Waiting } from "../http/retry";
import type { GrantSource } from "../source";
import { unreadable } from "../unreadable";
import { followTable } from "./changedTable";
import { type Connection, connect } from "./connect";
import { keptConnection } from "./keptConnection";
import { listen } from "./listen";
import { databaseProblem } from "./problem";
import { readRows } from "./rows";
import { announcementOf } from "./triggers";

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
    /** Milliseconds of a monotonic clock. @default each read is of the whole table */
    readonly elapsedMs?: () => number;
}

/** The longest time for which only changed rows are read, as notifications may be lost, or there may be no trigger. */
const WHOLE_EVERY_MS = 30_000;

/**
 * Grants in a table, or a view, of PostgreSQL (see schemaSql), ordered by id. A notification on the channel, received
 * over a connection of its own, is a hint. If it says which rows of a table have changed, only those are read, see
 * followTable; the whole table is read at the start, every half a minute, and whenever notifications may be lost.
 */
export function postgresSource(options: PostgresSourceOptions): GrantSource {
    const { setting, url, table, limits, timeoutMs = 30_000, elapsedMs } = options;
    const name = `table ${table} of ${setting}`;
    const kept = keptConnection(url);
    const following = followTable({ table: options, limits, wholeEveryMs: WHOLE_EVERY_MS });
    // Of two reads at once, the one that began earlier could end later, and undo what the other one said.
    const queue = openQueue();
    let latest: Reading | undefined;

    async function readWhole(signal: AbortSignal): Promise<Reading> {
        following.begin();
        const beganAtMs = elapsedMs?.() ?? 0;
        const use = (connection: Connection, stop: AbortSignal) => readRows(connection, options, limits, stop);
        const read = await kept.use(use, timeoutMs, signal).catch((cause: unknown) => {
            following.failed();
            throw cause;
        });
        if (elapsedMs === undefined) return read.reading;
        // Unchanged grants stay the same objects, so that the table is not in memory twice.
        const { grants } = read.reading;
        const reading = { ...read.reading, grants: latest ? comparedGrants(latest.grants, grants).grants : grants };
        following.read({ ...read, reading }, beganAtMs);
        return reading;
    }

    return {
        name,
        async read(signal) {
            try {
                return await queue(async () => {
                    signal.throwIfAborted();
                    const changed = elapsedMs && (await following.changed(elapsedMs(), signal));
                    latest = changed ?? (await readWhole(signal));
                    return latest;
                });
            } catch (cause) {
                return unreadable(name, cause, signal, (error) => databaseProblem(error));
            }
        },
        async announcement(signal) {
            const { sql, channel } = options;
            try {
                return await kept.use((connection) => announcementOf(connection, sql, channel), timeoutMs, signal);
            } catch (cause) {
                return unreadable(name, cause, signal, (error) => databaseProblem(error));
            }
        },
        watch: (wake, signal) =>
            listen(
                {
                    ...options,
                    connect: (until) => connect(url(), until),
                    ...(elapsedMs && { session: following }),
                },
                wake,
                signal,
            ),
        close: () => kept.close(),
    };
}
