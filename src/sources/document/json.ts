import { fail } from "../../core/errors/errors";
import { scanJson } from "./jsonKeys";

/** The result of parsing a text. Both are undefined for a text that is not JSON. */
export interface ParsedJson {
    readonly document?: unknown;
    /** The key that an object has twice, and its path, see duplicateKey. */
    readonly twice?: string;
    /** The deepest nesting of lists and maps. */
    readonly depth?: number;
}

/**
 * Parses JSON without loss: no two different values become equal.
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
    const { twice, oddNumbers, depth } = scanJson(text);
    if (twice !== undefined) return { twice };
    if (oddNumbers.length === 0) return { document, depth };
    const pieces: string[] = [];
    let end = 0;
    for (const { index, text: number } of oddNumbers) {
        pieces.push(text.slice(end, index), '"', number, '"');
        end = index + number.length;
    }
    pieces.push(text.slice(end));
    return { document: parsed(pieces.join("")), depth };
}

/**
 * The deepest nesting of a delivery, with some levels for fields of its sender. It is limited as serializing recurses.
 */
export const DEEPEST_BODY = 60;

/**
 * Reads the body of a delivery, or a line in which one was kept.
 *
 * @param deepest The deepest nesting that is accepted.
 * @throws `bad-input` that says what is wrong with it
 */
export function parseBody(bytes: Uint8Array, deepest: number): unknown {
    const text = utf8In(bytes);
    const { document, twice, depth = 0 } = text === undefined ? {} : parseJson(text);
    if (twice !== undefined) fail("bad-input", twice);
    if (document === undefined) fail("bad-input", "the body is not JSON in UTF-8");
    if (depth > deepest) fail("bad-input", `the body is nested deeper than ${deepest} levels`);
    return document;
}

/** Undefined for invalid UTF-8. */
function utf8In(bytes: Uint8Array): string | undefined {
    try {
        return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    } catch {
        return undefined;
    }
}

/** Undefined for a text that is not JSON; no JSON value is undefined. */
function parsed(text: string): unknown {
    try {
        return JSON.parse(text) as unknown;
    } catch (error) {
        if (error instanceof SyntaxError) return undefined;
        throw error;
    }
}
