import { fail, hasCode } from "../../core/errors/errors";
import type { DocumentLimits } from "../../core/grants/grantAddresses";
import type { PushChange } from "../../core/grants/pushes";
import { openQueue } from "../../queue";
import type { Waiting } from "../http/retry";
import { type Connection, connect } from "../postgres/connect";
import { keptConnection } from "../postgres/keptConnection";
import { listen } from "../postgres/listen";
import { databaseProblem, type Remedies } from "../postgres/problem";
import { inSlices } from "../slices";
import { PUSH_CHANNEL } from "./pushSchema";
import { type Head, NO_HEAD, readingSql, takingSql, writingSql } from "./pushSql";
import type { PushDelivery, PushesNow, PushStore, Taking } from "./pushStore";
import { openTableContent, type TableContent } from "./tableContent";

export interface PushTableOptions extends Waiting {
    /** What messages call the database: `env:DATABASE_URL`, or its URL without a password. */
    readonly setting: string;
    /** The URL with its password, read again for each connection. @throws `bad-input` */
    readonly url: () => string;
    /** The name of the table for messages. */
    readonly table: string;
    /** As tableSql gives it. */
    readonly sql: string;
    readonly limits: DocumentLimits;
    /** The longest that one delivery takes, the deliveries before it included; 0.2 ms more for each grant. @default 10_000 */
    readonly takeMs?: number;
    /** The longest that one reading takes. @default 30_000 */
    readonly readMs?: number;
}

const REMEDIES: Remedies = {
    "42P01": "`zonekeeper schema --webhook` prints the SQL that makes the tables",
    "42703": "`zonekeeper schema --webhook` prints the SQL of the tables as they have to be",
    "42501": "grant SELECT, INSERT, UPDATE and DELETE on it to this user",
    "25006": "the agents need the server that takes writes",
    "28P01": "check the user and the password in the URL",
    "55P03": "another agent has held the lock for too long",
    "57014": "it takes too long",
};

/**
 * Keeps what was pushed in tables of PostgreSQL that any number of agents share (see pushSchemaSql). Each agent has the
 * content in memory; a delivery begins with a lock, and with what other agents wrote in the meantime.
 *
 *   round trip   statements
 *   first        begin, lock, what is new, and is this delivery known?
 *   second       the delivery, the rows that it changes, notify the other agents, commit
 */
export function pushTable(options: PushTableOptions): PushStore {
    const { url, sql, limits, takeMs = 10_000, readMs = 30_000 } = options;
    const kept = keptConnection(url);
    const content = openTableContent(limits);
    const queue = openQueue();

    function inTurn<T>(work: (connection: Connection) => Promise<T>, ms: number, signal: AbortSignal): Promise<T> {
        return queue(() => kept.use(work, ms, signal)).catch((error: unknown) => unreadable(error, ms, signal));
    }

    return {
        name: `table ${options.table} of ${options.setting}`,
        isShared: true,
        read: (signal) => inTurn((connection) => readAll(content, sql, connection), readMs, signal),
        take(delivery) {
            const { push } = delivery;
            const ms = takeMs + (push.type === "replaced" ? Math.ceil(push.grants.length / 5) : 0);
            const work = (connection: Connection) => take(content, sql, delivery, connection);
            return inTurn(work, ms, AbortSignal.timeout(ms));
        },
        watch: (wake, signal) => {
            const channel = { channel: PUSH_CHANNEL, connect: (until: AbortSignal) => connect(url(), until) };
            return listen({ ...options, ...channel }, wake, signal);
        },
        close: () => kept.close(),
    };
}

async function readAll(content: TableContent, sql: string, connection: Connection): Promise<PushesNow> {
    await content.catchUp(connection, (known) => readingSql(sql, known));
    const { grants } = content;
    return { isWhole: grants.pushed.snapshotMs !== undefined, reading: await inSlices(grants.reading()) };
}

async function take(
    content: TableContent,
    sql: string,
    { id, push }: PushDelivery,
    connection: Connection,
): Promise<Taking> {
    // The first read is of everything; other agents need not wait for it, so it is made without the lock.
    if (content.head === NO_HEAD) await content.catchUp(connection, (known) => readingSql(sql, known));
    const { isKnown } = await content.catchUp(connection, (known) => takingSql(sql, known, id));
    const judged = isKnown ? "known" : await inSlices(content.grants.judge(push));
    if (judged === "known" || judged === "too-many") {
        await connection.query("ROLLBACK");
        return { result: judged, unusable: [] };
    }
    const change = judged === "older" ? undefined : judged;
    const next = headAfter(content.head, id, change);
    for (const text of writingSql(sql, { before: content.head, next }, change)) await connection.query(text);
    content.advance(next);
    if (change === undefined) return { result: "older", unusable: [] };
    return { result: "accepted", unusable: await inSlices(content.grants.apply(change)) };
}

/** @throws `source-unreadable` for what the database reports, and for no answer in time; the error itself, if it is a bug */
function unreadable(error: unknown, ms: number, signal: AbortSignal): never {
    if (hasCode(error, "source-unreadable", "bad-input"))
        return fail("source-unreadable", error.message, { cause: error });
    const problem = signal.aborted ? `no answer within ${ms / 1000} s` : databaseProblem(error, REMEDIES);
    if (problem === undefined) throw error;
    return fail("source-unreadable", problem, { cause: error });
}

/** The head after a delivery. */
function headAfter(head: Head, id: string, change: PushChange | undefined): Head {
    const number = head.change + 1;
    const { snapshotMs, forgottenMs } = change ?? {};
    return {
        change: number,
        id,
        snapshotChange: snapshotMs === undefined ? head.snapshotChange : number,
        snapshotMs: snapshotMs ?? head.snapshotMs,
        forgottenMs: forgottenMs ?? head.forgottenMs,
    };
}
