import { randomBytes } from "node:crypto";

import type { DocumentLimits } from "../../core/grants/grantAddresses";
import type { Reading } from "../../core/grants/grantsDocument";
import { limitedSignal } from "../../limitedSignal";
import { orAborted } from "../../orAborted";
import { inSlices } from "../slices";
import { readingAfter } from "./afterChange";
import type { Connection } from "./connect";
import type { ListeningSession } from "./listen";
import { openPendingRows, type PendingRows } from "./pendingRows";
import { type Row, readingRows, rowsSql, type Table, type TableReading, TRANSACTION } from "./rows";
import { type RowTriggers, rowTriggersIn, rowTriggersSql } from "./rowTriggers";
import { quoteName, quoteText } from "./table";

/** The rows of a table that have changed since it was last read, read by the session that is notified of them. */
export interface ChangedTable extends ListeningSession {
    /** Call before the whole table is read. */
    begin(): void;
    /** The whole table was read. */
    read(table: TableReading, atMs: number): void;
    /** The whole table could not be read: the next read is of the whole table, too. */
    failed(): void;
    /**
     * The table as it is now, from the last reading and the rows that have changed since.
     *
     * @param nowMs By the clock of `read`.
     * @returns undefined where the whole table has to be read
     */
    changed(nowMs: number, signal: AbortSignal): Promise<Reading | undefined>;
}

export interface ChangedTableOptions {
    readonly table: Table;
    readonly limits: DocumentLimits;
    /** The longest time for which changes are followed before the whole table is read again. */
    readonly wholeEveryMs: number;
}

/** A session of PostgreSQL that listens on a channel of its own, too, on which only it notifies. */
interface Session {
    readonly connection: Connection;
    readonly processId: number;
    readonly channel: string;
    marks: number;
    onMark: (payload: string) => void;
}

/** The longest that the changed rows take. */
const READ_MS = 5_000;

/** How often rows are read again because others have changed meanwhile. */
const MOST_TRIES = 3;

/**
 * Follows the changes of a table by the notifications of its trigger. A notification only says which rows to read again;
 * what they are is always read, and the whole table is read as soon as anything is doubtful.
 *
 * A transaction that changes several rows must be seen as a whole or not at all: one that moves an address from one grant
 * to another would remove an address for a moment. PostgreSQL delivers notifications in the order of the commits. So after
 * the rows are read, the session notifies itself: when it hears that, it has heard of all that was committed before the
 * rows were read. If rows are among it that were not read, all of them are read again.
 *
 * Source: PostgreSQL, NOTIFY; the order is that of the commits, src/backend/commands/async.c, PreCommit_Notify.
 */
export function followTable(options: ChangedTableOptions): ChangedTable {
    const following: Following = {
        ...options,
        pending: openPendingRows(),
        session: undefined,
        last: undefined,
        isAhead: false,
    };
    const { pending } = following;
    return {
        async begins(connection) {
            pending.doubt();
            following.session = await listening(connection);
        },
        heard({ channel, payload }) {
            const { session, last } = following;
            if (channel === session?.channel) {
                session.onMark(payload ?? "");
                return false;
            }
            pending.hear(payload, last?.rowTriggers?.relation);
            return true;
        },
        ends() {
            pending.doubt();
            following.session = undefined;
        },
        begin() {
            following.isAhead = false;
            if (following.session === undefined) pending.doubt();
            else pending.clear();
        },
        read(table, atMs) {
            following.last = { ...table, wholeAtMs: atMs };
        },
        failed() {
            pending.doubt();
            following.last = undefined;
        },
        changed: (nowMs, signal) => changed(following, nowMs, signal),
    };
}

interface Following extends ChangedTableOptions {
    readonly pending: PendingRows;
    session: Session | undefined;
    last: (TableReading & { readonly wholeAtMs: number }) | undefined;
    /** Whether rows were read that were heard of only while others were: their hint asks for nothing more. */
    isAhead: boolean;
}

async function changed(following: Following, nowMs: number, signal: AbortSignal): Promise<Reading | undefined> {
    const { pending, session, last, wholeEveryMs } = following;
    const isOld = last === undefined || nowMs - last.wholeAtMs >= wholeEveryMs;
    const rows = pending.ids();
    if (isOld || session === undefined || rows === undefined) return undefined;
    const isRead = rows.size === 0 && following.isAhead;
    following.isAhead = false;
    // Without a changed row, the read is not because of one: it is time for the whole table.
    if (rows.size === 0) return isRead ? last.reading : undefined;
    try {
        const reading = await readPending(following, last, session, signal);
        if (reading === undefined) pending.doubt();
        else following.last = { ...last, reading };
        return reading;
    } catch {
        pending.doubt();
        // Whatever state it is in; another session begins, and is not behind.
        await session.connection.end().catch(() => {});
        signal.throwIfAborted();
        return undefined;
    }
}

async function readPending(following: Following, last: TableReading, by: Session, signal: AbortSignal) {
    const { pending, table, limits } = following;
    let ids = pending.take();
    for (let tries = 0; ids !== undefined && tries < MOST_TRIES; tries++) {
        const asked = ids;
        const rows = await readRowsById(by, table, asked, signal);
        if (rows === undefined || !isSame(rows.rowTriggers, last.rowTriggers)) return undefined;
        const heard = pending.ids();
        if (heard === undefined || following.session !== by) return undefined;
        if ([...heard].every((id) => asked.has(id))) {
            return readingAfter(last.reading, asked, await inSlices(readingRows(rows.rows, limits), signal));
        }
        ids = new Set([...asked, ...(pending.take() ?? [])]);
        following.isAhead = true;
    }
    return undefined;
}

/** Whether all changes were notified between two reads: the triggers were there all the time, and are those of the same table. */
function isSame(one: RowTriggers | undefined, other: RowTriggers | undefined): boolean {
    return one !== undefined && one.relation === other?.relation && one.triggers === other.triggers;
}

/** Undefined for a session without a process id of its own, such as one of a pooler. */
async function listening(connection: Connection): Promise<Session | undefined> {
    const { processID: processId } = connection;
    if (processId == null) return undefined;
    // Nobody else can send its marks.
    const channel = `zonekeeper_mark_${processId}_${randomBytes(12).toString("hex")}`;
    await connection.query(`LISTEN ${quoteName(channel)}`);
    return { connection, processId, channel, marks: 0, onMark: () => {} };
}

/**
 * Reads rows by their ids with one statement, and then awaits a mark: a notification of this session to itself.
 *
 * @returns undefined if another session answers, as behind a pooler
 */
async function readRowsById(session: Session, table: Table, ids: ReadonlySet<string>, signal: AbortSignal) {
    const mark = String(++session.marks);
    const marked = new Promise<void>((resolve) => {
        session.onMark = (payload) => {
            if (payload === mark) resolve();
        };
    });
    const limit = limitedSignal(signal, READ_MS);
    try {
        const sql = sqlById(session, table, ids, mark);
        const answer = await orAborted(() => session.connection.query(sql), limit.signal);
        if (processIdIn(answer) !== session.processId) return undefined;
        await orAborted(() => marked, limit.signal);
        return { rows: rowsById(answer), rowTriggers: rowTriggersIn(answer) };
    } finally {
        limit.release();
    }
}

/** One round trip. The mark is a transaction of its own, which is committed after the rows were read. */
function sqlById({ channel }: Session, table: Table, ids: ReadonlySet<string>, mark: string): string {
    // Without a type, so that each is of the type of the column, and an index is used.
    const list = Array.from(ids, quoteText).join(", ");
    return `${TRANSACTION}; SELECT pg_catalog.pg_backend_pid() AS pid; ${rowsSql(table.sql, `WHERE id IN (${list})`)};
        ${rowTriggersSql(table.sql, table.channel)}; COMMIT; NOTIFY ${quoteName(channel)}, '${mark}'`;
}

interface Result {
    readonly rows: readonly (Partial<Row> & { readonly pid?: number })[];
}

function processIdIn(answer: unknown): number | undefined {
    return (answer as readonly Result[]).flatMap(({ rows }) => rows.flatMap(({ pid }) => pid ?? []))[0];
}

function rowsById(answer: unknown): readonly Row[] {
    return (answer as readonly Result[]).flatMap(({ rows }) => rows.filter((row): row is Row => "entry" in row));
}
