import { fail } from "../../core/errors/errors";
import type { DocumentLimits } from "../../core/grants/grantAddresses";
import type { Reading } from "../../core/grants/grantsDocument";
import { type DocumentEnd, readJson, readText } from "./documentText";
import { readInThread } from "./documentThread";

/** More bytes than this are not read: 32 MiB hold some 200,000 grants as JSON. */
export const MOST_BYTES = 32 * 1024 * 1024;

/**
 * Documents up to these sizes are parsed on the event loop, which takes at most some 10 ms; starting a thread takes
 * longer.
 */
const SMALL_YAML = 4 * 1024;
export const SMALL_JSON = 256 * 1024;

/** The bytes in chunks, as they arrive. */
type Bytes = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

export interface ReadOptions {
    /** Gives up reading. */
    readonly signal?: AbortSignal;
    /** Whether the caller knows that the bytes are complete, see readText. @default "known" */
    readonly end?: DocumentEnd;
}

/**
 * Reads a grants document, YAML or JSON in UTF-8, from its bytes.
 *
 * A large document is read in a worker thread, so that the agent can remove ended grants on time meanwhile, whatever the
 * document contains.
 *
 * The messages have no subject: the adapter prefixes the source's name.
 *
 * @throws `source-unreadable`; the signal's reason; whatever the bytes throw
 */
export async function readDocument(
    bytes: Bytes,
    limits: DocumentLimits,
    { signal, end = "known" }: ReadOptions = {},
): Promise<Reading> {
    const whole = await collect(bytes);
    if (whole.length <= SMALL_YAML) return readText(whole, limits, end, signal);
    const reading = whole.length <= SMALL_JSON ? await readJson(whole, limits, signal) : undefined;
    return reading ?? readInThread(whole, { limits, end, ...(signal && { signal }) });
}

async function collect(bytes: Bytes): Promise<Uint8Array<ArrayBuffer>> {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of bytes) {
        size += chunk.length;
        if (size > MOST_BYTES) fail("source-unreadable", "it is longer than 32 MiB");
        chunks.push(chunk);
    }
    // With memory of its own, which can be handed to a thread. Buffer.concat may take it from a pool.
    const whole = new Uint8Array(size);
    let end = 0;
    for (const chunk of chunks) {
        whole.set(chunk, end);
        end += chunk.length;
    }
    return whole;
}
