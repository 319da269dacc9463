import type { Span } from "../addresses/ip";
import { coversSpan, intersectSpan, mergeSpans, separateSpans, subtractSpans } from "../addresses/spans";
import { changedGrants } from "../grants/grantChanges";
import { indexAfter, indexOf } from "../grants/grantIndex";
import { type Grant, isExpired } from "../grants/grants";
import type { Reading } from "../grants/grantsDocument";
import { selectedGrants } from "../grants/selection";
import { admit } from "./admission";
import { applyBrake, type Judgement, type SourceShare } from "./brake";
import { heldLosses, namedAboveLimit, type Released, releasedBy, removalsOf } from "./decidedRemovals";
import { activeDenials, type Denial, deniedSpans } from "./denials";
import { deniedBy, withoutDenied } from "./deniedGrants";
import { findUnknown, type LiveZone, type Unknown } from "./firstContact";
import { type Held, heldAddresses, heldRefusals, lastingRefusals } from "./held";
import { type Memory, NO_MEMORY, recentRemovals } from "./memory";
import { type Plan, planGateways, type Refusal, readable, type ZoneNow } from "./plan";
import type { Rules } from "./rules";

/** The input of a decision about a membership. The caller reads the clocks. */
export interface DecisionInput {
    /**
     * What is remembered. Undefined for a caller without a memory: then each entry counts like a known active grant, and
     * the window is this decision.
     */
    readonly memory: Memory | undefined;
    /**
     * Entries that are not remembered although there is a memory: each counts like a known active grant.
     * @default none
     */
    readonly unremembered?: readonly Span[];
    /** The latest reading; undefined if there is none: then the known grants stay in effect. */
    readonly reading: Reading | undefined;
    /** The zones that share the membership, in their order, as they are. */
    readonly zones: readonly ZoneNow[];
    readonly rules: Rules;
    /** How to treat entries that no grant admits, in a zone that is not remembered. @default "hold" */
    readonly firstContact?: "hold" | "apply";
    /** How to treat static gateways that were removed from the settings. @default "hold" */
    readonly staticRemovals?: "hold" | "apply";
    /** What the kill switch denies; it has precedence over everything else. @default [] */
    readonly denials?: readonly Denial[];
    /** Whether grants are bound to users, whom the removal brake then counts too. @default false */
    readonly isBound?: boolean;
    /** Whether the Okta sessions of users without a grant are ended. @default false */
    readonly endsSessions?: boolean;
    /** Identifies a user by any of the names that grants give them. @default userKey */
    readonly idOfUser?: (user: string) => string;
    /** The effect of the reading on the other memberships of the source: see `applyBrake`. @default none */
    readonly others?: SourceShare;
    /** Releases everything that would be held. @default false */
    readonly isConfirmed?: boolean;
    /** Milliseconds since 1970 in UTC. */
    readonly nowMs: number;
    /** Milliseconds of elapsed time, by the clock of the memory. @default 0 */
    readonly elapsedMs?: number;
}

export interface Decision {
    readonly plan: Plan;
    /** What to remember from now on. */
    readonly memory: Memory;
    /** The grants in effect, active or not, without denied ones. */
    readonly grants: readonly Grant[];
    /** What the removal brake says of the reading. */
    readonly judgement: Judgement;
    /** How many of the selected grants are active, those that are refused included. */
    readonly active: number;
    /** The grants and addresses that are not as granted, with the reason. */
    readonly refused: readonly Refusal[];
    /** Addresses that stay until their removal is confirmed, in address order. */
    readonly held: readonly Held[];
    /** What a confirmation releases with this decision, and who confirmed. */
    readonly released: Released | undefined;
    /** The limit, if removals by name within the window exceed it: worth an alert, and never held. */
    readonly aboveLimit: number | undefined;
}

/**
 * Decides about a membership: which grants are in effect, what is held, what the zones become, what to remember.
 *
 *   an entry of a zone                               remembered zone             zone without a memory
 *   is covered by an active grant in effect          stays                       stays
 *   is a static gateway                              stays                       stays
 *   was a static gateway                             held until confirmed        (is not known)
 *   was found at first contact, and is unexplained   held until confirmed        held until confirmed
 *   is none of these                                 drift: removed, not counted (is found at first contact)
 *
 * Which grants are in effect is decided by the removal brake, see `applyBrake`.
 */
export function decideMembership(input: DecisionInput): Decision {
    const { memory = NO_MEMORY, rules, nowMs, elapsedMs = 0 } = input;
    const { reading, admission, live, denials, judgement } = judged(input);
    const recent = recentRemovals(memory, rules.windowMs, elapsedMs);
    const unknown = unknownOf(input, judgement, live);
    const statics = staticsOf(input);
    // The entries of a zone that left the membership are not its own any more.
    const unexplained = input.zones.flatMap(({ id }) => unknown.zones[id] ?? []);
    const { grants, refused } = withoutDenied(judgement.grants, denials, nowMs);
    indexAfter(judgement.grants, grants);
    const plan = planGateways({
        zones: input.zones,
        grants,
        nowMs,
        barred: deniedSpans(denials),
        staticGateways: rules.staticGateways,
        keep: [...judgement.keep, ...statics.held, ...unexplained],
    });
    const held = heldAddresses({ judgement, statics: statics.held, unknown: unexplained });
    const accepted = rules.maxRemovals === "off" ? [] : removalsOf(judgement, unknown, memory.confirmation, elapsedMs);
    const removals = [...recent, ...accepted];
    return {
        plan,
        grants,
        judgement,
        held,
        active: indexOf(judgement.grants).countActive(nowMs) + judgement.waiting.length + admission.refused.length,
        refused: [
            ...admission.refused,
            ...refused,
            ...plan.refused,
            ...heldRefusals(judgement, held, input.memory === undefined ? "one decision" : rules.windowMs),
            ...lastingRefusals(judgement, reading.unusable, nowMs),
        ],
        released: releasedBy(memory.confirmation, judgement, [...statics.released, ...unknown.released]),
        aboveLimit: namedAboveLimit(judgement, removals, rules),
        memory: {
            grants: changedGrants(memory.grants, judgement.grants).length === 0 ? memory.grants : judgement.grants,
            ended: input.zones.length > 0 ? [] : endedBy(memory, judgement, nowMs),
            staticGateways: separateSpans([...rules.staticGateways, ...statics.held]),
            unknown: unknown.zones,
            held: heldLosses(judgement).map(({ item }) => item),
            removals,
            nameless: namelessNow(input, judgement),
            confirmation: held.length > 0 ? memory.confirmation : undefined,
        },
    };
}

/** The decision of the removal brake about the reading, without a plan for the zones. */
export function judgeMembership(input: DecisionInput): Judgement {
    return judged(input).judgement;
}

function judged(input: DecisionInput) {
    const { memory = NO_MEMORY, rules, nowMs } = input;
    const reading = input.reading ?? { grants: memory.grants, unusable: [] };
    // Each list is made from the previous one, and so is its index.
    const selected = selectedGrants(reading.grants, rules.selector);
    indexAfter(memory.grants, selected);
    const admission = admit(reading.grants, rules, nowMs);
    indexAfter(selected, admission.admitted);
    const live = input.zones.map((zone) => ({ id: zone.id, spans: readable(zone.gateways) }));
    const denials = activeDenials(input.denials ?? [], nowMs);
    const judgement = judge(input, reading, admission, live, denials);
    indexAfter(memory.grants, judgement.grants);
    return { reading, admission, live, denials, judgement };
}

function judge(
    input: DecisionInput,
    { unusable, named }: Reading,
    { admitted, excluded, isWithinLimits }: ReturnType<typeof admit>,
    live: readonly LiveZone[],
    denials: readonly Denial[],
): Judgement {
    const { memory, unremembered = [], rules, isBound = false, endsSessions = false } = input;
    const { idOfUser, others, isConfirmed = false } = input;
    const { nowMs, elapsedMs = 0 } = input;
    const { staticGateways, maxRemovals, windowMs } = rules;
    const fixed = mergeSpans(staticGateways);
    const known = memory ?? NO_MEMORY;
    return applyBrake({
        known: known.grants,
        next: admitted,
        unusable,
        excluded,
        isWithinLimits,
        ...(named && { named }),
        entries:
            memory === undefined
                ? separateSpans(live.flatMap(({ spans }) => spans)).filter((span) => !coversSpan(fixed, span))
                : unremembered,
        staticGateways,
        isBound,
        endsSessions,
        ...(idOfUser && { idOfUser }),
        ...(denials.length > 0 && { isDenied: deniedBy(denials) }),
        heldBefore: new Set(known.held),
        confirmed: isConfirmed ? "all" : new Set(known.confirmation?.items),
        recent: countedBefore(known, windowMs, elapsedMs),
        nameless: namelessIn(unusable) - (known.nameless ?? 0),
        maxRemovals,
        ...(others && { others }),
        nowMs,
    });
}

/** Without a memory, the removal brake has already counted the entries. */
function unknownOf(input: DecisionInput, { grants }: Judgement, zones: readonly LiveZone[]): Unknown {
    const { memory, rules, firstContact = "hold", isConfirmed = false, nowMs, elapsedMs = 0 } = input;
    if (memory === undefined) return { zones: {}, released: [], counted: [] };
    const recent = countedBefore(memory, rules.windowMs, elapsedMs);
    return findUnknown({ ...rules, memory, zones, grants, firstContact, isConfirmed, recent, nowMs });
}

/** Static gateways that left the settings: those that are held, and those that were released. */
function staticsOf({ memory, rules, staticRemovals = "hold", isConfirmed = false }: DecisionInput) {
    const fixed = mergeSpans(rules.staticGateways);
    const left = (memory?.staticGateways ?? []).flatMap((span) => subtractSpans(span, fixed));
    if (isConfirmed || staticRemovals === "apply") return { held: [], released: isConfirmed ? left : [] };
    const confirmed = mergeSpans(memory?.confirmation?.spans ?? []);
    return {
        held: left.flatMap((span) => subtractSpans(span, confirmed)),
        released: left.flatMap((span) => intersectSpan(span, confirmed)),
    };
}

/** The addresses of known grants that have ended, which explain entries when the zones are read later. */
function endedBy({ ended, grants: before }: Memory, { grants }: Judgement, nowMs: number): readonly Span[] {
    const going = new Set(grants.filter((grant) => !isExpired(grant, nowMs)).map(({ id }) => id));
    const gone = before.filter(({ id }) => !going.has(id)).flatMap(({ spans }) => spans);
    return gone.length === 0 ? ended : mergeSpans([...ended, ...gone]);
}

function namelessNow({ reading, memory }: DecisionInput, { verdict }: Judgement): Memory["nameless"] {
    if (reading === undefined || verdict === "held") return memory?.nameless;
    return namelessIn(reading.unusable) || undefined;
}

/** Items of the removals within the window, without those by name. */
function countedBefore(memory: Memory, windowMs: number, elapsedMs: number): readonly string[] {
    return recentRemovals(memory, windowMs, elapsedMs).flatMap(({ how, item }) => (how === "counted" ? [item] : []));
}

/** The number of entries that may be any of the missing grants. */
function namelessIn(unusable: Reading["unusable"]): number {
    return unusable.filter(({ isNameless, spans = [] }) => isNameless && spans.length === 0).length;
}
