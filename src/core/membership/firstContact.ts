import type { Span } from "../addresses/ip";
import { coversSpan, intersectSpan, mergeSpans, subtractSpans } from "../addresses/spans";
import { indexOf } from "../grants/grantIndex";
import type { Grant } from "../grants/grants";
import { applyBrake } from "./brake";
import type { MaxRemovals } from "./limits";
import { isRemoval } from "./losses";
import type { Memory } from "./memory";

/** A zone as lists of addresses. */
export interface LiveZone {
    readonly id: string;
    /** Sorted and apart; without the sentinel. */
    readonly spans: readonly Span[];
}

export interface FirstContactInput {
    readonly memory: Pick<Memory, "grants" | "ended" | "unknown" | "confirmation">;
    readonly zones: readonly LiveZone[];
    /** The grants to go by, active or not. */
    readonly grants: readonly Grant[];
    readonly staticGateways: readonly Span[];
    /** `apply` removes unknown entries within `maxRemovals`. */
    readonly firstContact: "hold" | "apply";
    readonly isConfirmed: boolean;
    /** How many removals were accepted within the window. */
    readonly recent: readonly string[];
    readonly maxRemovals: MaxRemovals;
    readonly nowMs: number;
}

export interface Unknown {
    /** By zone, those that were remembered included. */
    readonly zones: Readonly<Record<string, readonly Span[]>>;
    /** Addresses whose removal was confirmed. */
    readonly released: readonly Span[];
    /** Items that are removed without a confirmation and count towards the limit. */
    readonly counted: readonly string[];
}

/**
 * The entries of the zones that no grant explains.
 *
 *   the zone         an entry                          then
 *   not remembered   a known grant held it             is explained, also if that grant is no longer in effect
 *   not remembered   no active grant admits it         is unknown; with `apply` it goes, if few enough would
 *   remembered       was unknown, and is there         stays unknown
 *   remembered       was unknown, and is gone          is forgotten: another writer removed it
 *   either           was unknown, and is granted now   is forgotten: it ends with its grant
 *   either           is unknown, and was confirmed     goes
 *   remembered       is none of these                  is drift, which is not for this list
 */
export function findUnknown(input: FirstContactInput): Unknown {
    const { memory, zones, grants, staticGateways, isConfirmed, nowMs } = input;
    const explained = mergeSpans([...indexOf(grants).activeSpans(nowMs), ...staticGateways]);
    const isMet = zones.every(({ id }) => memory.unknown[id] !== undefined);
    const known = isMet
        ? []
        : mergeSpans([...explained, ...memory.ended, ...memory.grants.flatMap(({ spans }) => spans)]);
    const unknown: Record<string, readonly Span[]> = { ...memory.unknown };
    const released: Span[] = [];
    const counted: string[] = [];
    for (const { id, spans } of zones) {
        const remembered = unknown[id];
        const there = mergeSpans(spans);
        const candidates = remembered?.flatMap((span) => intersectSpan(span, there)) ?? spans;
        const without = remembered === undefined ? known : explained;
        const open = candidates.flatMap((span) => subtractSpans(span, without));
        const applied = remembered === undefined ? fewEnough(input, spans) : undefined;
        if (applied !== undefined) counted.push(...applied);
        const going = applied !== undefined || isConfirmed ? open : confirmedOf(open, memory);
        if (applied === undefined) released.push(...going);
        const gone = mergeSpans(going);
        unknown[id] = open.flatMap((span) => subtractSpans(span, gone));
    }
    return { zones: unknown, released, counted };
}

function confirmedOf(open: readonly Span[], { confirmation }: Pick<Memory, "confirmation">): Span[] {
    const confirmed = mergeSpans(confirmation?.spans ?? []);
    return open.flatMap((span) => intersectSpan(span, confirmed));
}

/** The items that `firstContact: apply` removes; undefined if they are held. */
function fewEnough(input: FirstContactInput, spans: readonly Span[]): readonly string[] | undefined {
    const { firstContact, staticGateways, grants, recent, maxRemovals, nowMs } = input;
    if (firstContact === "hold") return undefined;
    const fixed = mergeSpans(staticGateways);
    const entries = spans.filter((span) => !coversSpan(fixed, span));
    const { verdict, losses } = applyBrake({
        known: [],
        next: grants,
        entries,
        staticGateways,
        recent,
        maxRemovals,
        nowMs,
    });
    return verdict === "held" ? undefined : losses.filter(isRemoval).map(({ item }) => item);
}
