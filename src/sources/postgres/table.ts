/** The longest name that PostgreSQL tells apart, in bytes. */
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

/** Unquoted names are folded to small letters, of ASCII only, as PostgreSQL does with UTF-8. */
function nameOf(part: string): string {
    if (part.startsWith('"')) return part.slice(1, -1).replaceAll('""', '"');
    return part.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
