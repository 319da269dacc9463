/** A JSON object of Okta, of which unknown fields are ignored. */
export type Fields = Readonly<Record<string, unknown>>;

/** The fields of an object; none of anything else. */
export function fieldsOf(value: unknown): Fields {
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

export function textOf(value: unknown): string | undefined {
    return typeof value === "string" ? value : undefined;
}

export function numberOf(value: unknown): number | undefined {
    return typeof value === "number" ? value : undefined;
}

/** The texts of a list; none of anything else. */
export function textsOf(value: unknown): readonly string[] {
    return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

/** The milliseconds of a date and time that Okta wrote. */
export function momentOf(value: unknown): number | undefined {
    const ms = Date.parse(textOf(value) ?? "");
    return Number.isNaN(ms) ? undefined : ms;
}
