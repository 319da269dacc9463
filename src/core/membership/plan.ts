import { formatSpan, parseSpan, type Span } from "../addresses/ip";
import { coversSpan, mergeSpans, separateSpans, subtractSpans } from "../addresses/spans";
import { indexOf } from "../grants/grantIndex";
import { type Grant, isActive } from "../grants/grants";
import { SENTINEL } from "../zones/zone";
import { assignShards } from "./shards";

/**
 * The desired and the actual content of the zones. The caller reads the clock, and has applied limits and the removal
 * brake.
 */
export interface PlanInput {
    /** The zones that share the membership, in their order; at least one. */
    readonly zones: readonly ZoneNow[];
    /** The grants to go by, active or not. */
    readonly grants: readonly Grant[];
    /** Milliseconds since 1970 in UTC. */
    readonly nowMs: number;
    /** Entries to keep besides the grants. @default [] */
    readonly staticGateways?: readonly Span[];
    /** What stays in the zones although no grant admits it; it may overlap active grants. @default [] */
    readonly keep?: readonly Span[];
    /** Addresses that no zone may contain, not even as static gateways. @default [] */
    readonly barred?: readonly Span[];
}

export interface ZoneNow {
    readonly id: string;
    /** Canonical ranges; one that cannot be parsed, such as IPv6, as Okta has it. */
    readonly gateways: readonly string[];
    /** The most gateways the zone may hold; at least 1. */
    readonly limit: number;
}

export interface Plan {
    /** One for each zone of the input, in the same order. */
    readonly zones: readonly ZonePlan[];
    /** Active grants that have no room, in whole or in part; also static gateways and kept ranges without room. */
    readonly refused: readonly Refusal[];
}

export interface ZonePlan {
    readonly id: string;
    /** The whole list, in address order: Okta replaces a zone's gateways, it does not patch them. */
    readonly gateways: readonly string[];
    /** Addresses that are added and removed, in the ranges of the list. */
    readonly add: readonly string[];
    readonly remove: readonly string[];
}

/** A grant or a range that is not as desired, and why. */
export interface Refusal {
    /** The id of a grant; `static <range>` or `held <range>` where it is about a range. */
    readonly id: string;
    /** Whether it is about a range, as a grant may have any id. @default false */
    readonly isRange?: true;
    readonly reason: string;
    /**
     *   room    the zones are full
     *   limit   a limit of the settings refuses the grant
     *   held    the removal brake holds the reading with the grant, or holds the range in its zone
     *   denied  the user, the address or the grant is denied
     *   unusable  the entry cannot be used; it stays as it was known
     */
    readonly kind: "room" | "limit" | "held" | "denied" | "unusable";
}

/**
 * Decides what the gateways of the zones should become.
 *
 *   zones now       room  active grants   zones then        because
 *   sentinel        150   none            sentinel          a zone is never empty
 *   sentinel        150   A               A                 the first grant replaces the sentinel
 *   B               150   A, B            A, B              gateways are in address order
 *   A, B            150   B               B                 a gateway goes when its grant is gone
 *   B               150   none            sentinel          the last grant leaves the sentinel behind
 *   A, C            150   A               A                 a gateway without a grant is drift
 *   nothing         150   none            sentinel          an emptied zone is drift too
 *   A               150   A, A            A                 two grants of one address need one gateway
 *   sentinel        150   A, A's /24      A's /24           what lies in another gateway needs none of its own
 *   C               1     A, C            C, A refused      those already in stay; newcomers find no room
 *   A               1     A, next to A    both in one range neighbours are merged when there is no other room
 *   A | B           150   A, B, C         A, C | B          an entry stays in its shard; newcomers fill the first
 *   A | sentinel    1     A, C            A | C             a full shard sends newcomers to the next
 *   A range | none  1     middle expired  ends apart        a range is cut, and moved only where it has no room
 *   A, IPv6         150   B               B, IPv6           what cannot be read stays as Okta has it
 *
 * What is to be kept stays where it is; what is barred is in no zone, whatever is granted.
 */
export function planGateways(input: PlanInput): Plan {
    const { zones, grants, nowMs, staticGateways = [], keep = [], barred = [] } = input;
    const out = mergeSpans(barred);
    const without = (spans: readonly Span[]) =>
        out.length === 0 ? spans : spans.flatMap((span) => subtractSpans(span, out));
    const granted = indexOf(grants).activeSpans(nowMs);
    const admitted = keep.length === 0 ? [] : mergeSpans(granted);
    const kept = keep.flatMap((span) => subtractSpans(span, admitted));
    const fixed = separateSpans(without([...staticGateways, ...kept]));
    const wanted = separateSpans([...fixed, ...without(granted)]);
    const live = zones.map(({ gateways, limit }) => ({
        spans: readable(gateways),
        limit: Math.max(1, limit - unreadable(gateways).length),
    }));
    const assigned = assignShards({ shards: live, fixed, wanted });
    const inside = mergeSpans(assigned.flat());
    return {
        zones: zones.map((zone, index) => zonePlan(zone, assigned[index] ?? [])),
        refused: withoutRoom({
            grants,
            granted,
            nowMs,
            staticGateways,
            kept,
            zones,
            inside: mergeSpans([...inside, ...out]),
        }),
    };
}

/** Whether any zone has to be written at all. Order and spelling of gateways mean nothing to Okta. */
export function changes({ add, remove }: ZonePlan): boolean {
    return add.length > 0 || remove.length > 0;
}

/** A zone as a list of addresses that count: without the sentinel, and without what cannot be read. */
export function readable(gateways: readonly string[]): Span[] {
    const spans = gateways.filter((text) => text !== SENTINEL).map((text) => parseSpan(text, "clear").span);
    return separateSpans(spans.filter((span) => span !== undefined));
}

/** The gateways of a zone that cannot be parsed, such as IPv6. They are not Zonekeeper's, and stay. */
export function unreadable(gateways: readonly string[]): readonly string[] {
    return gateways.filter((text) => parseSpan(text, "clear").span === undefined);
}

function zonePlan({ id, gateways: actual }: ZoneNow, spans: readonly Span[]): ZonePlan {
    const entries = [...spans.map(formatSpan), ...unreadable(actual)];
    return difference(id, actual, entries.length > 0 ? entries : [SENTINEL]);
}

/** The change from the actual gateways of a zone to others. */
export function difference(id: string, actual: readonly string[], gateways: readonly string[]): ZonePlan {
    return { id, gateways, add: beyond(gateways, actual), remove: beyond(actual, gateways) };
}

/** The parts of `these` that are not in `those`. What cannot be parsed is compared as text. */
function beyond(these: readonly string[], those: readonly string[]): string[] {
    const others = mergeSpans(those.flatMap((text) => parseSpan(text, "clear").span ?? []));
    return these.flatMap((text) => {
        const { span } = parseSpan(text, "clear");
        if (span === undefined) return those.includes(text) ? [] : [text];
        return subtractSpans(span, others).map(formatSpan);
    });
}

interface Found {
    readonly grants: readonly Grant[];
    /** The spans of active grants. */
    readonly granted: readonly Span[];
    readonly nowMs: number;
    readonly staticGateways: readonly Span[];
    readonly kept: readonly Span[];
    readonly zones: readonly ZoneNow[];
    readonly inside: readonly Span[];
}

/** A refusal for everything that is desired and has no room, so that nothing is dropped silently. */
function withoutRoom({ grants, granted, nowMs, staticGateways, kept, zones, inside }: Found): Refusal[] {
    const room = zones.reduce((sum, { limit }) => sum + limit, 0);
    const [zoneWord, verb] = zones.length === 1 ? ["the zone", "is"] : [`the ${zones.length} zones`, "are"];
    const reason = `no room: ${zoneWord} ${verb} full with ${room} entries; add a shard or end another grant`;
    const isOut = (span: Span) => !coversSpan(inside, span);
    const refusal = (id: string) => ({ id, reason, kind: "room" as const });
    const ofRange = (span: Span, what: string) => ({
        ...refusal(`${what} ${formatSpan(span)}`),
        isRange: true as const,
    });
    return [
        ...staticGateways.filter(isOut).map((span) => ofRange(span, "static")),
        ...kept.filter(isOut).map((span) => ofRange(span, "held")),
        ...(granted.some(isOut) ? grants : [])
            .filter((grant) => isActive(grant, nowMs) && grant.spans.some(isOut))
            .map(({ id }) => refusal(id)),
    ];
}
