import { mergeSpans } from "../../core/addresses/spans";
import type { Decided } from "../../core/group/wantedUsers";
import type { Plan } from "../../core/membership/plan";
import { decide } from "./decide";
import { endLeading, fail, rest, succeed } from "./endOfPass";
import type { RoundResult } from "./event";
import { grantsToGoBy, grantsVersion, heldNow, versionNow } from "./grantsNow";
import type { Round, StepAt, ZoneTask } from "./lanes";
import { areZonesKnown, isWorthALook, zoneOf } from "./looks";
import { served } from "./source";
import { runZone, setDecided, setTiming, type Turn, takeHeardLines } from "./turn";
import {
    admit,
    inForceNow,
    intendedWrite,
    nextWrite,
    ordered,
    purposeOf,
    roundOf,
    spansOf,
    writtenForNow,
} from "./writes";

export function decideIfDue(turn: Turn, { isFresh = false }: StepAt<"ready"> = { at: "ready" }): void {
    const { moment, state } = turn;
    if (state.isEnding) return void endLeading(turn);
    const isReady = areZonesKnown(turn) && moment.nowMs >= state.source.waitsUntilMs;
    if (state.timing.dueSinceMs === undefined || !isReady) return void rest(turn);
    const planned = { version: versionNow(turn), atMs: moment.nowMs };
    setTiming(turn, { planned, judged: planned });
    const basis = { nowMs: moment.nowMs, version: grantsVersion(turn) };
    const { plan, lines } = decide(turn);
    runZone(turn, lines, { at: "decided", plan, basis, isFresh });
}

export function tellDecided(turn: Turn, plan: Plan | undefined, nowMs: number): void {
    if (plan === undefined) return;
    turn.effects.push({ do: "tell-decided", decided: decidedBy(turn, plan, nowMs) });
}

function decidedBy({ state }: Turn, { zones, refused }: Plan, atMs: number): Decided {
    const isFull = refused.some(({ kind }) => kind === "room");
    const inside = isFull ? mergeSpans(zones.flatMap(({ gateways }) => spansOf(gateways))) : undefined;
    return { grants: grantsToGoBy(state), inside, atMs };
}

export function beginRound(turn: Turn, { plan, basis, isFresh = false }: StepAt<"decided">): void {
    tellDecided(turn, plan, basis.nowMs);
    if (plan === undefined) return void finish(turn, "idle");
    const round = roundOf(plan, basis);
    const worthALook = isFresh ? [] : round.todo.filter(({ id }) => isWorthALook(turn, zoneOf(turn, id)));
    if (worthALook.length > 0) return void lookBefore(turn, { at: "fresh", todo: worthALook.map(({ id }) => id) });
    // So that each user who is let in is known to have been inside, and by which grant, even if the write is lost or this
    // process ends.
    writeNext(turn, { ...round, ...(round.isChanged && { keep: inForceNow(turn, basis.nowMs, "expected") }) });
}

/**
 * Looks at the zones that change before the first of them is written, since a write sends a zone back as it was read; then
 * it is decided again, by what they show and by the time it is then.
 */
export function lookBefore(turn: Turn, { todo }: StepAt<"fresh">): void {
    const [id, ...rest] = todo;
    if (turn.state.isEnding) return void finish(turn, "waiting");
    if (id === undefined) return void runZone(turn, [{ do: "settle-time" }], { at: "ready", isFresh: true });
    turn.effects.push({ do: "claim", purpose: "look" });
    if (turn.moment.waitMs("look") > 0) return void lookBefore(turn, { at: "fresh", todo: [] });
    runZone(turn, [{ do: "look", zone: id, isBeforeWrite: true }], { at: "seen", zone: id, todo: rest });
}

/** What a look showed for the first time is believed at the second one, unless a write was just taken. */
export function lookOnceMore(turn: Turn, { zone, todo }: StepAt<"seen">): void {
    const { state, doubts, lookAtMs } = zoneOf(turn, zone);
    if (turn.state.isEnding || state !== "sure" || doubts === 0) return void lookBefore(turn, { at: "fresh", todo });
    const ms = Math.max(0, lookAtMs - turn.moment.nowMs);
    runZone(
        turn,
        [
            { do: "rest", ms },
            { do: "look", zone },
        ],
        { at: "fresh", todo },
    );
}

export function continueWrites(turn: Turn, { round }: StepAt<"write">): void {
    if (round.writing !== undefined) admit(turn, round.writing.write);
    writeNext(turn, { ...round, writing: undefined });
}

function writeNext(turn: Turn, before: Round): void {
    const round = ordered(before, turn);
    const next = nextWrite(round);
    if (next === undefined) return void endWrites(turn, round);
    const { plan, rest: todo } = next;
    const purpose = purposeOf(plan);
    setTiming(turn, { waitsFor: purpose });
    if (turn.state.isEnding) return void finish(turn, "waiting");
    turn.effects.push({ do: "claim", purpose });
    if (turn.moment.waitMs(purpose) > 0) return void waitForTokens(turn, round);
    if (zoneOf(turn, plan.id).zone === undefined) return void writeNext(turn, { ...round, todo });
    const write = intendedWrite(turn, plan, round.nowMs);
    const lines = takeHeardLines(turn);
    const task: ZoneTask = { do: "intend", write, lines, keep: round.keep };
    runZone(turn, [task], { at: "write", round: { ...round, todo, keep: undefined, writing: { write, plan } } });
}

/** A user whose address is in a zone already, by another grant, is inside before the write that waits. */
function waitForTokens(turn: Turn, { keep }: Round): void {
    if (keep === undefined) return void finish(turn, "waiting");
    runZone(turn, [{ do: "tell-in-force", inForce: keep }], { at: "starved" });
}

export function endStarved(turn: Turn): void {
    finish(turn, "waiting");
}

function endWrites(turn: Turn, round: Round): void {
    if (round.refused !== undefined) return void fail(turn, round.refused.error);
    runZone(turn, [{ do: "keep" }], { at: "written", round });
}

export function settle(turn: Turn, round: Round): void {
    writtenForNow(turn);
    setDecided(turn, { released: [] });
    served(turn, round.version);
    const inForce = inForceNow(turn, round.nowMs, "settled");
    runZone(turn, [{ do: "tell-in-force", inForce }], { at: "settled", round });
}

export function endRound(turn: Turn, round: Round): void {
    const isHeld = heldNow(turn.state).length > 0;
    finish(turn, isHeld ? "held" : round.isChanged ? "written" : "unchanged");
}

function finish(turn: Turn, result: RoundResult): void {
    turn.effects.push({ do: "tell-round", result });
    if (result !== "waiting") setTiming(turn, { dueSinceMs: undefined });
    if (result !== "waiting" && result !== "idle") succeed(turn);
    rest(turn);
}
