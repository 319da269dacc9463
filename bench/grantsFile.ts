import { writeFile } from "node:fs/promises";
import { formatSpan } from "../src/core/addresses/ip";
import type { Grant } from "../src/core/grants/grants";

/** The grants as a document of JSON, all of them permanent. */
export async function writeGrants(path: string, grants: readonly Grant[]): Promise<void> {
    const list = grants.map(({ id, spans, labels }) => ({
        id,
        ip: spans.map(formatSpan),
        permanent: true,
        ...(Object.keys(labels).length > 0 && { labels }),
    }));
    await writeFile(path, JSON.stringify({ grants: list }));
}
