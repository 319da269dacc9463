import type { Announcement } from "../source";
import type { Connection } from "./connect";
import { quoteText } from "./table";
import { SEE_ALL_ROWS } from "./visible";

/** One for each of INSERT, UPDATE and DELETE. */
const OF_ROWS = 3;

/**
 * What the triggers of a table notify of on a channel, see schemaSql.
 *
 * @param table As tableSql gives it.
 * @returns undefined for a view, whose tables may have triggers
 * @throws what `pg` throws
 */
export async function announcementOf(
    connection: Connection,
    table: string,
    channel: string,
): Promise<Announcement | undefined> {
    const answer = await connection.query(`BEGIN READ ONLY; ${SEE_ALL_ROWS}; ${triggersSql(table, channel)}; COMMIT`);
    const results = answer as readonly { readonly rows: readonly Partial<Triggers>[] }[];
    const [{ every = 0, with_rows: withRows = 0 } = {}] = results.flatMap(({ rows }) => rows);
    if (every === null) return undefined;
    if (withRows >= OF_ROWS) return "rows";
    return every > 0 ? "changes" : "nothing";
}

interface Triggers {
    /** Null for what is no table. */
    readonly every: number | null;
    /** Those that see the changed rows. */
    readonly with_rows: number;
}

function triggersSql(table: string, channel: string): string {
    return `SELECT CASE WHEN relkind IN ('r', 'p') THEN count(t.oid)::int END AS every,
            (count(t.oid) FILTER (WHERE tgoldtable IS NOT NULL OR tgnewtable IS NOT NULL))::int AS with_rows
        FROM pg_catalog.pg_class AS c LEFT JOIN (pg_catalog.pg_trigger AS t JOIN pg_catalog.pg_proc AS p ON p.oid = t.tgfoid)
            ON t.tgrelid = c.oid AND NOT tgisinternal AND tgenabled IN ('O', 'A')
                AND pg_catalog.strpos(prosrc, ${quoteText(channel)}) > 0
        WHERE c.oid = ${quoteText(table)}::pg_catalog.regclass GROUP BY c.oid, relkind`;
}
