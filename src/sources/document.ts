import { fail } from "../core/errors/errors";
import { grantsListOf } from "../core/grants/documentShape";
import type { DocumentLimits } from "../core/grants/grantAddresses";
import { type Reading, readGrantsDocument } from "../core/grants/grantsDocument";
import { isCutOff } from "./cutOff";
import { duplicateKey } from "./jsonKeys";
import { parseYaml } from "./yaml";

/** More bytes than this are not read: 32 MiB hold some 200,000 grants as JSON. */
export const MOST_BYTES = 32 * 1024 * 1024;

/** Reading YAML takes some 150 times its size in memory, so a longer text has to be JSON. */
const MOST_YAML = 8 * 1024 * 1024;

/** In pieces, as they arrive. */
type Bytes = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/**
 * Reads a grants document, YAML or JSON in UTF-8, from its bytes.
 *
 * The messages have no subject: the adapter puts the source's name in front.
 *
 * @param end Whether whoever gives the bytes knows that these are all. Where it does not, only JSON is read, as JSON
 * that is cut off is no JSON.
 * @throws `source-unreadable`; whatever the bytes throw
 */
export async function readDocument(
    bytes: Bytes,
    limits: DocumentLimits,
    end: "known" | "unknown" = "known",
): Promise<Reading> {
    const text = decode(await collect(bytes));
    const document = await parseText(text, end);
    if (isCutOff(text, grantsListOf(document), limits)) {
        fail("source-unreadable", "it seems to be cut off: it ends within a grant, without a line end");
    }
    return readGrantsDocument(document, limits);
}

async function collect(bytes: Bytes): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of bytes) {
        size += chunk.length;
        if (size > MOST_BYTES) fail("source-unreadable", "it is longer than 32 MiB");
        chunks.push(chunk);
    }
    return Buffer.concat(chunks);
}

function decode(bytes: Uint8Array): string {
    try {
        return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    } catch (cause) {
        return fail("source-unreadable", "it is not UTF-8 text", { cause });
    }
}

async function parseText(text: string, end: "known" | "unknown"): Promise<unknown> {
    const [first] = /\S/.exec(text) ?? [];
    if (first === undefined) return fail("source-unreadable", "it is empty; nobody is `grants: []`");
    if (first === "<") return fail("source-unreadable", "it is HTML or XML, not YAML or JSON");
    const json = first === "{" || first === "[" ? parseJson(text) : undefined;
    if (json !== undefined) return json;
    if (end === "unknown") {
        return fail(
            "source-unreadable",
            "its end cannot be told from a broken connection: have the server send Content-Length or chunks, or JSON",
        );
    }
    if (text.length > MOST_YAML) {
        return fail("source-unreadable", "it is not valid JSON, and too long to be YAML, which may have 8 MiB");
    }
    const { document, problem } = await parseYaml(text);
    return problem === undefined ? document : fail("source-unreadable", problem);
}

/** Much faster than YAML, which contains JSON and says better what is wrong with it. */
function parseJson(text: string): object | undefined {
    try {
        const document = JSON.parse(text) as object;
        const twice = duplicateKey(text);
        return twice === undefined ? document : fail("source-unreadable", twice);
    } catch (error) {
        if (error instanceof SyntaxError) return undefined;
        throw error;
    }
}
