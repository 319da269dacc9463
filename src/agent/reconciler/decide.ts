import { changedGrants } from "../../core/grants/grantChanges";
import type { Reading } from "../../core/grants/grantsDocument";
import type { SourceShare } from "../../core/membership/brake";
import { type Decision, type DecisionInput, decideMembership, judgeMembership } from "../../core/membership/decide";
import { type Memory, NO_MEMORY } from "../../core/membership/memory";
import type { Plan, Refusal } from "../../core/membership/plan";
import { shareOf, sumOfShares } from "../../core/membership/sourceShare";
import type { Zone } from "../../okta/zones/zones";
import { zoneNow } from "../../reconcile";
import { linesOf } from "./decisionLines";
import { grantsVersion, isClosed, type Known, readingNow } from "./grantsNow";
import type { RecordTask } from "./lanes";
import { movedGrants, movedRefusal, withoutMoved } from "./movedGrants";
import type { DecidedState, HeldReading } from "./state";
import { afterAnotherLed } from "./takeOver";
import { setDecided, type Turn } from "./turn";

/** A plan, undefined while there is nothing to go by, and the lines that are new about it. */
export interface Decided {
    readonly plan: Plan | undefined;
    readonly lines: readonly RecordTask[];
}

/** Each costs a decision when an agent begins to lead. */
const MOST_HEARD = 4;

/** Decides about the zones by what is remembered, and remembers what it decided. */
export function decide(turn: Turn): Decided {
    if (readingNow(turn) === undefined && turn.state.memory === undefined) return { plan: undefined, lines: [] };
    const { decided: before } = turn.state;
    const refusedBefore = toldOf(before);
    const zones = turn.state.zones.flatMap(({ state, zone }) => (zone && state !== "gone" ? [zone] : []));
    const { memory, reading } = takenOver(turn, zones);
    let decision = decideAbout(turn, { zones, reading, memory });
    const others = othersLosing(turn, decision);
    if (others !== undefined) decision = decideAbout(turn, { zones, reading, memory, others });
    const released = decision.released === undefined ? before.released : [...before.released, decision.released];
    setDecided(turn, { decision, version: grantsVersion(turn), released, unbound: unboundNow(turn, reading) });
    remember(turn, decision.memory);
    const refusals = { before: refusedBefore, now: toldOf(turn.state.decided) };
    const { lines, lastTold } = linesOf(decision, before, refusals, turn.settings.rules);
    setDecided(turn, { lastTold });
    return { plan: decision.plan, lines };
}

/** What to decide from: after another agent may have led, its own decisions are found in the zones. */
function takenOver(turn: Turn, zones: readonly Zone[]) {
    let memory = turn.state.memory ?? NO_MEMORY;
    const reading = unmoved(turn, memory);
    const { isTakeOver, heard } = turn.state.decided;
    const said = isTakeOver ? [...heard, { reading, isPast: false, known: [] }] : [];
    for (const { reading, ...how } of said) {
        const { judgement } = decideAbout(turn, { zones, reading, memory });
        memory = afterAnotherLed(memory, { judgement, ...how }, zones, turn.moment.nowMs);
    }
    setDecided(turn, { isTakeOver: false, heard: [] });
    return { memory, reading };
}

/** Judges and remembers what the source says while no zone can be read. */
export function judgeWithoutZones(turn: Turn): void {
    const memory = turn.state.memory ?? NO_MEMORY;
    const reading = unmoved(turn, memory);
    if (reading !== undefined) remember(turn, judgeUnseen(turn, reading, memory, isClosed(turn)));
}

/** A reading of an agent that does not lead: it is judged and remembered, and no zone is decided about. */
export function hear(turn: Turn, read: Reading): void {
    const reading = turn.moment.usable(read);
    const memory = judgeUnseen(turn, reading, turn.state.memory ?? NO_MEMORY, false);
    turn.state = { ...turn.state, memory };
    turn.effects.push({ do: "remember-heard", memory });
}

/** This agent leads from now on; another one may have led before. */
export function beginDeciding(turn: Turn): void {
    const current = readingNow(turn);
    const { heard } = turn.state.decided;
    setDecided(turn, {
        isTakeOver: !turn.settings.isStateShared,
        heard: current === undefined ? heard : withHeard(heard, current, turn.state.memory),
        decision: undefined,
        moved: [],
        unbound: [],
        released: [],
        lastTold: undefined,
    });
}

export function remember(turn: Turn, memory: Memory): void {
    turn.state = { ...turn.state, memory };
    turn.effects.push({ do: "remember", memory });
}

/** Everybody and everything that is not as a grant says, with the reason. */
export function refusedNow({ decision, moved }: Pick<DecidedState, "decision" | "moved">): readonly Refusal[] {
    return [...(decision?.refused ?? []), ...moved.map(movedRefusal)];
}

/** The refusals that have a line, one for each grant and kind: the reason of a user before the consequence for the grant. */
function toldOf(decided: Pick<DecidedState, "decision" | "moved" | "unbound">): readonly Refusal[] {
    const named = new Set(decided.unbound.map(({ id }) => id));
    return [...decided.unbound, ...refusedNow(decided).filter(({ id, kind }) => kind !== "unusable" || !named.has(id))];
}

/** The grants of the reading whose user cannot be used, without those of whom Okta has not said yet who they are. */
function unboundNow({ state, settings }: Turn, reading: Reading | undefined): readonly Refusal[] {
    if (!settings.isBound || reading === undefined) return [];
    const said = new Set(state.source.reading?.unusable);
    return reading.unusable.flatMap((entry): Refusal[] => {
        if (said.has(entry) || entry.isPending) return [];
        return [{ id: entry.id, reason: `user: ${entry.reason}`, kind: "unusable" }];
    });
}

/** What a membership would lose by a reading of its source; undefined where it remembers nothing. */
export function shareNow(known: Known, reading: Reading): SourceShare | undefined {
    const { memory } = known.state;
    if (memory === undefined) return undefined;
    const judgement = judgeMembership(inputOf(known, { zones: [], reading, memory, isClosed: false }));
    return shareOf(judgement, new Set(memory.confirmation?.items));
}

interface About {
    readonly zones: readonly Zone[];
    readonly reading: Reading | undefined;
    readonly memory: Memory;
    readonly others?: SourceShare;
    /** Whether the grants are too old, and go, as `maxStale` says. @default as they are now */
    readonly isClosed?: boolean;
}

function decideAbout(known: Known, about: About): Decision {
    return decideMembership(inputOf(known, about));
}

function inputOf(known: Known, { zones, reading, memory, others, ...about }: About): DecisionInput {
    const { settings, moment } = known;
    const { rules, firstContact, isBound, endsSessions } = settings;
    return {
        memory,
        reading,
        zones: zones.map(zoneNow),
        rules: (about.isClosed ?? isClosed(known)) ? { ...rules, maxRemovals: "off" } : rules,
        firstContact,
        isBound,
        endsSessions,
        idOfUser: moment.idOfUser,
        denials: moment.denials.list,
        ...(others && { others }),
        nowMs: moment.nowMs,
        elapsedMs: moment.elapsedMs,
    };
}

/** What the source says, without what is another membership's still. */
function unmoved(turn: Turn, memory: Memory): Reading | undefined {
    const current = readingNow(turn);
    const { rules } = turn.settings;
    const moved = current === undefined ? [] : movedGrants(current, memory, rules.selector, turn.moment.others());
    setDecided(turn, { moved });
    return current && withoutMoved(current, moved);
}

/**
 * Judges a reading while no zone is known. One that is held may be what another agent goes by, see `heard`: also after a
 * later one was accepted here, as that agent may hold the later one.
 */
function judgeUnseen(turn: Turn, reading: Reading, memory: Memory, isClosedNow: boolean): Memory {
    const judged = decideAbout(turn, { zones: [], reading, memory, isClosed: isClosedNow });
    const { heard } = turn.state.decided;
    const last = heard.at(-1);
    if (judged.judgement.verdict !== "held") {
        if (last?.isPast === false) setDecided(turn, { heard: heard.map((each) => ({ ...each, isPast: true })) });
    } else if (last?.isPast !== false || changedGrants(last.reading.grants, reading.grants).length > 0) {
        setDecided(turn, { heard: withHeard(heard, reading, memory) });
    }
    return judged.memory;
}

function withHeard(heard: readonly HeldReading[], reading: Reading, { grants }: Memory = NO_MEMORY) {
    return [...heard, { reading, isPast: false, known: grants }].slice(-MOST_HEARD);
}

/** What the other memberships lose by the same reading, where that can make this one hold it. */
function othersLosing(turn: Turn, { judgement }: Decision): SourceShare | undefined {
    const reading = readingNow(turn);
    if (reading === undefined || judgement.verdict === "held" || judgement.losses.length === 0) return undefined;
    const shares = turn.moment.others().flatMap((other) => other.share(reading) ?? []);
    return shares.length === 0 ? undefined : sumOfShares(shares);
}
