import { formatSpan, parseSpan, type Span, sizeOf } from "../addresses/ip";
import { firstReaching, mergeSpans, separateSpans, subtractSpans } from "../addresses/spans";
import { type Grant, isActive } from "../grants/grants";
import { parseMoment } from "../grants/moment";
import type { ZonePlan } from "./plan";

/** The entries of the zones of a membership, by the id of the zone. Plain JSON for a stack's state. */
export type Entries = Readonly<Record<string, ZoneEntries>>;

/** The entries of a zone, by their range. */
export type ZoneEntries = Readonly<Record<string, Holders>>;

/**
 * Why an entry is in its zone: which grants hold it, and until when, as RFC 3339 in UTC or `never`. No users, no reasons.
 *
 *   { "g-101": "2026-12-01T18:00:00.000Z", "g-102": "never" }   two known grants
 *   { "static": "never" }                                       a static gateway
 *   { "unknown": "never" }                                      no grant admits it, and nothing was remembered of its
 *                                                               zone when it was found there: it is held
 *   { "unusable": "never" }                                     the same, and it is not held: it stays because the
 *                                                               reading has its address in an entry that is unusable
 *   {}                                                          the sentinel, or an entry of another writer
 *   { "=static": "never" }                                      the grant whose id is `static`
 *   { "=__proto__": "never" }                                   the grant whose id is `__proto__`, a key that Pulumi loses
 */
export type Holders = Readonly<Record<string, string>>;

/**
 * Which addresses of an entry belong to which of its holders, as canonical ranges with commas, by the entry's range.
 * Only of entries that have several holders and several addresses: a full zone merges neighbours.
 *
 *   { "203.0.113.8/31": { "g-101": "203.0.113.8/32", "g-102": "203.0.113.9/32" } }
 */
export type Parts = Readonly<Record<string, Readonly<Record<string, string>>>>;

const STATIC = "static";
export const UNKNOWN = "unknown";
export const UNUSABLE = "unusable";
const NEVER = "never";

const RESERVED: readonly string[] = [STATIC, UNKNOWN, UNUSABLE];

/** The last moment of RFC 3339. A grant that ends later is known to end then, and is extended by each reading. */
const LATEST_MS = Date.parse("9999-12-31T23:59:59.999Z");

export interface EntriesInput {
    /** As in the plan. No two gateways share an address. */
    readonly zones: readonly Pick<ZonePlan, "id" | "gateways">[];
    /** The grants to go by, active or not. */
    readonly grants: readonly Grant[];
    readonly staticGateways: readonly Span[];
    /** What stays although no grant admits it; it may overlap what a grant or a static gateway admits. */
    readonly keep: readonly Span[];
    /** Whether it stays because it is held. */
    readonly isHeld: boolean;
    /** Milliseconds since 1970 in UTC. */
    readonly nowMs: number;
}

/** The entries of the zones after a plan: each gateway, and its holders. */
export function entriesOf(input: EntriesInput): { readonly entries: Entries; readonly parts?: Parts } {
    const { zones, grants, staticGateways, keep, isHeld, nowMs } = input;
    const zoneSlots = zones.map(({ id, gateways }) => ({ id, slots: gateways.map(slotOf) }));
    const slots = zoneSlots.flatMap((zone) => zone.slots).filter(isReadable);
    const hold = holding(slots);
    const active = grants.filter((grant) => isActive(grant, nowMs));
    for (const { id, spans, expiresAtMs } of active) hold(nameOfGrant(id), endText(expiresAtMs), spans);
    hold(STATIC, NEVER, staticGateways);
    const explained = mergeSpans([...staticGateways, ...active.flatMap(({ spans }) => spans)]);
    const unexplained = keep.flatMap((span) => subtractSpans(span, explained));
    hold(isHeld ? UNKNOWN : UNUSABLE, NEVER, unexplained);
    const parts = slots.filter(({ span, held }) => held.size > 1 && sizeOf(span) > 1).map(partsOfSlot);
    return {
        entries: Object.fromEntries(zoneSlots.map((zone) => [zone.id, Object.fromEntries(zone.slots.map(entryOf))])),
        ...(parts.length > 0 && { parts: Object.fromEntries(parts) }),
    };
}

interface Slot {
    readonly range: string;
    /** Undefined for a gateway that cannot be parsed, such as IPv6. */
    readonly span: Span | undefined;
    readonly held: Map<string, { readonly end: string; readonly spans: Span[] }>;
}

type ReadableSlot = Slot & { readonly span: Span };

function slotOf(range: string): Slot {
    return { range, span: parseSpan(range, "clear").span, held: new Map() };
}

function isReadable(slot: Slot): slot is ReadableSlot {
    return slot.span !== undefined;
}

/** Adds to each slot the part that a holder has of it. */
function holding(slots: readonly ReadableSlot[]) {
    const sorted = [...slots].sort((a, b) => a.span.low - b.span.low);
    const spans = sorted.map(({ span }) => span);
    return (holder: string, end: string, held: readonly Span[]): void => {
        for (const { low, high } of held) {
            for (let index = firstReaching(spans, low); ; index++) {
                const slot = sorted[index];
                if (slot === undefined || slot.span.low > high) break;
                const found = slot.held.get(holder) ?? { end, spans: [] };
                found.spans.push({ low: Math.max(low, slot.span.low), high: Math.min(high, slot.span.high) });
                slot.held.set(holder, found);
            }
        }
    };
}

function entryOf({ range, held }: Slot): [range: string, holders: Holders] {
    return [range, Object.fromEntries([...held].map(([holder, { end }]) => [holder, end]))];
}

function partsOfSlot({ range, held }: Slot): [range: string, parts: Parts[string]] {
    const parts = [...held].map(([holder, { spans }]) => [holder, separateSpans(spans).map(formatSpan).join(",")]);
    return [range, Object.fromEntries(parts)];
}

function nameOfGrant(id: string): string {
    return RESERVED.includes(id) || id === "__proto__" || id.startsWith("=") ? `=${id}` : id;
}

function endText(expiresAtMs: number | undefined): string {
    return expiresAtMs === undefined ? NEVER : new Date(Math.min(expiresAtMs, LATEST_MS)).toISOString();
}

/** A grant that holds an entry. */
export interface Holder {
    /** The key in `Holders` and `Parts`. */
    readonly name: string;
    readonly id: string;
    /** In milliseconds; Infinity for one that never ends. */
    readonly endMs: number;
}

/** An end that cannot be parsed counts as no end: a state that was edited must not remove access. */
export function holdersOf(holders: Holders): readonly Holder[] {
    return Object.entries(holders)
        .filter(([name]) => !RESERVED.includes(name))
        .map(([name, end]) => ({ name, id: name.replace(/^=/, ""), endMs: parseMoment(String(end)) ?? Infinity }));
}

/** The gateways of each zone, in address order, in the order of the ids. None for a zone without entries. */
export function gatewaysOf(entries: Entries, zoneIds: readonly string[]): string[][] {
    return zoneIds.map((id) => {
        const ranges = Object.keys(entries[id] ?? {}).map((range) => ({ range, low: lowOf(range) }));
        return ranges.sort((a, b) => a.low - b.low || (a.range < b.range ? -1 : 1)).map(({ range }) => range);
    });
}

/** A range that cannot be parsed comes last. */
function lowOf(range: string): number {
    return parseSpan(range, "clear").span?.low ?? 2 ** 32;
}
