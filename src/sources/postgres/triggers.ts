import type { Announcement } from "../source";
import type { Connection } from "./connect";
import { rowTriggersIn, rowTriggersSql } from "./rowTriggers";
import { quoteText } from "./table";
import { SEE_ALL_ROWS } from "./visible";

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
    const asked = `${triggersSql(table, channel)}; ${rowTriggersSql(table, channel)}`;
    const answer = await connection.query(`BEGIN READ ONLY; ${SEE_ALL_ROWS}; ${asked}; COMMIT`);
    const results = answer as readonly { readonly rows: readonly Partial<Triggers>[] }[];
    const every = results.flatMap(({ rows }) => rows.filter((row) => "every" in row))[0]?.every ?? null;
    if (every === null) return undefined;
    if (rowTriggersIn(answer) !== undefined) return "rows";
    return every > 0 ? "changes" : "nothing";
}

interface Triggers {
    /** Null for what is no table. */
    readonly every: number | null;
}

function triggersSql(table: string, channel: string): string {
    return `SELECT CASE WHEN relkind IN ('r', 'p') THEN count(t.oid)::int END AS every
        FROM pg_catalog.pg_class AS c LEFT JOIN (pg_catalog.pg_trigger AS t JOIN pg_catalog.pg_proc AS p ON p.oid = t.tgfoid)
            ON t.tgrelid = c.oid AND NOT tgisinternal AND tgenabled IN ('O', 'A')
                AND pg_catalog.strpos(prosrc, ${quoteText(channel)}) > 0
        WHERE c.oid = ${quoteText(table)}::pg_catalog.regclass GROUP BY c.oid, relkind`;
}
