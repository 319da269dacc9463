import { fail } from "../../core/errors/errors";
import { nameInSql, quoteText } from "./table";

/**
 * Makes PostgreSQL raise an error, in this transaction, if row level security would leave rows out of a result:
 * rows that are hidden would count as grants that were withdrawn.
 * Source: PostgreSQL, Client Connection Defaults, `row_security`.
 */
export const SEE_ALL_ROWS = "SET LOCAL row_security = off";

/**
 * Lists the tables and views of this name in all schemas, for requireOneTable. Which one a name without a schema
 * stands for depends on the search path, on which schemas exist, and on the rights on them, and may change unnoticed.
 * With a schema it stands for one only, and nothing is listed.
 *
 * @param table As tableSql gives it.
 */
export function namesakesSql(table: string): string {
    const name = nameInSql(table);
    const isOfName = name === undefined ? "false" : `relname = ${quoteText(name)}`;
    return `SELECT pg_catalog.format('%I.%I', nspname, relname) AS namesake
        FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
        WHERE ${isOfName} AND relkind IN ('r', 'v', 'm', 'f', 'p') AND (n.oid = pg_catalog.pg_my_temp_schema()
            OR (nspname <> 'information_schema' AND NOT pg_catalog.starts_with(nspname::text, 'pg_')))
        ORDER BY 1 LIMIT 2`;
}

/**
 * @param answer The results of several statements, one of which is namesakesSql.
 * @throws `source-unreadable` where several tables or views have the name
 */
export function requireOneTable(answer: unknown): void {
    const results = answer as readonly { readonly rows: readonly { readonly namesake?: string }[] }[];
    const [first, second] = results.flatMap(({ rows }) => rows.flatMap(({ namesake }) => namesake ?? []));
    if (second === undefined) return;
    fail(
        "source-unreadable",
        `several tables or views have this name, ${first} and ${second} among them, and the search path decides which of them is read; write the schema as well, such as table: ${first}`,
    );
}
