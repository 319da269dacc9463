import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";

import { fail, hasCode } from "../core/errors";
import type { Grant } from "../core/grants";
import { readGrantsDocument } from "../core/grantsDocument";
import { formatSpan } from "../core/ip";
import { readWholeFile, writeWholeFile } from "../wholeFile";
import type { Snapshot, SnapshotStore } from "./grantsInForce";
import { tellMoment } from "./telling";

/**
 * Keeps the grants that were read last in a file, as a grants document with the
 * moment of the reading, for the time after a restart while the source cannot be read:
 *
 *   { "readAt": "2026-12-01T12:00:00.000Z", "grants": [{ "id": "g1", "ip": ["203.0.113.7/32"], … }] }
 */
export function snapshotFile(path: string): SnapshotStore {
    return {
        async read() {
            const text = await readWholeFile(path).catch((cause: Error) =>
                fail("bad-input", `cannot read ${path}: ${cause.message}`, { cause }),
            );
            return text === undefined ? undefined : snapshotIn(text, path);
        },
        async write(snapshot) {
            await mkdir(dirname(path), { recursive: true, mode: 0o700 });
            await writeWholeFile(path, `${textOf(snapshot)}\n`);
        },
    };
}

function textOf({ grants, readAtMs }: Snapshot): string {
    return JSON.stringify({ readAt: tellMoment(readAtMs), grants: grants.map(entryOf) });
}

function entryOf({ id, user, spans, startsAtMs, expiresAtMs, reason, labels }: Grant) {
    return {
        id,
        user,
        ip: spans.map(formatSpan),
        ...(startsAtMs !== undefined && { startsAt: tellMoment(startsAtMs) }),
        ...(expiresAtMs === undefined ? { permanent: true } : { expiresAt: tellMoment(expiresAtMs) }),
        reason,
        labels,
    };
}

/** Every width was allowed when the source said it; whether it still is, the next reading tells. */
const ANY_WIDTH = { widestPrefix: 1 };

function snapshotIn(text: string, path: string): Snapshot {
    const remedy = "remove it, and the source is asked instead";
    try {
        const document = JSON.parse(text) as { readonly readAt?: unknown };
        const readAtMs = Date.parse(String(document.readAt));
        if (Number.isNaN(readAtMs)) return fail("bad-input", `${path} does not say when it was written: ${remedy}`);
        return { grants: readGrantsDocument(document, ANY_WIDTH).grants, readAtMs };
    } catch (cause) {
        if (!(cause instanceof SyntaxError) && !hasCode(cause, "source-unreadable")) throw cause;
        return fail("bad-input", `${path} is not what the agent wrote: ${remedy}`, { cause });
    }
}
