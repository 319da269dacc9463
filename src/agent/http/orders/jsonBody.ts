import { duplicateKey } from "../../../sources/document/jsonKeys";

export type JsonObject = { readonly [name: string]: unknown };

/**
 * The JSON object that a body holds, without fields that are null; an empty one where the body is empty.
 *
 * @param shape What the body may be, for the message: `{"by": "NAME"}`.
 */
export function objectIn(body: unknown, shape: string): { readonly object: JsonObject } | { readonly problem: string } {
    if (!Buffer.isBuffer(body) || body.length === 0) return { object: {} };
    const text = body.toString("utf8");
    const json = parsed(text);
    if (typeof json !== "object" || json === null || Array.isArray(json))
        return { problem: `the body is not ${shape}` };
    const twice = duplicateKey(text);
    if (twice !== undefined) return { problem: twice };
    return { object: Object.fromEntries(Object.entries(json).filter(([, value]) => value !== null)) };
}

/** A text on one line, for logs and lists: line breaks and control characters become blanks. */
export function oneLine(text: string): string {
    return text.replace(/[\s\p{Cc}\p{Bidi_Control}]+/gu, " ").trim();
}

function parsed(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch (error) {
        if (error instanceof SyntaxError) return undefined;
        throw error;
    }
}
