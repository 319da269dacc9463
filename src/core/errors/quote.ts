/** Longer texts are truncated: a source may have a megabyte in place of an address. */
const LONGEST = 80;

/**
 * A foreign value for a message: on one line, and of limited length. The content
 * of lists and maps is left out.
 */
export function quote(value: unknown): string {
    if (typeof value === "string") {
        return JSON.stringify(value.length <= LONGEST ? value : `${value.slice(0, LONGEST)}…`);
    }
    if (Array.isArray(value)) return "a list";
    return typeof value === "object" && value !== null ? "a map" : String(value);
}

/**
 * A text for a terminal: a grant's id must not be able to move the cursor, to colour what follows, to turn it round
 * (U+202E and its kind), or to begin a line (U+2028 and U+2029). A carriage return before a line feed is left out.
 */
export function printable(text: string): string {
    return text
        .replaceAll("\r\n", "\n")
        .replace(
            /[^\P{Cc}\n\t]|\p{Bidi_Control}|[\u2028\u2029]/gu,
            (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
        );
}

/** A text on one line for people to read: its own line feeds are spaces, so that it cannot forge another line. */
export function unbroken(text: string): string {
    return printable(text).replace(/\s*[\n\t]\s*/g, " ");
}

/** A printable value on one line. */
export function oneLine(value: string): string {
    return printable(value).replaceAll("\n", "\\n").replaceAll("\t", "\\t");
}
