import type { Span } from "../addresses/ip";
import { coversSpan, intersectSpan, mergeSpans } from "../addresses/spans";
import { type ChangedGrant, changedGrants } from "../grants/grantChanges";
import { indexOf } from "../grants/grantIndex";
import { endOf, type Grant, isActive, isExpired } from "../grants/grants";
import { type MaxRemovals, mostRemovals } from "./limits";
import { grantOfItem, isRemoval, type Loss, type LossInput, lossesBy, openEntries } from "./losses";

/** The input of the removal brake. */
export interface BrakeInput extends LossInput {
    /** The known grants: those of the last accepted reading, as they were accepted; active or not. */
    readonly known: readonly Grant[];
    /** Whether the current limits admit a known grant. @default no grant */
    readonly isWithinLimits?: (grant: Grant) => boolean;
    /** Ids that the source named one by one, and not in a full list. */
    readonly named?: Named;
    /** Items that were held before: see `itemOf`. They stay held until they are confirmed or come back. */
    readonly heldBefore?: ReadonlySet<string>;
    /** Items whose removal was confirmed, or `all`. */
    readonly confirmed?: ReadonlySet<string> | "all";
    /** Items of the removals that were accepted within the window. @default none */
    readonly recent?: readonly string[];
    /** How many more entries than before may stand for any grant, as their id or address cannot be read. @default 0 */
    readonly nameless?: number;
    readonly maxRemovals: MaxRemovals;
    /** The effect of the reading on the other memberships of the source. @default none */
    readonly others?: SourceShare;
}

/** What memberships of a source would lose by a reading. */
export interface SourceShare {
    readonly memberships: number;
    /** Known active grants, those removed within the window included. */
    readonly active: number;
    /** Removals that are not confirmed. */
    readonly losses: number;
    /** Removals within the window, without those by name. */
    readonly recent: number;
}

export interface Named {
    readonly set: ReadonlySet<string>;
    readonly removed: ReadonlySet<string>;
}

export interface Judgement {
    readonly verdict: "accepted" | "held";
    /**
     * Why it is held: too many within the window, all at once, entries without id and address, it was held before, or too many
     * of the source as a whole.
     */
    readonly because?: "limit" | "all" | "nameless" | "before" | "source";
    /** The grants in effect. They are the known grants from now on. */
    readonly grants: readonly Grant[];
    /** Addresses of entries that stay although no grant admits them. */
    readonly keep: readonly Span[];
    /** The losses that count; they are held if the verdict is `held`. */
    readonly losses: readonly Loss[];
    /** Losses that are intended, such as removals by name: they are carried out, whatever is held. */
    readonly deliberate: readonly Loss[];
    /** Known grants that are unusable in the reading: they stay as they were known, until their known end. */
    readonly lasting: readonly Grant[];
    /** Active grants of a held reading that are not admitted. */
    readonly waiting: readonly Grant[];
    /** Known active grants and entries, those removed within the window included. */
    readonly active: number;
    /** How many of them were removed within the window, before this reading. */
    readonly recent: number;
    /** How many of them may be removed within the window. */
    readonly most: number;
    /** The same of the source as a whole, where it has several memberships. */
    readonly source?: Pick<Judgement, "active" | "recent" | "most"> & { readonly losses: number };
}

/**
 * The removal brake: compares a new reading with the last accepted one, and
 * decides which grants are in effect.
 *
 *   a known active grant                           counts   accepted                held
 *   is there, unchanged                            no       stays                   stays
 *   reached the end that was known                 no       goes                    goes
 *   ends later                                     no       stays until then        stays until then
 *   has the same addresses under another id        no       stays                   stays
 *   is gone, or moved, or postponed, shortened,    yes      goes, or ends earlier   stays as it was known
 *   not selected, over a limit, of another user
 *   is there in an unusable form                   yes      stays as it was known   stays as it was known
 *   is changed beyond a limit that the known form  yes      stays as it was known   stays as it was known
 *   is within, such as a later end
 *   is gone, and an entry without an id, or with   yes      stays as it was known   stays as it was known
 *   that of an earlier one, has its addresses
 *   was removed by name                            no       goes                    goes
 *   is denied                                      no       stays out               stays out
 *   is an entry without a memory and a grant       yes      goes                    stays
 *
 *   another grant of the reading                   counts   accepted                held
 *   is new                                         no       is admitted             waits
 *   is new, and was set by name                    no       is admitted             is admitted
 *   is known, and gained an address                no       gains it                waits for the new one
 *
 *   the verdict is                                 where
 *   accepted                                       nothing counts, or each loss is confirmed
 *   held                                           a loss was held before and is not confirmed
 *   held                                           all of two or more known active grants count, and the brake is on
 *   held                                           those that count, with the recent ones, are more than `maxRemovals` allows
 *   held                                           the same of all memberships of the source together: all of them, or too many
 *   held                                           one is gone, and an entry that was not there before has no id and no address
 *   accepted                                       otherwise
 *
 * A grant counts once, and only where an address would leave the zone: another
 * grant that holds it for as long replaces it. Where grants are bound to users, and where sessions are ended, a user who
 * is left without a grant counts, too.
 */
export function applyBrake(input: BrakeInput): Judgement {
    const { known, next, nowMs, named, recent = [], isDenied, maxRemovals } = input;
    const changes = changedGrants(known, next);
    const isNamed = ({ change, grant }: ChangedGrant) =>
        change === "withdrawn" && named?.removed.has(grant.id) === true;
    // Nearly all readings name none, and a first one has as many changes as grants.
    const unnamed = named === undefined ? changes : changes.filter((each) => !isNamed(each));
    const lasting = lastUsable(unnamed, input);
    const entries = openEntries(input);
    const lossesIn = lossesBy({ ...input, lasting });
    const losses = [...lossesIn.grants(unnamed), ...lossesIn.entries(entries)];
    const deliberate = lossesIn.grants(named === undefined ? [] : changes.filter(isNamed));
    const isInForce = (grant: Grant) => isActive(grant, nowMs) && !(isDenied?.(grant) ?? false);
    const inForce = isDenied === undefined ? indexOf(known).countActive(nowMs) : known.filter(isInForce).length;
    const active = inForce - deliberate.length + entries.length;
    const whole = active + goneBefore(recent, known, isInForce);
    const counts = { active: whole, recent: recent.length, most: mostRemovals(maxRemovals, whole) };
    const source = input.others && wholeSource(losses, counts, input.others, input);
    const because = reasonToHold(losses, active, counts.most, source, input);
    const found = { losses, deliberate, lasting, ...counts, ...(source && { source }) };
    const keep = entries.flatMap(({ left }) => left);
    if (because === undefined) return { verdict: "accepted", ...found, ...accepted(input, keep, lasting) };
    return { verdict: "held", because, ...found, ...held(input, keep) };
}

/** How many of the removals within the window were of grants that are no longer known; a grant that moved still is. */
function goneBefore(recent: readonly string[], known: readonly Grant[], isInForce: (grant: Grant) => boolean): number {
    const isGone = (item: string) => {
        const id = grantOfItem(item);
        const grant = id === undefined ? undefined : indexOf(known).byId(id);
        return grant === undefined || !isInForce(grant);
    };
    return new Set(recent.filter(isGone)).size;
}

/** A limit that is a number applies to each membership, so that all together may remove as much as each alone. */
function wholeSource(
    losses: readonly Loss[],
    counts: Pick<Judgement, "active" | "recent">,
    others: SourceShare,
    { maxRemovals, confirmed }: BrakeInput,
): NonNullable<Judgement["source"]> {
    const active = counts.active + others.active;
    const each = mostRemovals(maxRemovals, active);
    const isNumber = maxRemovals !== "off" && "count" in maxRemovals;
    return {
        active,
        losses: unconfirmed(losses, confirmed) + others.losses,
        recent: counts.recent + others.recent,
        most: isNumber ? each * (others.memberships + 1) : each,
    };
}

/** How many removals are not confirmed. */
export function unconfirmed(losses: readonly Loss[], confirmed: BrakeInput["confirmed"] = new Set()): number {
    if (confirmed === "all") return 0;
    return losses.filter((loss) => isRemoval(loss) && !confirmed.has(loss.item)).length;
}

function isTooManyOf({ losses, recent, active, most }: NonNullable<Judgement["source"]>): boolean {
    return (losses >= 2 && losses >= active - recent) || losses + recent > most;
}

function reasonToHold(
    losses: readonly Loss[],
    active: number,
    most: number,
    source: Judgement["source"],
    input: BrakeInput,
): Judgement["because"] {
    const { confirmed = new Set(), heldBefore, recent = [], nameless = 0, maxRemovals } = input;
    const removals = losses.filter(isRemoval);
    if (removals.length === 0 || maxRemovals === "off" || confirmed === "all") return undefined;
    if (removals.every(({ item }) => confirmed.has(item))) return undefined;
    if (losses.length >= 2 && losses.length >= active) return "all";
    if (losses.length + recent.length > most) return "limit";
    if (source !== undefined && isTooManyOf(source)) return "source";
    if (nameless > 0 && removals.some(({ why }) => why === "gone" || why === "unexplained")) return "nameless";
    return removals.some(({ item }) => heldBefore?.has(item)) ? "before" : undefined;
}

/** Known grants that have not ended, and that are unusable or exceed a limit in the reading. */
function lastUsable(changes: readonly ChangedGrant[], input: BrakeInput): readonly Grant[] {
    const { unusable = [], excluded, isWithinLimits = () => false, nowMs } = input;
    const ids = new Set(unusable.flatMap(({ id, isNameless }) => (isNameless ? [] : [id])));
    const nameless = mergeSpans(unusable.flatMap(({ isNameless, spans = [] }) => (isNameless ? spans : [])));
    const isThere = (grant: Grant) =>
        ids.has(grant.id) ||
        (excluded?.(grant.id) === "limit" && isWithinLimits(grant)) ||
        (nameless.length > 0 && isCovered(grant, nameless));
    return changes
        .filter(({ change, grant }) => change === "withdrawn" && isThere(grant) && !isExpired(grant, nowMs))
        .map(({ grant }) => grant);
}

type Outcome = Pick<Judgement, "grants" | "keep" | "waiting">;

/** Accepts the new reading. Entries stay only if an unusable entry of the reading has their addresses. */
function accepted({ next, unusable = [] }: BrakeInput, entries: readonly Span[], lasting: readonly Grant[]): Outcome {
    const doubtful = mergeSpans(unusable.flatMap(({ spans = [] }) => spans));
    const keep = entries.flatMap((span) => intersectSpan(span, doubtful));
    return { grants: lasting.length === 0 ? next : [...next, ...lasting], keep, waiting: [] };
}

/** Keeps the last accepted reading in effect, except for changes that are never held. */
function held({ known, next, named, nowMs }: BrakeInput, keep: readonly Span[]): Outcome {
    const inside = mergeSpans(keep);
    const nextById = new Map(next.map((grant) => [grant.id, grant]));
    const kept = known.filter(
        (grant) => !isExpired(grant, nowMs) && (nextById.has(grant.id) || !named?.removed.has(grant.id)),
    );
    const spansById = new Map(kept.map(({ id, spans }) => [id, spans]));
    const isLetIn = (grant: Grant) =>
        !spansById.has(grant.id) && (named?.set.has(grant.id) || (inside.length > 0 && isCovered(grant, inside)));
    const waits = (grant: Grant) =>
        isActive(grant, nowMs) && !isLetIn(grant) && !isCovered(grant, mergeSpans(spansById.get(grant.id) ?? []));
    return {
        grants: [...kept.map((grant) => withLaterEnd(grant, nextById.get(grant.id))), ...next.filter(isLetIn)],
        keep,
        waiting: next.filter(waits),
    };
}

/** A grant that begins again after the known end, or lacks some of the known addresses, is a new grant: it waits. */
function withLaterEnd(known: Grant, now: Grant | undefined): Grant {
    if (now === undefined || endOf(now) <= endOf(known)) return known;
    if ((now.startsAtMs ?? -Infinity) > endOf(known) || !isCovered(known, mergeSpans(now.spans))) return known;
    const { expiresAtMs: _, ...rest } = known;
    return now.expiresAtMs === undefined ? rest : { ...rest, expiresAtMs: now.expiresAtMs };
}

function isCovered({ spans }: Grant, list: readonly Span[]): boolean {
    return spans.every((span) => coversSpan(list, span));
}
