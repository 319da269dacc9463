/** The longest name that PostgreSQL does not truncate, in bytes. */
const MOST_BYTES = 63;

/**
 * The name of a table or a view as SQL may hold it; undefined where a text is no such name.
 * It is read as PostgreSQL reads it, so small and capital letters are the same without quotes.
 *
 *   text              SQL
 *   grants            "grants"
 *   Access.Grants     "access"."grants"
 *   "Access".grants   "Access"."grants"
 *   "a.b ""c"""       "a.b ""c"""
 *   grants; DROP …    none
 */
export function tableSql(text: string): string | undefined {
    const part = String.raw`(?:[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*|"(?:[^"\0]|"")+")`;
    const [, schema, table] = new RegExp(String.raw`^(?:(${part})\.)?(${part})$`).exec(text) ?? [];
    if (table === undefined) return undefined;
    const parts = [schema, table].filter((name) => name !== undefined).map(nameOf);
    if (parts.some((name) => Buffer.byteLength(name) > MOST_BYTES)) return undefined;
    return parts.map(quoteName).join(".");
}

/** A name as SQL holds it, whatever is in it. */
export function quoteName(name: string): string {
    return `"${name.replaceAll('"', '""')}"`;
}

/** The name of a table without its quotes; undefined where it has a schema. @param table As tableSql gives it. */
export function nameInSql(table: string): string | undefined {
    return /^"(?:[^"]|"")+"$/.test(table) ? table.slice(1, -1).replaceAll('""', '"') : undefined;
}

/** The name of an additional table, from the name of a table and a suffix. @param table As tableSql gives it. */
export function besideTable(table: string, suffix: string): string {
    return `${table.slice(0, -1)}_${suffix}"`;
}

/** A name in the schema of a table; without a schema where the table has none. @param table As tableSql gives it. */
export function sameSchema(table: string, name: string): string {
    const [schema = ""] = /^"(?:[^"]|"")+"\./.exec(table) ?? [];
    return `${schema}${quoteName(name)}`;
}

/** A text as SQL holds it, whatever is in it but NUL, and however the server takes backslashes. */
export function quoteText(text: string): string {
    return `E'${text.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
}

/** Unquoted names are folded to small letters, of ASCII only, as PostgreSQL does with UTF-8. */
function nameOf(part: string): string {
    if (part.startsWith('"')) return part.slice(1, -1).replaceAll('""', '"');
    return part.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
