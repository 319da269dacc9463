import { fail } from "../../core/errors/errors";
import { MOST_GRANTS } from "../../core/grants/documentShape";
import type { DocumentLimits } from "../../core/grants/grantAddresses";
import { type Reading, requireUsable, type Unusable } from "../../core/grants/grantsDocument";
import type { Work } from "../../core/work";
import { readingTexts } from "../entryTexts";
import { inSlices } from "../slices";
import type { Connection } from "./connect";
import { COLUMNS } from "./problem";
import { type RowTriggers, rowTriggersIn, rowTriggersSql } from "./rowTriggers";
import { namesakesSql, requireOneTable, SEE_ALL_ROWS } from "./visible";

/** A row of a grant has some 200 bytes as JSON; a row that is longer than this is not fetched. */
const MOST_ROW_BYTES = 64 * 1024;

/** All rows together: 200,000 grants with everything that a grant may have. */
const MOST_BYTES = 128 * 1024 * 1024;

/** Rows of one fetch: few enough for memory if they are long, many enough for few round trips. */
const BATCH = 2000;

/** The server's limit for a statement. */
const STATEMENT_MS = 10_000;

export interface Row {
    readonly id: string | null;
    /** The entry of a grants document as JSON; null if it is too long. */
    readonly entry: string | null;
}

/** A table, and where its triggers notify of changes. */
export interface Table {
    /** As tableSql gives it. */
    readonly sql: string;
    readonly channel: string;
}

export interface TableReading {
    readonly reading: Reading;
    /** Undefined where no triggers notify of each changed row. */
    readonly rowTriggers: RowTriggers | undefined;
}

/**
 * Reads every grant in a table with one SELECT in a read-only transaction.
 * The rows are fetched with a cursor, so that memory is bounded, however many rows there are.
 *
 * @throws `source-unreadable`; the signal's reason; what `pg` throws
 */
export async function readRows(
    connection: Connection,
    { sql, channel }: Table,
    limits: DocumentLimits,
    signal: AbortSignal,
): Promise<TableReading> {
    try {
        const { rows, rowTriggers } = await fetchRows(connection, sql, channel);
        await connection.query("COMMIT");
        return { reading: requireUsable(await inSlices(readingRows(rows, limits), signal)), rowTriggers };
    } catch (error) {
        await connection.query("ROLLBACK").catch(() => {});
        throw error;
    }
}

async function fetchRows(connection: Connection, table: string, channel: string) {
    const fetched: Row[] = [];
    let bytes = 0;
    const answer = await connection.query(`${beginning(table, channel)}; ${NEXT}`);
    requireOneTable(answer);
    for (let rows = rowsIn(answer); ; rows = rowsIn(await connection.query(NEXT))) {
        for (const row of rows) {
            bytes += row.entry?.length ?? 0;
            fetched.push(row);
        }
        if (fetched.length > MOST_GRANTS) fail("source-unreadable", `the table has more than ${MOST_GRANTS} rows`);
        if (bytes > MOST_BYTES) fail("source-unreadable", "the rows of the table are longer than 128 MiB together");
        if (rows.length < BATCH) return { rows: fetched, rowTriggers: rowTriggersIn(answer) };
    }
}

/** Rows that are too long come first among the unusable ones, and have no position. */
export function* readingRows(rows: readonly Row[], limits: DocumentLimits): Work<Reading> {
    const texts: string[] = [];
    const tooLong: Unusable[] = [];
    for (const { id, entry } of rows) {
        if (entry !== null) texts.push(entry);
        else tooLong.push({ id: id ?? "(none)", field: "row", reason: "is longer than 64 KiB" });
        yield 0.5;
    }
    const { grants, unusable } = yield* readingTexts(texts, limits);
    return { grants, unusable: [...tooLong, ...unusable] };
}

const NEXT = `FETCH ${BATCH} FROM zonekeeper`;

function beginning(table: string, channel: string): string {
    return `${TRANSACTION}; ${namesakesSql(table)}; DECLARE zonekeeper NO SCROLL CURSOR FOR ${rowsSql(table)};
        ${rowTriggersSql(table, channel)}`;
}

/** Begins a transaction in which a table is read. */
export const TRANSACTION = `BEGIN READ ONLY; SET LOCAL statement_timeout = ${STATEMENT_MS}; ${SEE_ALL_ROWS}`;

/**
 * Selects the rows of a table, see Row. Formats times and addresses for the reader of documents, independent of the
 * settings of the session.
 *
 * @param where Which rows. @default all
 */
export function rowsSql(table: string, where = ""): string {
    return `SELECT left(id::text, 200) AS id, CASE WHEN octet_length(entry) <= ${MOST_ROW_BYTES} THEN entry END AS entry
        FROM (
            SELECT id, json_build_object('id', id, 'user', user_name, 'ip', ip, 'startsAt', starts_at,
                'expiresAt', expires_at, 'permanent', permanent, 'reason', reason, 'labels', labels)::text AS entry
            FROM (SELECT ${COLUMNS} FROM ${table} ${where} ORDER BY id LIMIT ${MOST_GRANTS + 1}) AS grants
        ) AS entries ORDER BY entries.id`;
}

/** Several statements in one text have a result each; the last one is that of FETCH. */
function rowsIn(answer: unknown): readonly Row[] {
    const last = Array.isArray(answer) ? answer.at(-1) : answer;
    return (last as { readonly rows: readonly Row[] }).rows;
}
