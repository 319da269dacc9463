import { fail } from "../../core/errors/errors";
import { MOST_GRANTS } from "../../core/grants/documentShape";
import type { DocumentLimits } from "../../core/grants/grantAddresses";
import { type Reading, requireUsable, type Unusable } from "../../core/grants/grantsDocument";
import type { Work } from "../../core/work";
import { readingTexts } from "../entryTexts";
import { inSlices } from "../slices";
import type { Connection } from "./connect";
import { COLUMNS } from "./problem";
import { namesakesSql, requireOneTable, SEE_ALL_ROWS } from "./visible";

/** A row of a grant has some 200 bytes as JSON; a row that is longer than this is not fetched. */
const MOST_ROW_BYTES = 64 * 1024;

/** All rows together: 200,000 grants with everything that a grant may have. */
const MOST_BYTES = 128 * 1024 * 1024;

/** Rows of one fetch: few enough for memory if they are long, many enough for few round trips. */
const BATCH = 2000;

/** The server's limit for a statement. */
const STATEMENT_MS = 10_000;

interface Row {
    readonly id: string | null;
    /** The entry of a grants document as JSON; null if it is too long. */
    readonly entry: string | null;
}

/**
 * Reads every grant in a table with one SELECT in a read-only transaction.
 * The rows are fetched with a cursor, so that memory is bounded, however many rows there are.
 *
 * @param table As tableSql gives it.
 * @throws `source-unreadable`; the signal's reason; what `pg` throws
 */
export async function readRows(
    connection: Connection,
    table: string,
    limits: DocumentLimits,
    signal: AbortSignal,
): Promise<Reading> {
    try {
        const rows = await fetchRows(connection, table);
        await connection.query("COMMIT");
        return requireUsable(await inSlices(readingRows(rows, limits), signal));
    } catch (error) {
        await connection.query("ROLLBACK").catch(() => {});
        throw error;
    }
}

async function fetchRows(connection: Connection, table: string): Promise<readonly Row[]> {
    const fetched: Row[] = [];
    let bytes = 0;
    const answer = await connection.query(`${beginning(table)}; ${NEXT}`);
    requireOneTable(answer);
    for (let rows = rowsIn(answer); ; rows = rowsIn(await connection.query(NEXT))) {
        for (const row of rows) {
            bytes += row.entry?.length ?? 0;
            fetched.push(row);
        }
        if (fetched.length > MOST_GRANTS) fail("source-unreadable", `the table has more than ${MOST_GRANTS} rows`);
        if (bytes > MOST_BYTES) fail("source-unreadable", "the rows of the table are longer than 128 MiB together");
        if (rows.length < BATCH) return fetched;
    }
}

/** Rows that are too long come first among the unusable ones, and have no position. */
function* readingRows(rows: readonly Row[], limits: DocumentLimits): Work<Reading> {
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

/**
 * Formats times and addresses for the reader of documents, independent of the
 * settings of the session.
 */
function beginning(table: string): string {
    return `BEGIN READ ONLY; SET LOCAL statement_timeout = ${STATEMENT_MS}; ${SEE_ALL_ROWS}; ${namesakesSql(table)};
        DECLARE zonekeeper NO SCROLL CURSOR FOR
        SELECT left(id::text, 200) AS id, CASE WHEN octet_length(entry) <= ${MOST_ROW_BYTES} THEN entry END AS entry
        FROM (
            SELECT id, json_build_object('id', id, 'user', user_name, 'ip', ip, 'startsAt', starts_at,
                'expiresAt', expires_at, 'permanent', permanent, 'reason', reason, 'labels', labels)::text AS entry
            FROM (SELECT ${COLUMNS} FROM ${table} ORDER BY id LIMIT ${MOST_GRANTS + 1}) AS grants
        ) AS entries ORDER BY entries.id`;
}

/** Several statements in one text have a result each; the last one is that of FETCH. */
function rowsIn(answer: unknown): readonly Row[] {
    const last = Array.isArray(answer) ? answer.at(-1) : answer;
    return (last as { readonly rows: readonly Row[] }).rows;
}
