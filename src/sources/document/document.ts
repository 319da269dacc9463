import { fail } from "../../core/errors/errors";
import type { DocumentLimits } from "../../core/grants/grantAddresses";
import type { Reading } from "../../core/grants/grantsDocument";
import { type DocumentEnd, readJson, readText } from "./documentText";
import { readInThread } from "./documentThread";

/** More bytes than this are not read: 32 MiB hold some 200,000 grants as JSON. */
export const MOST_BYTES = 32 * 1024 * 1024;

/** Documents up to these sizes are parsed at once, whatever is in them in some 10 ms; a thread takes longer to start. */
const SMALL_YAML = 4 * 1024;
export const SMALL_JSON = 256 * 1024;

/** In pieces, as they arrive. */
type Bytes = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

export interface ReadOptions {
    /** Gives up reading. */
    readonly signal?: AbortSignal;
    /** Whether whoever gives the bytes knows that these are all, see readText. @default "known" */
    readonly end?: DocumentEnd;
}

/**
 * Reads a grants document, YAML or JSON in UTF-8, from its bytes.
 *
 * A large document is read in a thread of its own, so that whatever is in it, the agent takes out in time whose grant
 * ends meanwhile.
 *
 * The messages have no subject: the adapter puts the source's name in front.
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
