import type { Span } from "../../core/addresses/ip";
import { parseSpan } from "../../core/addresses/ip";
import { mergeSpans, overlapsSpan } from "../../core/addresses/spans";
import { hasCode } from "../../core/errors/errors";
import { attribute } from "../../core/membership/attribution";
import { activeDenials } from "../../core/membership/denials";
import { changes, type Plan, type ZonePlan } from "../../core/membership/plan";
import { writeOrder } from "../../core/membership/writeOrder";
import type { Purpose } from "../../core/pace";
import type { Receipt } from "../../okta/zones/zones";
import { tellChange, tellFailure } from "../events/format";
import { afterSilence, afterWrite } from "../zones/zoneState";
import { comingGrants, grantsToGoBy, type Known } from "./grantsNow";
import { type InForce, inForceOf } from "./inForce";
import type { IntendedWrite, Round, RoundBasis, ZoneTask } from "./lanes";
import { lost, setZone, zoneOf } from "./looks";
import { line, waitingSinceMs } from "./source";
import type { Turn } from "./turn";

/** What Okta says it needs to spread a change to all its servers. Source: Okta help, "Create an IP zone". */
export const SPREAD_MS = 60_000;

/** Grants that are named beside one address. */
const MOST_NAMED = 100;

/** Failures of a write after which Okta has surely not carried it out. */
const NOT_CARRIED_OUT = [
    "okta-throttled",
    "okta-refused",
    "okta-forbidden",
    "okta-unauthorized",
    "zone-missing",
    "zone-unfit",
    "bad-input",
    "bad-range",
] as const;

/** The writes that a plan needs, removals first where requests are few. */
export function roundOf(plan: Plan, basis: RoundBasis): Round {
    const changed = plan.zones.filter(changes);
    return {
        ...basis,
        todo: changed,
        isChanged: changed.length > 0,
        keep: undefined,
        isOrdered: false,
        writing: undefined,
        refused: undefined,
        keptOut: [],
    };
}

/** The same round with its writes in order. */
export function ordered(round: Round, { moment }: Known): Round {
    if (round.isOrdered) return round;
    const todo = writeOrder(round.todo, moment.waitMs("look") > 0 ? "few" : "enough");
    return { ...round, todo, isOrdered: true };
}

/**
 * The zone that is written next, of those that a refused write does not keep as they are. A zone that Okta refuses to
 * write holds up no other one, but for who would come into it from there.
 */
export function nextWrite({
    todo,
    keptOut,
}: Round): { readonly plan: ZonePlan; readonly rest: readonly ZonePlan[] } | undefined {
    const at = todo.findIndex(({ remove }) => !spansOf(remove).some((span) => overlapsSpan(keptOut, span)));
    const plan = todo[at];
    return plan && { plan, rest: todo.slice(at + 1) };
}

export function purposeOf({ remove }: ZonePlan): Purpose {
    return remove.length > 0 ? "remove" : "add";
}

/** A write, and because of whom. */
export function intendedWrite(known: Known, plan: ZonePlan, nowMs: number): IntendedWrite {
    const { settings, state, moment } = known;
    const attributed = attribute({
        add: plan.add,
        remove: plan.remove,
        before: state.written.grants,
        after: grantsToGoBy(state),
        staticGateways: settings.rules.staticGateways,
        staticBefore: state.written.statics,
        released: state.decided.released,
        denials: activeDenials(moment.denials.list, nowMs),
        nowMs,
    });
    // An address may stay until the last of its grants has ended.
    const ends = attributed
        .filter(({ why, grants }) => why === "ended" && grants.length > 0)
        .map(({ grants }) => Math.max(...grants.map(({ expiresAtMs }) => expiresAtMs ?? -Infinity)));
    const endedMs = Math.min(...ends.map((endMs) => (endMs === -Infinity ? Infinity : endMs)));
    return {
        id: "",
        zone: plan.id,
        before: zoneOf(known, plan.id).zone?.gateways ?? [],
        after: plan.gateways,
        changes: attributed.map((each) => tellChange({ ...each, grants: each.grants.slice(0, MOST_NAMED) })),
        sinceMs: attributed.every(({ why }) => why === "ended") ? undefined : waitingSinceMs(state.source),
        endedMs: endedMs === Infinity ? undefined : endedMs,
    };
}

/** Okta took a write. A look verifies it later. @returns the line that it is worth */
export function wrote(turn: Turn, write: IntendedWrite, receipt: Receipt): readonly ZoneTask[] {
    const { nowMs } = turn.moment;
    const before = zoneOf(turn, write.zone);
    if (before.zone !== undefined) setZone(turn, afterWrite(before, before.zone, pendingOf(write), nowMs));
    const { sinceMs, endedMs, id, zone } = write;
    return [
        line({
            type: "write.accepted",
            write: id,
            zone,
            ...receipt,
            ...(sinceMs !== undefined && { latencySeconds: Math.max(0, nowMs - sinceMs) / 1000 }),
            ...(endedMs !== undefined && { overstaySeconds: Math.max(0, nowMs - endedMs) / 1000 }),
        }),
    ];
}

/** A write that failed, or of which the answer never came. @returns the lines that it is worth */
export function notWritten(turn: Turn, write: IntendedWrite, error: unknown, isSeen: boolean): readonly ZoneTask[] {
    const isOpen = !hasCode(error, ...NOT_CARRIED_OUT);
    if (isOpen) setZone(turn, afterSilence(zoneOf(turn, write.zone), pendingOf(write), turn.moment.nowMs));
    const { id, zone } = write;
    const lines = lost(turn, zone, error, isSeen) ?? [];
    return [...lines, line({ type: "write.failed", write: id, zone, isOpen, ...tellFailure(error) })];
}

function pendingOf({ id, before, after }: IntendedWrite) {
    return { id, before, after };
}

/** The grants of a write that Okta took are in. */
export function admit(turn: Turn, { changes }: IntendedWrite): void {
    const { nowMs } = turn.moment;
    const ids = changes.flatMap(({ change, grants }) => (change === "add" ? grants.map(({ id }) => id) : []));
    const { written } = turn.state;
    const admitted = written.admitted.filter(({ atMs }) => nowMs - atMs <= SPREAD_MS);
    if (ids.length > 0) admitted.push({ atMs: nowMs, ids: new Set(ids) });
    turn.state = { ...turn.state, written: { ...written, admitted } };
}

/**
 * When Okta took a grant into a zone, as far as that is known; for one that was in before, when this agent began to lead,
 * since an agent that led before may have written it just then.
 */
export function admittedAtMs({ written }: Known["state"], id: string): number {
    return written.admitted.findLast(({ ids }) => ids.has(id))?.atMs ?? written.beganAtMs;
}

/** The zones were last written for the grants that are known now: an entry of another one is drift. */
export function writtenForNow(turn: Turn): void {
    const { state } = turn;
    const statics = state.memory?.staticGateways ?? [];
    turn.state = { ...state, written: { ...state.written, grants: grantsToGoBy(state), statics } };
}

/**
 * Who is inside by a grant. Where an entry is inside that nobody explains, nobody can be told to be out.
 *
 * @param nowMs When the round began.
 */
export function inForceNow(known: Known, nowMs: number, state: InForce["state"]): InForce {
    const isUnexplained = known.state.decided.decision?.held.some(({ why }) => why === "unknown") ?? false;
    return inForceOf([grantsToGoBy(known.state), comingGrants(known)], nowMs, {
        atMs: known.moment.nowMs,
        state: isUnexplained ? "expected" : state,
    });
}

/** After a zone that Okta refuses to write, nobody is taken out of another one who would come into it. */
export function afterRefusal(round: Round, plan: ZonePlan, error: unknown): Round {
    return {
        ...round,
        refused: round.refused ?? { error },
        keptOut: mergeSpans([...round.keptOut, ...spansOf(plan.add)]),
    };
}

export function spansOf(ranges: readonly string[]): readonly Span[] {
    return ranges.flatMap((text) => parseSpan(text, "clear").span ?? []);
}
