import { formatSpan } from "../../src/core/addresses/ip";
import type { Grant } from "../../src/core/grants/grants";

/** The document that readGrantsDocument reads as these grants. */
export function documentOf(grants: readonly Grant[]): { readonly grants: readonly object[] } {
    return { grants: grants.map(entryOf) };
}

function entryOf({ spans, startsAtMs, expiresAtMs, ...same }: Grant): object {
    return {
        ...same,
        ip: spans.map(formatSpan),
        ...(startsAtMs !== undefined && { startsAt: new Date(startsAtMs).toISOString() }),
        ...(expiresAtMs === undefined ? { permanent: true } : { expiresAt: new Date(expiresAtMs).toISOString() }),
    };
}
