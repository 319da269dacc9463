/** An entry has eight fields that are read, and any number that the source adds. */
const MOST_FIELDS = 1000;

/** The most labels of a grant, and the most characters of the name or the value of a label. */
const [MOST_LABELS, LONGEST_LABEL] = [100, 1000];

/** The field of an entry that exceeds a limit, and the limit; undefined where none does. */
export function excessIn(entry: object): { readonly field: string; readonly reason: string } | undefined {
    const fields = Object.keys(entry).length;
    if (fields > MOST_FIELDS) {
        return { field: "grant", reason: `has ${fields} fields, more than the ${MOST_FIELDS} that are read` };
    }
    const { labels } = entry as { readonly labels?: unknown };
    if (typeof labels !== "object" || labels === null || Array.isArray(labels)) return undefined;
    const names = Object.keys(labels);
    if (names.length > MOST_LABELS) {
        return { field: "labels", reason: `has ${names.length} labels, more than the ${MOST_LABELS} that are read` };
    }
    const isLong = (text: unknown) => typeof text === "string" && text.length > LONGEST_LABEL;
    return names.some((name) => isLong(name) || isLong((labels as Readonly<Record<string, unknown>>)[name]))
        ? { field: "labels", reason: `has a name or a value of more than ${LONGEST_LABEL} characters` }
        : undefined;
}
