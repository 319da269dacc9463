import { formatSpan, parseSpan, type Span } from "../addresses/ip";
import { coversSpan, mergeSpans, overlapsSpan, separateSpans, subtractSpans } from "../addresses/spans";
import { type Grant, isActive } from "../grants/grants";
import { ANY_TIME, judgeGrants, type TimeToLive } from "../judging/judgeGrants";
import { SENTINEL } from "../zones/zone";
import { countRemovals, exceeds, type Removal } from "./brake";
import type { MaxRemovals } from "./limits";
import { assignShards, type ShardNow } from "./shards";

/** Everything that goes into the decision. The caller reads the clock. */
export interface PlanInput {
    /** The zones that share the membership, in their order; at least one. */
    readonly zones: readonly ZoneNow[];
    /** Usable and selected grants, active or not. */
    readonly grants: readonly Grant[];
    /** Milliseconds since 1970 in UTC. */
    readonly nowMs: number;
    /** Entries to keep besides the grants. @default [] */
    readonly staticGateways?: readonly Span[];
    /** Addresses that no grant may touch. @default [] */
    readonly deny?: readonly Span[];
    /** How long a grant may go on from now to be let in. @default as long as it likes */
    readonly timeToLive?: TimeToLive;
    /** @default no brake */
    readonly maxRemovals?: MaxRemovals | undefined;
    /** Whether somebody confirmed a change that the brake would hold. @default false */
    readonly isConfirmed?: boolean;
}

export interface ZoneNow {
    readonly id: string;
    /** Canonical ranges; one that cannot be read, such as IPv6, as Okta has it. */
    readonly gateways: readonly string[];
    /** The most gateways the zone may hold; at least 1. */
    readonly limit: number;
}

export interface Plan {
    /** One for each zone of the input, in the same order. */
    readonly zones: readonly ZonePlan[];
    /** How many grants are active, those that are refused included. */
    readonly active: number;
    /**
     * Active grants that are not, or not wholly, inside, by id; `static <range>` for a static
     * gateway without room; `held <range>` for what the brake kept inside.
     */
    readonly refused: readonly Refusal[];
    /** What the brake kept in the zones although nobody has a grant for it any more. */
    readonly held: readonly string[];
}

export interface ZonePlan {
    readonly id: string;
    /** The whole list, in address order: Okta replaces a zone's gateways, it does not patch them. */
    readonly gateways: readonly string[];
    /** Addresses that come in, and that go out, each cut as the list is. */
    readonly add: readonly string[];
    readonly remove: readonly string[];
}

export interface Refusal {
    readonly id: string;
    readonly reason: string;
}

const NO_ROOM = "no room";
const HELD = "held by maxRemovals";

/**
 * Decides what the gateways of the zones should become.
 *
 *   zones now       room  active grants   zones then        because
 *   sentinel        150   none            sentinel          a zone is never empty
 *   sentinel        150   A               A                 the first grant replaces the sentinel
 *   B               150   A, B            A, B              gateways stand in address order
 *   A, B            150   B               B                 a gateway goes when its grant is gone
 *   B               150   none            sentinel          the last grant leaves the sentinel behind
 *   A, C            150   A               A                 a gateway that nobody was granted is drift
 *   nothing         150   none            sentinel          an emptied zone is drift too
 *   A               150   A, A            A                 two grants of one address need one gateway
 *   sentinel        150   A, A's /24      A's /24           what lies in another gateway needs none of its own
 *   C               1     A, C            C, A refused      those already in stay; newcomers find no room
 *   A               1     A, next to A    both in one range neighbours are merged when there is no other room
 *   A | B           150   A, B, C         A, C | B          an entry stays in its shard; newcomers fill the first
 *   A | sentinel    1     A, C            A | C             a full shard sends newcomers to the next
 *   A range | none  1     middle expired  ends apart        a range is cut, and moved only where it has no room
 *
 * Then the brake: with `maxRemovals`, a change that would take more live granted
 * entries away in one step is held. Nobody comes in and nobody goes out, except
 * those whose grants have reached their end: expiry is never held up.
 */
export function planGateways(input: PlanInput): Plan {
    const { zones, grants, nowMs, staticGateways = [], deny = [] } = input;
    const active = grants.filter((grant) => isActive(grant, nowMs));
    const denied = mergeSpans(deny);
    const tooLong = judgeGrants(active, nowMs, input.timeToLive ?? ANY_TIME);
    const lasting = new Map(tooLong.map(({ subject, problem }) => [subject, problem]));
    const isDenied = ({ spans }: Grant) => spans.some((span) => overlapsSpan(denied, span));
    const allowed = active.filter((grant) => !lasting.has(grant.id) && !isDenied(grant));
    const live = zones.map(({ gateways, limit }) => ({ spans: readable(gateways), limit }));

    const assigned = assignShards({
        shards: live,
        fixed: separateSpans(staticGateways),
        wanted: separateSpans([...staticGateways, ...allowed.flatMap(({ spans }) => spans)]),
    });
    const entries = live.flatMap(({ spans }) => spans);
    const removal = countRemovals({ live: entries, next: assigned.flat(), grants, nowMs, staticGateways });
    const isHeld = !(input.isConfirmed ?? false) && exceeds(removal, input.maxRemovals);
    const final = isHeld ? live.map((shard) => withoutEnded(shard, removal)) : assigned;
    const inside = mergeSpans(final.flat());
    const found = { active, staticGateways, denied, lasting, zones };

    return {
        zones: zones.map((zone, index) => zonePlan(zone, final[index] ?? [], isHeld)),
        active: active.length,
        refused: refusals({ ...found, inside, brake: isHeld ? removal : undefined }),
        held: isHeld ? removal.held : [],
    };
}

/** Whether a grant is outside only because the zones are full. */
export function isForLackOfRoom({ reason }: Refusal): boolean {
    return reason.startsWith(NO_ROOM);
}

/** The name of a refusal's code: the brake, or any other limit. */
export function nameOfRefusal({ reason }: Refusal): "removals-held" | "grants-refused" {
    return reason.startsWith(HELD) ? "removals-held" : "grants-refused";
}

/** Whether any zone has to be written at all. Order and spelling of gateways mean nothing to Okta. */
export function changes({ add, remove }: ZonePlan): boolean {
    return add.length > 0 || remove.length > 0;
}

/** A zone as a list of addresses that count: without the sentinel, and without what cannot be read. */
function readable(gateways: readonly string[]): Span[] {
    const spans = gateways.filter((text) => text !== SENTINEL).map((text) => parseSpan(text, "clear").span);
    return separateSpans(spans.filter((span) => span !== undefined));
}

/** What the brake leaves of a shard, by itself: nothing moves to another one. */
function withoutEnded(shard: ShardNow, { ended }: Removal): readonly Span[] {
    const wanted = separateSpans(shard.spans.flatMap((span) => subtractSpans(span, ended)));
    return assignShards({ shards: [shard], fixed: [], wanted })[0] ?? [];
}

function zonePlan({ id, gateways: actual }: ZoneNow, spans: readonly Span[], isHeld: boolean): ZonePlan {
    const kept = isHeld ? actual.filter((text) => parseSpan(text, "clear").span === undefined) : [];
    const entries = [...spans.map(formatSpan), ...kept];
    return difference(id, actual, entries.length > 0 ? entries : [SENTINEL]);
}

/** The way from the actual gateways of a zone to others. */
export function difference(id: string, actual: readonly string[], gateways: readonly string[]): ZonePlan {
    return { id, gateways, add: beyond(gateways, actual), remove: beyond(actual, gateways) };
}

/** What of `these` is not in `those`. What cannot be read is compared as text. */
function beyond(these: readonly string[], those: readonly string[]): string[] {
    const others = mergeSpans(those.flatMap((text) => parseSpan(text, "clear").span ?? []));
    return these.flatMap((text) => {
        const { span } = parseSpan(text, "clear");
        if (span === undefined) return those.includes(text) ? [] : [text];
        return subtractSpans(span, others).map(formatSpan);
    });
}

interface Found {
    readonly active: readonly Grant[];
    readonly staticGateways: readonly Span[];
    readonly denied: readonly Span[];
    /** Why each grant lasts too long that does, by its id. */
    readonly lasting: ReadonlyMap<string, string>;
    readonly inside: readonly Span[];
    readonly zones: readonly ZoneNow[];
    readonly brake: Removal | undefined;
}

/** Everybody who is active and not inside, with the reason, so that nobody is dropped in silence. */
function refusals({ active, staticGateways, denied, lasting, inside, zones, brake }: Found): Refusal[] {
    const room = zones.reduce((sum, { limit }) => sum + limit, 0);
    const [zoneWord, verb] = zones.length === 1 ? ["the zone", "is"] : [`the ${zones.length} zones`, "are"];
    const without =
        brake === undefined
            ? `${NO_ROOM}: ${zoneWord} ${verb} full with ${room} entries; add a shard or end another grant`
            : `${HELD}: ${brake.lost} of ${brake.live} live entries would go in one step; confirm it, or restore their grants`;
    const refused: Refusal[] = [];
    for (const span of staticGateways) {
        if (!coversSpan(inside, span)) refused.push({ id: `static ${formatSpan(span)}`, reason: without });
    }
    for (const { id, spans } of active) {
        const touched = spans.find((span) => overlapsSpan(denied, span));
        if (touched !== undefined) {
            refused.push({ id, reason: `denied: ${formatSpan(touched)} touches a range that no grant may touch` });
        } else if (lasting.has(id)) {
            refused.push({ id, reason: lasting.get(id) ?? "" });
        } else if (!spans.every((span) => coversSpan(inside, span))) {
            refused.push({ id, reason: without });
        }
    }
    for (const range of brake?.held ?? []) refused.push({ id: `held ${range}`, reason: without });
    return refused;
}
