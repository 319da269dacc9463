/** A JSON object of Okta's, of which only some fields are known here. */
export type Document = { [field: string]: unknown };

/** Whether a value is a JSON object: not null, not a list. */
export function isDocument(value: unknown): value is Document {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value as a JSON object; anything else counts as an empty one. */
export function documentOf(value: unknown): Document {
    return isDocument(value) ? value : {};
}

/** The strings of a list; anything else counts as none. */
export function stringsOf(value: unknown): readonly string[] {
    return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

/** A copy without some fields. */
export function without(document: Document, ...fields: readonly string[]): Document {
    return Object.fromEntries(Object.entries(document).filter(([field]) => !fields.includes(field)));
}

/** A copy that shares nothing with the original. */
export function copyOf<T>(value: T): T {
    return structuredClone(value);
}
