import { fail } from "../../core/errors/errors";
import { grantsListOf } from "../../core/grants/documentShape";
import type { DocumentLimits } from "../../core/grants/grantAddresses";
import { type Reading, readingEntries, requireUsable } from "../../core/grants/grantsDocument";
import { inSlices } from "../slices";
import { parseJson } from "./json";
import { isCutOff } from "./truncated";
import { parseYaml } from "./yaml";

/** Reading YAML takes some 150 times its size in memory, so a longer text has to be JSON. */
const MOST_YAML = 8 * 1024 * 1024;

export type DocumentEnd = "known" | "unknown";

/**
 * Reads a grants document, YAML or JSON in UTF-8. Parsing blocks the event loop; reading the entries does not.
 *
 * @param end Whether the caller knows that the bytes are complete. If not, only JSON is read, as truncated JSON is
 * invalid.
 * @throws `source-unreadable`; the signal's reason
 */
export async function readText(
    bytes: Uint8Array,
    limits: DocumentLimits,
    end: DocumentEnd,
    signal?: AbortSignal,
): Promise<Reading> {
    const text = decode(bytes);
    return readingOf(text, await parseText(text, end), limits, signal);
}

/**
 * The same for a text that is JSON; undefined for one that is not.
 *
 * @throws `source-unreadable`; the signal's reason
 */
export async function readJson(
    bytes: Uint8Array,
    limits: DocumentLimits,
    signal?: AbortSignal,
): Promise<Reading | undefined> {
    const text = decode(bytes);
    const document = isJsonLike(text) ? jsonIn(text) : undefined;
    return document === undefined ? undefined : readingOf(text, document, limits, signal);
}

async function readingOf(
    text: string,
    document: unknown,
    limits: DocumentLimits,
    signal: AbortSignal | undefined,
): Promise<Reading> {
    const list = grantsListOf(document);
    if (isCutOff(text, list, limits)) {
        fail("source-unreadable", "it seems to be cut off: it ends within a grant, without a line end");
    }
    return requireUsable(await inSlices(readingEntries(list, limits), signal));
}

function decode(bytes: Uint8Array): string {
    try {
        return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    } catch (cause) {
        return fail("source-unreadable", "it is not UTF-8 text", { cause });
    }
}

function firstOf(text: string): string | undefined {
    return /\S/.exec(text)?.[0];
}

function isJsonLike(text: string): boolean {
    const first = firstOf(text);
    return first === "{" || first === "[";
}

async function parseText(text: string, end: DocumentEnd): Promise<unknown> {
    const first = firstOf(text);
    if (first === undefined) return fail("source-unreadable", "it is empty; to grant nobody, write `grants: []`");
    if (first === "<") return fail("source-unreadable", "it is HTML or XML, not YAML or JSON");
    const json = isJsonLike(text) ? jsonIn(text) : undefined;
    if (json !== undefined) return json;
    if (end === "unknown") {
        return fail(
            "source-unreadable",
            "its end cannot be distinguished from a broken connection: have the server send Content-Length or chunks, or JSON",
        );
    }
    if (text.length > MOST_YAML) {
        return fail("source-unreadable", "it is not valid JSON, and too long to be YAML, which may have 8 MiB");
    }
    const { document, problem } = await parseYaml(text, "as-written");
    return problem === undefined ? document : fail("source-unreadable", problem);
}

/**
 * Parses a text as JSON, which is much faster than YAML. Invalid JSON is left to the YAML parser, which has better
 * messages.
 */
function jsonIn(text: string): unknown {
    const { document, twice } = parseJson(text);
    return twice === undefined ? document : fail("source-unreadable", twice);
}
