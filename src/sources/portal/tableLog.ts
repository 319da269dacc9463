import { fail, hasCode } from "../../core/errors/errors";
import type { Waiting } from "../http/retry";
import type { Connection } from "../postgres/connect";
import { connect } from "../postgres/connect";
import { keptConnection } from "../postgres/keptConnection";
import { listen } from "../postgres/listen";
import { databaseProblem } from "../postgres/problem";
import { quoteText } from "../postgres/table";
import { namesakesSql, requireOneTable, SEE_ALL_ROWS } from "../postgres/visible";
import { HEAD_LENGTH, headIn } from "./chain";
import { type ChangeLog, lastLine, type News, type Position } from "./changeLog";
import { ofStore } from "./ofStore";
import { LINES, PORTAL_CHANNEL } from "./portalSchema";

export interface TableOptions extends Waiting {
    /** The URL with whatever password it has, read anew for each connection. */
    readonly url: () => string;
    /** What messages call the database. */
    readonly setting: string;
}

/** Of the locks of a database, the one with these numbers is ours. */
const LOCK = "2064384911, 16";

const [STATEMENT_MS, LOCK_MS, STILL_MS, ALL_MS] = [10_000, 5_000, 5_000, 12_000];

/** A log in a table of PostgreSQL, which any number of hosts share: a row for each line, numbered without gaps. */
export function tableLog(options: TableOptions): ChangeLog {
    const { url, setting } = options;
    const kept = keptConnection(url);
    const named = <T>(work: () => Promise<T>): Promise<T> => namedBy(setting, work);
    return {
        name: `PostgreSQL at ${setting}`,
        read: (position, signal) =>
            named(() =>
                kept.use(
                    async (connection) => {
                        const sql = (from: Position | undefined) =>
                            `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL statement_timeout = ${STATEMENT_MS};
                            ${SEE_ALL_ROWS}; ${namesakesSql(`"${LINES}"`)}; ${newSince(from)}; COMMIT`;
                        const answer = await connection.query(sql(position));
                        requireOneTable(answer);
                        const news = newsIn(answer, position);
                        return news ?? allIn(await connection.query(sql(undefined)));
                    },
                    ALL_MS,
                    signal,
                ),
            ),
        append: (position, decide) => {
            // Work is repeated where a connection turns out to be cut. A decision is made once.
            let isDecided = false;
            let refused: { readonly error: unknown } | undefined;
            const once: typeof decide = (news) => {
                isDecided = true;
                try {
                    return decide(news);
                } catch (error) {
                    refused = { error };
                    throw error;
                }
            };
            return named(() =>
                kept.use(
                    (connection) => {
                        if (refused !== undefined) throw refused.error;
                        if (isDecided)
                            fail("source-unreadable", "the connection was cut, and nobody knows what was kept");
                        return append(connection, position, once);
                    },
                    ALL_MS,
                    AbortSignal.timeout(ALL_MS),
                ),
            );
        },
        watch: (wake, signal) =>
            listen({ ...options, channel: PORTAL_CHANNEL, connect: (until) => connect(url(), until) }, wake, signal),
        close: () => kept.close(),
    };
}

async function append(
    connection: Connection,
    position: Position | undefined,
    decide: Parameters<ChangeLog["append"]>[1],
): Promise<Position> {
    const begin = `BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL statement_timeout = ${STATEMENT_MS};
        SET LOCAL lock_timeout = ${LOCK_MS}; SET LOCAL idle_in_transaction_session_timeout = ${STILL_MS};
        ${SEE_ALL_ROWS}; ${namesakesSql(`"${LINES}"`)}; SELECT pg_advisory_xact_lock(${LOCK}); ${newSince(position)}`;
    const answer = await connection.query(begin);
    requireOneTable(answer);
    const since = newsIn(answer, position);
    const news = since ?? allIn(await connection.query(newSince(undefined)));
    const { lines, isWhole = false } = decide(news);
    if (lines.length === 0) {
        await connection.query("COMMIT");
        return news.position;
    }
    const { end } = news.position;
    const values = lines.map((line, index) => `(${end + index + 1}, ${quoteText(line)})`).join(", ");
    const replaced = isWhole ? `DELETE FROM ${LINES} WHERE seq <= ${end};` : "";
    await connection.query(`${replaced} INSERT INTO ${LINES} (seq, line) VALUES ${values};
        SELECT pg_notify('${PORTAL_CHANNEL}', ''); COMMIT`);
    return { log: LINES, end: end + lines.length, last: lastLine(lines) };
}

/** With the beginning of the last line that was read, so that a table that was emptied or restored is noticed. */
function newSince(position: Position | undefined): string {
    const end = position?.end ?? 0;
    return `SELECT coalesce(max(seq), 0)::text AS last FROM ${LINES};
        SELECT seq::text, CASE WHEN seq = ${end} THEN left(line, ${HEAD_LENGTH + 1}) ELSE line END AS line
        FROM ${LINES} WHERE seq >= ${end} ORDER BY seq`;
}

/** Undefined where the last line that was read is not there as it was: all of them have to be read. */
function newsIn(answer: unknown, position: Position | undefined): News | undefined {
    const { end, rows } = resultsIn(answer);
    const lines = rows.map(({ line }) => String(line));
    if (position === undefined || position.end === 0) {
        return { lines, position: { log: LINES, end, last: lastLine(lines) }, isAnew: false };
    }
    const [before, ...since] = lines;
    if (rows[0]?.seq !== String(position.end) || headIn(before ?? "") !== position.last.head) return undefined;
    return { lines: since, position: { log: LINES, end, last: lastLine(since, position.last) }, isAnew: false };
}

function allIn(answer: unknown): News {
    const { end, rows } = resultsIn(answer);
    const lines = rows.map(({ line }) => String(line));
    return { lines, position: { log: LINES, end, last: lastLine(lines) }, isAnew: true };
}

function resultsIn(answer: unknown): { readonly end: number; readonly rows: readonly Row[] } {
    const results = answer as readonly { readonly command: string; readonly rows: readonly Row[] }[];
    const [[head] = [], rows = []] = results
        .filter(({ command }) => command === "SELECT")
        .slice(-2)
        .map((result) => result.rows);
    return { end: Number(head?.last ?? 0), rows };
}

type Row = Readonly<Record<string, unknown>>;

export async function namedBy<T>(setting: string, work: () => Promise<T>): Promise<T> {
    try {
        return await work();
    } catch (error) {
        const problem = hasCode(error, "source-unreadable") ? error.message : databaseProblem(error);
        if (problem === undefined) throw error;
        return fail("source-unreadable", ofStore(`PostgreSQL at ${setting}`, problem), { cause: error });
    }
}
