import { formatSpan } from "../../core/addresses/ip";
import { fail, hasCode } from "../../core/errors/errors";
import type { Grant } from "../../core/grants/grants";
import { readGrantsDocument } from "../../core/grants/grantsDocument";
import { readIfThere, writeDurably } from "../../durable";
import { tellMoment } from "../telling/telling";
import type { Snapshot, SnapshotStore } from "./grantsInForce";

/**
 * Keeps the grants that were read last in a file, as a grants document with the
 * moment of the reading, for the time after a restart while the source cannot be read:
 *
 *   { "source": "file grants.yaml", "readAt": "2026-12-01T12:00:00.000Z", "grants": [{ "id": "g1", "ip": ["203.0.113.7/32"], … }] }
 */
export function snapshotFile(path: string): SnapshotStore {
    // Of many grants most are the very same in the next snapshot, and are put into words once.
    const texts = new WeakMap<Grant, string>();
    const wordsOf = (grant: Grant) => {
        const text = texts.get(grant) ?? JSON.stringify(entryOf(grant));
        texts.set(grant, text);
        return text;
    };
    return {
        async read() {
            const text = await readIfThere(path).catch((cause: Error) =>
                fail("bad-input", `cannot read ${path}: ${cause.message}`, { cause }),
            );
            return text === undefined ? undefined : snapshotIn(text, path);
        },
        async write({ source, grants, readAtMs }) {
            const head = JSON.stringify({ source, readAt: tellMoment(readAtMs) }).slice(0, -1);
            await writeDurably(path, `${head},"grants":[${grants.map(wordsOf).join(",")}]}\n`);
        },
    };
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

/** These grants were usable when the source was read; whether they still are, the next reading tells. */
const ANY_ADDRESS = { widestPrefix: 1, allowUnroutable: true };

function snapshotIn(text: string, path: string): Snapshot {
    const remedy = "remove it, and the source is asked instead";
    try {
        const document = JSON.parse(text) as { readonly source?: unknown; readonly readAt?: unknown };
        const readAtMs = Date.parse(String(document.readAt));
        if (Number.isNaN(readAtMs)) return fail("bad-input", `${path} does not say when it was written: ${remedy}`);
        return { source: String(document.source), grants: readGrantsDocument(document, ANY_ADDRESS).grants, readAtMs };
    } catch (cause) {
        if (!(cause instanceof SyntaxError) && !hasCode(cause, "source-unreadable")) throw cause;
        return fail("bad-input", `${path} is not what the agent wrote: ${remedy}`, { cause });
    }
}
