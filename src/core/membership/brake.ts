import { formatSpan, type Span } from "../addresses/ip";
import { coversSpan, mergeSpans, subtractSpans } from "../addresses/spans";
import { type Grant, isExpired } from "../grants/grants";
import type { MaxRemovals } from "./limits";

export interface RemovalInput {
    /** What the zones hold, all entries of all shards. */
    readonly live: readonly Span[];
    /** What they would hold next. */
    readonly next: readonly Span[];
    readonly grants: readonly Grant[];
    readonly nowMs: number;
    readonly staticGateways: readonly Span[];
}

/** What a change would take away. */
export interface Removal {
    /** Live granted entries: static gateways do not count. */
    readonly live: number;
    /** How many of them would lose addresses although no grant for these has reached its end. */
    readonly lost: number;
    /** Those addresses. */
    readonly held: readonly string[];
    /** What reached its end and nobody else was granted, sorted and apart: it goes even while the brake holds. */
    readonly ended: readonly Span[];
}

/** Tells removals that time explains from those that somebody, or a broken source, caused. */
export function countRemovals({ live, next, grants, nowMs, staticGateways }: RemovalInput): Removal {
    const wanted = mergeSpans(next);
    const expired = mergeSpans(grants.filter((grant) => isExpired(grant, nowMs)).flatMap(({ spans }) => spans));
    const ended = expired.flatMap((span) => subtractSpans(span, wanted));
    const explained = mergeSpans([...wanted, ...ended]);
    const fixed = mergeSpans(staticGateways);
    const granted = live.filter((span) => !coversSpan(fixed, span));
    const lost = granted.map((span) => subtractSpans(span, explained)).filter((pieces) => pieces.length > 0);
    return {
        live: granted.length,
        lost: lost.length,
        held: lost.flat().map(formatSpan),
        ended,
    };
}

/** Whether the brake of `maxRemovals` holds the change. */
export function exceeds({ live, lost }: Removal, limit: MaxRemovals | undefined): boolean {
    if (limit === undefined) return false;
    return "count" in limit ? lost > limit.count : lost * 100 > limit.percent * live;
}
