import { fail } from "../core/errors/errors";
import { type OktaRanges, readOktaRanges } from "../core/ranges/oktaRanges";
import { duplicateKey } from "../sources/document/jsonKeys";

/** Ninety times the file of July 2026. */
const MOST_BYTES = 8 * 1024 * 1024;

/**
 * A text from its bytes, as they arrive.
 *
 * @throws `ranges-unreadable`, without a subject; whatever the bytes throw
 */
export async function readText(bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<string> {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of bytes) {
        size += chunk.length;
        if (size > MOST_BYTES) return fail("ranges-unreadable", `it is longer than ${MOST_BYTES / 1024 / 1024} MiB`);
        chunks.push(chunk);
    }
    try {
        return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
    } catch (cause) {
        return fail("ranges-unreadable", "it is not UTF-8 text", { cause });
    }
}

/**
 * Okta's ranges from the text of a file.
 *
 * @throws `ranges-unreadable`; the message has no subject, which the caller puts in front
 */
export function parseRanges(text: string): OktaRanges {
    const [first] = /\S/.exec(text) ?? [];
    if (first === undefined) return fail("ranges-unreadable", "it is empty");
    if (first === "<") return fail("ranges-unreadable", "it is HTML or XML, not JSON: is this the right address?");
    const document = parseJson(text);
    const twice = duplicateKey(text);
    return twice === undefined ? readOktaRanges(document) : fail("ranges-unreadable", twice);
}

function parseJson(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        return fail("ranges-unreadable", "it is not JSON, or not all of it: it may have been cut off");
    }
}
