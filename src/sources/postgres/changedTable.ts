import type { DocumentLimits } from "../../core/grants/grantAddresses";
import type { Reading } from "../../core/grants/grantsDocument";
import { limitedSignal } from "../../limitedSignal";
import { orAborted } from "../../orAborted";
import { inSlices } from "../slices";
import { readingAfter } from "./afterChange";
import type { Connection } from "./connect";
import type { ListeningSession } from "./listen";
import { openPendingRows } from "./pendingRows";
import { type Row, readingRows, relationIn, relationSql, rowsSql, type TableReading, TRANSACTION } from "./rows";
import { quoteName, quoteText } from "./table";

/** The rows of a table that have changed since it was last read, read by the session that is notified of them. */
export interface ChangedTable extends ListeningSession {
    /** Call before the whole table is read. */
    begin(): void;
    /** The whole table was read. */
    read(table: TableReading, atMs: number): void;
    /**
     * The table as it is now, from the last reading and the rows that have changed since.
     *
     * @param nowMs By the clock of `read`.
     * @returns undefined where the whole table has to be read
     */
    changed(nowMs: number, signal: AbortSignal): Promise<Reading | undefined>;
}

export interface ChangedTableOptions {
    /** As tableSql gives it. */
    readonly table: string;
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
 * to another would take somebody out for a moment. PostgreSQL delivers notifications in the order of the commits. So after
 * the rows are read, the session notifies itself: when it hears that, it has heard of all that was committed before the
 * rows were read. If rows are among it that were not read, all of them are read again.
 *
 * Source: PostgreSQL, NOTIFY; the order is that of the commits, src/backend/commands/async.c, PreCommit_Notify.
 */
export function followTable({ table, limits, wholeEveryMs }: ChangedTableOptions): ChangedTable {
    const pending = openPendingRows();
    let session: Session | undefined;
    let last: (TableReading & { readonly wholeAtMs: number }) | undefined;
    /** Whether rows were read that were heard of only while others were: their hint asks for nothing more. */
    let isAhead = false;

    async function readPending(known: TableReading, by: Session, signal: AbortSignal): Promise<Reading | undefined> {
        let ids = pending.take();
        for (let tries = 0; ids !== undefined && tries < MOST_TRIES; tries++) {
            const rows = await readRowsById(by, table, ids, signal);
            if (rows === undefined || rows.relation !== known.relation) return undefined;
            const heard = pending.ids();
            if (heard === undefined || session !== by) return undefined;
            if ([...heard].every((id) => ids?.has(id))) {
                const changed = await inSlices(readingRows(rows.rows, limits), signal);
                return readingAfter(known.reading, ids, changed);
            }
            ids = new Set([...ids, ...(pending.take() ?? [])]);
            isAhead = true;
        }
        return undefined;
    }

    return {
        async begins(connection) {
            pending.doubt();
            session = await listening(connection);
        },
        heard({ channel, payload }) {
            if (channel === session?.channel) {
                session.onMark(payload ?? "");
                return false;
            }
            pending.hear(payload, last?.relation);
            return true;
        },
        ends() {
            pending.doubt();
            session = undefined;
        },
        begin() {
            isAhead = false;
            if (session === undefined) pending.doubt();
            else pending.clear();
        },
        read({ reading, relation }, atMs) {
            last = { reading, relation, wholeAtMs: atMs };
        },
        async changed(nowMs, signal) {
            const [known, by] = [last, session];
            const isOld = known === undefined || nowMs - known.wholeAtMs >= wholeEveryMs;
            const rows = pending.ids();
            if (isOld || by === undefined || rows === undefined) return undefined;
            const isRead = rows.size === 0 && isAhead;
            isAhead = false;
            // Without a changed row, the read is not because of one: it is time for the whole table.
            if (rows.size === 0) return isRead ? known.reading : undefined;
            try {
                const reading = await readPending(known, by, signal);
                if (reading === undefined) pending.doubt();
                else last = { ...known, reading };
                return reading;
            } catch {
                pending.doubt();
                // Whatever state it is in; another session begins, and is not behind.
                await by.connection.end().catch(() => {});
                signal.throwIfAborted();
                return undefined;
            }
        },
    };
}

/** Undefined for a session without a process id of its own, such as one of a pooler. */
async function listening(connection: Connection): Promise<Session | undefined> {
    const { processID: processId } = connection;
    if (processId == null) return undefined;
    const channel = `zonekeeper_mark_${processId}`;
    await connection.query(`LISTEN ${quoteName(channel)}`);
    return { connection, processId, channel, marks: 0, onMark: () => {} };
}

/**
 * Reads rows by their ids with one statement, and then awaits a mark: a notification of this session to itself.
 *
 * @returns undefined if another session answers, as behind a pooler
 */
async function readRowsById(session: Session, table: string, ids: ReadonlySet<string>, signal: AbortSignal) {
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
        return { rows: rowsById(answer), relation: relationIn(answer) };
    } finally {
        limit.release();
    }
}

/** One round trip. The mark is a transaction of its own, which is committed after the rows were read. */
function sqlById({ channel }: Session, table: string, ids: ReadonlySet<string>, mark: string): string {
    // Without a type, so that each is of the type of the column, and an index is used.
    const list = Array.from(ids, quoteText).join(", ");
    return `${TRANSACTION}; SELECT pg_catalog.pg_backend_pid() AS pid; ${rowsSql(table, `WHERE id IN (${list})`)};
        ${relationSql(table)}; COMMIT; NOTIFY ${quoteName(channel)}, '${mark}'`;
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
