import { scanJson } from "./jsonKeys";

/** What a text says. Both are undefined for one that is not JSON. */
export interface ParsedJson {
    readonly document?: unknown;
    /** The key that an object has twice, and where, as duplicateKey gives it. */
    readonly twice?: string;
}

/**
 * Reads JSON in which no two values become one.
 *
 *   text                  value
 *   7, 1.5, -1            the number
 *   1234567890123456789   the text of these digits: the nearest number of JavaScript is 1234567890123456800
 *   1.0, 1e3, -0, 1e999   the text, too, as an id may be written so
 *   { "a": 1, "a": 2 }    none
 */
export function parseJson(text: string): ParsedJson {
    const document = parsed(text);
    if (document === undefined) return {};
    const { twice, oddNumbers } = scanJson(text);
    if (twice !== undefined) return { twice };
    if (oddNumbers.length === 0) return { document };
    const pieces: string[] = [];
    let end = 0;
    for (const { index, text: number } of oddNumbers) {
        pieces.push(text.slice(end, index), '"', number, '"');
        end = index + number.length;
    }
    pieces.push(text.slice(end));
    return { document: parsed(pieces.join("")) };
}

/** No JSON is undefined. */
function parsed(text: string): unknown {
    try {
        return JSON.parse(text) as unknown;
    } catch (error) {
        if (error instanceof SyntaxError) return undefined;
        throw error;
    }
}
