import { fail } from "../../core/errors/errors";
import { scanJson } from "./jsonKeys";

/** What a text says. Both are undefined for one that is not JSON. */
export interface ParsedJson {
    readonly document?: unknown;
    /** The key that an object has twice, and where, as duplicateKey gives it. */
    readonly twice?: string;
    /** How many lists and maps are in each other, at most. */
    readonly depth?: number;
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

/** The deepest that a delivery is, with some levels for fields of its sender: it is written again, which recurses. */
export const DEEPEST_BODY = 60;

/**
 * Reads the body of a delivery, or a line in which one was kept.
 *
 * @param deepest How many lists and maps may be in each other.
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

/** Undefined for what is none. */
function utf8In(bytes: Uint8Array): string | undefined {
    try {
        return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    } catch {
        return undefined;
    }
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
