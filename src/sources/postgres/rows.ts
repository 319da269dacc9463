import { fail } from "../../core/errors/errors";
import { MOST_GRANTS } from "../../core/grants/documentShape";
import type { DocumentLimits } from "../../core/grants/grantAddresses";
import { type Reading, readEntries, requireUsable, type Unusable } from "../../core/grants/grantsDocument";
import { parseJson } from "../json";
import type { Connection } from "./connect";
import { COLUMNS } from "./problem";
import { namesakesSql, requireOneTable, SEE_ALL_ROWS } from "./visible";

/** A row of a grant has some 200 bytes as JSON; a longer one than this is not fetched. */
const MOST_ROW_BYTES = 64 * 1024;

/** All rows together: 200,000 grants with everything that a grant may have. */
const MOST_BYTES = 128 * 1024 * 1024;

/** Rows that are fetched at once: few enough that the longest ones have room, many enough for few trips. */
const BATCH = 2000;

/** The longest that the server works on a statement. */
const STATEMENT_MS = 10_000;

interface Row {
    readonly id: string | null;
    /** The entry of a grants document as JSON, null where it is too long. */
    readonly entry: string | null;
}

/**
 * Every grant in a table, as one SELECT in a transaction that only reads sees it.
 * The rows come by a cursor: a table of millions takes no more memory than one that is just too long.
 *
 * @param table As tableSql gives it.
 * @throws `source-unreadable`; what `pg` throws
 */
export async function readRows(connection: Connection, table: string, limits: DocumentLimits): Promise<Reading> {
    try {
        const entries: unknown[] = [];
        const unusable: Unusable[] = [];
        let bytes = 0;
        const answer = await connection.query(`${beginning(table)}; ${NEXT}`);
        requireOneTable(answer);
        let rows = rowsIn(answer);
        for (;;) {
            for (const { id, entry } of rows) {
                bytes += entry?.length ?? 0;
                if (entry !== null) entries.push(parseJson(entry).document);
                else unusable.push({ id: id ?? "(none)", field: "row", reason: "is longer than 64 KiB" });
            }
            if (entries.length + unusable.length > MOST_GRANTS) {
                fail("source-unreadable", `the table has more than ${MOST_GRANTS} rows`);
            }
            if (bytes > MOST_BYTES) fail("source-unreadable", "the rows of the table are longer than 128 MiB together");
            if (rows.length < BATCH) break;
            rows = rowsIn(await connection.query(NEXT));
        }
        await connection.query("COMMIT");
        const reading = readEntries(entries, limits);
        return requireUsable({ grants: reading.grants, unusable: [...unusable, ...reading.unusable] });
    } catch (error) {
        await connection.query("ROLLBACK").catch(() => {});
        throw error;
    }
}

const NEXT = `FETCH ${BATCH} FROM zonekeeper`;

/**
 * Moments and addresses become texts as the reader of documents wants them,
 * whatever the settings of the session are; and only those of the rows that count.
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

/** Several statements in one text have an answer each; the last one is of the FETCH. */
function rowsIn(answer: unknown): readonly Row[] {
    const last = Array.isArray(answer) ? answer.at(-1) : answer;
    return (last as { readonly rows: readonly Row[] }).rows;
}
