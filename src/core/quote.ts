/** Longer texts are cut: a source may put a megabyte where an address belongs. */
const LONGEST = 80;

/** Somebody else's value as a message may hold it: in quotes, on one line, and not for ever. */
export function quote(value: unknown): string {
    if (typeof value === "string") return JSON.stringify(cut(value));
    return cut(JSON.stringify(value) ?? String(value));
}

function cut(text: string): string {
    return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`;
}
