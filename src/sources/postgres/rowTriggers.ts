import { quoteText } from "./table";

/** What says that the triggers of a table notify of each of its changed rows. */
export interface RowTriggers {
    /** The table's object id (`pg_class.oid`). */
    readonly relation: string;
    /** Differs after every change of the triggers or their functions, also one that was taken back. */
    readonly triggers: string;
}

/** `pg_trigger.tgtype`: the statements INSERT, DELETE, UPDATE and TRUNCATE. */
const EVERY_STATEMENT = 4 + 8 + 16 + 32;
const TRUNCATE = 32;

/**
 * Selects the table, see RowTriggers, if the triggers of schemaSql notify of every change of its rows, and nothing otherwise:
 *
 *   what                                            why its rows cannot be followed
 *   a view, a foreign table                         its rows change in other tables
 *   a partitioned table, a partition, a parent or   a statement that names the one changes rows of the other, and triggers
 *   a child of another table                        of statements fire for the table that is named
 *   the target of a subscription                    what it applies fires no triggers of statements
 *   one without one of the triggers, or with one    what it would notify of stays unsaid
 *   that is off or has a condition
 *
 * The table's name stands for the same as long as it is locked. Source: PostgreSQL, CREATE TRIGGER; pg_trigger; Logical Replication,
 * Architecture.
 *
 * @param table As tableSql gives it.
 */
export function rowTriggersSql(table: string, channel: string): string {
    const name = `${quoteText(table)}::pg_catalog.regclass`;
    return `SELECT c.oid::text AS relation,
            pg_catalog.string_agg(pg_catalog.concat_ws(' ', t.oid, t.xmin, p.oid, p.xmin), ',' ORDER BY t.oid) AS triggers
        FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_trigger AS t ON t.tgrelid = c.oid
            JOIN pg_catalog.pg_proc AS p ON p.oid = t.tgfoid
        WHERE c.oid = ${name} AND relkind = 'r' AND NOT tgisinternal AND tgenabled IN ('O', 'A') AND tgqual IS NULL
            AND tgattr = '' AND pg_catalog.strpos(prosrc, ${quoteText(channel)}) > 0
            AND (tgnewtable IS NOT NULL OR tgoldtable IS NOT NULL OR tgtype & ${TRUNCATE} <> 0)
            AND NOT EXISTS (SELECT FROM pg_catalog.pg_inherits WHERE c.oid IN (inhparent, inhrelid))
            AND NOT EXISTS (SELECT FROM pg_catalog.pg_subscription_rel WHERE srrelid = c.oid)
        GROUP BY c.oid HAVING pg_catalog.bit_or(tgtype::int) & ${EVERY_STATEMENT} = ${EVERY_STATEMENT}`;
}

/** @param answer The results of several statements, one of which is rowTriggersSql. */
export function rowTriggersIn(answer: unknown): RowTriggers | undefined {
    const results = answer as readonly { readonly rows: readonly Partial<RowTriggers>[] }[];
    const [found] = results.flatMap(({ rows }) =>
        rows.flatMap(({ relation, triggers }) => (relation && triggers ? [{ relation, triggers }] : [])),
    );
    return found;
}
