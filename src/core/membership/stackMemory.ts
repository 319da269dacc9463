import { parseSpan, type Span } from "../addresses/ip";
import { coversSpan, intersectSpan, mergeSpans, sameAddresses, separateSpans } from "../addresses/spans";
import type { Grant } from "../grants/grants";
import type { Reading } from "../grants/grantsDocument";
import { type Entries, holdersOf, type Parts, UNKNOWN, UNUSABLE, type ZoneEntries } from "./entries";
import type { LiveZone } from "./firstContact";
import { itemOf } from "./losses";
import { type Memory, NO_MEMORY } from "./memory";
import type { ZonePlan } from "./plan";

/** What the state of a stack remembers of a membership. */
export interface StackEntries {
    readonly entries: Entries;
    readonly parts?: Parts | undefined;
    /**
     * Known entries that the zones did not have when they were last read, because another writer removed them. Their
     * grants are known all the same. A decision leaves none.
     */
    readonly missing?: Entries | undefined;
    /**
     * Known grants whose removal the last run held, as `itemOf` names them, in order. They stay held until a run confirms
     * it or they come back, however few they are by then.
     */
    readonly held?: readonly string[] | undefined;
}

export interface StackMemoryInput {
    readonly state: StackEntries;
    readonly reading: Pick<Reading, "grants" | "unusable">;
    /** The zones as they are. */
    readonly zones: readonly LiveZone[];
    /** Static gateways of the last decision, and of this one. */
    readonly staticBefore: readonly Span[];
    readonly staticGateways: readonly Span[];
}

export interface StackMemory {
    readonly memory: Memory;
    /** Entries of which nothing is remembered, without static gateways. */
    readonly unremembered: readonly Span[];
}

/**
 * The memory for a decision. The window is empty: it ends with the run.
 *
 *   an entry of a zone                          counts
 *   is held by known grants in the state        as these grants; those whose removal was held stay held
 *   is in a zone that the state does not know   as a known grant, which is gone unless a grant admits the entry
 *   is unusable in the state                    the same
 *   is unknown in the state                     the same; and it stays held, however few would go
 *   is none of these                            not: it is drift
 */
export function stackMemory({ state, reading, zones, staticBefore, staticGateways }: StackMemoryInput): StackMemory {
    const fixed = mergeSpans(staticGateways);
    const open = (spans: readonly Span[]) => spans.filter((span) => !coversSpan(fixed, span));
    const marked = (mark: string) =>
        zones.flatMap(({ id, spans }) => {
            const there = mergeSpans(spans);
            return open(markedIn(state, id, mark).flatMap((span) => intersectSpan(span, there)));
        });
    const held = marked(UNKNOWN);
    const strange = zones.flatMap(({ id, spans }) => (isKnown(state, id) ? [] : open(spans)));
    return {
        memory: {
            ...NO_MEMORY,
            grants: knownGrants(state, reading),
            staticGateways: staticBefore,
            unknown: Object.fromEntries(zones.map(({ id }) => [id, []])),
            held: [...(state.held ?? []), ...held.map((entry) => itemOf({ entry }))],
        },
        unremembered: [...strange, ...marked(UNUSABLE), ...held],
    };
}

function isKnown({ entries, missing }: StackEntries, zoneId: string): boolean {
    return entries[zoneId] !== undefined || missing?.[zoneId] !== undefined;
}

function markedIn({ entries, parts }: StackEntries, zoneId: string, mark: string): Span[] {
    const found = Object.entries(entries[zoneId] ?? {}).filter(([, holders]) => mark in holders);
    return found.flatMap(([range]) => spansIn(parts?.[range]?.[mark] ?? range));
}

/**
 * The grants that hold the entries of a state, as far as they hold them. They have no start, user or label any more.
 *
 * Where several grants hold an entry and the state does not say which part is whose, what the reading has of a
 * grant within the entry is taken for its part: a grant that shares a merged range has not moved.
 */
export function knownGrants(state: StackEntries, { grants, unusable }: StackMemoryInput["reading"]): readonly Grant[] {
    const next = new Map([...unusable, ...grants].map(({ id, spans = [] }) => [id, spans]));
    const known = new Map<string, { readonly spans: Span[]; endMs: number }>();
    for (const [range, holders] of entriesIn(state)) {
        const inEntry = holdersOf(holders);
        for (const { name, id, endMs } of inEntry) {
            const part = state.parts?.[range]?.[name];
            const whole = spansIn(part ?? range);
            const still = (next.get(id) ?? []).flatMap((span) => intersectSpan(span, whole));
            const isUnclear = part === undefined && inEntry.length > 1 && still.length > 0;
            const before = known.get(id);
            const spans = [...(before?.spans ?? []), ...(isUnclear ? still : whole)];
            known.set(id, { spans, endMs: Math.max(before?.endMs ?? endMs, endMs) });
        }
    }
    return [...known].map(([id, { spans, endMs }]) => {
        const end = endMs === Infinity ? {} : { expiresAtMs: endMs };
        return { id, spans: separateSpans(spans), labels: {}, ...end };
    });
}

function entriesIn({ entries, missing = {} }: StackEntries) {
    return [entries, missing].flatMap(Object.values<ZoneEntries>).flatMap((zone) => Object.entries(zone));
}

/** What cannot be read is nobody's. */
function spansIn(ranges: string): Span[] {
    return ranges.split(",").flatMap((range) => parseSpan(range, "clear").span ?? []);
}

/**
 * What a state says of zones after they were read again.
 *
 *   the state                       the zone                   then
 *   knows an entry                  has it                     it stays known
 *   knows all of them               has the same addresses     they stay known, however Okta cuts them
 *   knows an entry                  has it not                 missing, if a grant holds it
 *   does not know an entry          has it                     {}: another writer wrote it
 *   does not know the zone          has entries                it still does not know the zone: they are no drift
 *
 * @param live Without zones that are gone.
 */
export function readAgain(
    state: StackEntries,
    live: readonly Pick<ZonePlan, "id" | "gateways">[],
): Pick<StackEntries, "entries" | "missing"> {
    const { entries, missing = {} } = state;
    const knownIn = (id: string): ZoneEntries => ({ ...missing[id], ...entries[id] });
    const found: Entries = Object.fromEntries(
        live.filter(({ id }) => isKnown(state, id)).map(({ id, gateways }) => [id, readZone(knownIn(id), gateways)]),
    );
    const gone = Object.keys({ ...missing, ...entries }).flatMap((id) => {
        const left = Object.entries(knownIn(id)).filter(
            ([range, holders]) => found[id]?.[range] === undefined && holdersOf(holders).length > 0,
        );
        return left.length > 0 ? [[id, Object.fromEntries(left)] as const] : [];
    });
    return { entries: found, ...(gone.length > 0 && { missing: Object.fromEntries(gone) }) };
}

function readZone(known: ZoneEntries, gateways: readonly string[]): ZoneEntries {
    if (isSame(Object.keys(known), gateways)) return known;
    return Object.fromEntries(gateways.map((range) => [range, known[range] ?? {}]));
}

/** Whether both lists have the same addresses, and nothing that cannot be read. */
function isSame(known: readonly string[], gateways: readonly string[]): boolean {
    const [ours, theirs] = [known, gateways].map((ranges) => ranges.map((range) => parseSpan(range, "clear").span));
    const isSpan = <T>(span: T | undefined): span is T => span !== undefined;
    return ours?.every(isSpan) === true && theirs?.every(isSpan) === true && sameAddresses(ours, theirs);
}
