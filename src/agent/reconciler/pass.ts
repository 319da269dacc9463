import type { PendingWrite } from "../zones/zoneState";
import { beginDeciding, decide, judgeWithoutZones } from "./decide";
import { complain, due, endLeading, rest, succeed } from "./endOfPass";
import { type Known, momentAfter, versionNow } from "./grantsNow";
import type { StepAt } from "./lanes";
import { areZonesKnown, forgetReadTimes, forgetZones, nextLookMs, zonesToLookAt } from "./looks";
import { tellDecided } from "./round";
import { hint, startReading } from "./source";
import type { Basis } from "./state";
import { runZone, setSource, setTiming, type Turn } from "./turn";
import { writtenForNow } from "./writes";

/** How long the first round waits for the source, so that nobody is let back in by what an earlier process read. */
const FIRST_READ_MS = 5000;

/** This agent leads from now on. */
export function beginLeading(turn: Turn, unsettled: ReadonlyMap<string, PendingWrite>): void {
    const { nowMs } = turn.moment;
    turn.state = { ...turn.state, isLeading: true };
    setSource(turn, { waitsUntilMs: nowMs + FIRST_READ_MS });
    setTiming(turn, { pausesUntilMs: -Infinity, lastMs: nowMs });
    forgetZones(turn, unsettled);
    hint(turn);
    beginDeciding(turn);
    writtenForNow(turn);
    turn.state = { ...turn.state, written: { ...turn.state.written, beganAtMs: nowMs } };
    due(turn);
    beginPass(turn);
}

export function beginPass(turn: Turn): void {
    if (turn.state.isEnding) return void endLeading(turn);
    const { nowMs } = turn.moment;
    if (nowMs < turn.state.timing.lastMs) forgetTimes(turn);
    setTiming(turn, { lastMs: nowMs });
    startReading(turn);
    if (isOverdue(turn, turn.state.timing.planned)) due(turn);
    const { thrown } = turn.state.source;
    setSource(turn, { thrown: undefined });
    if (thrown !== undefined) return void complain(turn, thrown.error);
    if (nowMs < turn.state.timing.pausesUntilMs) return void judge(turn);
    beginLooks(turn);
}

/** The clock was set back: no pause and no interval that began before lasts until it has caught up. */
function forgetTimes(turn: Turn): void {
    setSource(turn, { waitsUntilMs: -Infinity });
    setTiming(turn, { pausesUntilMs: -Infinity });
    forgetReadTimes(turn);
    hint(turn);
}

/**
 * The source said something else, a person confirmed what was held, time has started or ended a grant, or the
 * clock was set back to before that.
 */
function isOverdue(known: Known, latest: Basis): boolean {
    const { nowMs } = known.moment;
    return versionNow(known) !== latest.version || momentAfter(known, latest.atMs) <= nowMs || nowMs < latest.atMs;
}

/**
 * While Okta is left alone, what the source says is judged all the same: a later reading is compared with it, and the
 * group does not wait for zones that cannot be written.
 */
function judge(turn: Turn): void {
    const { moment, state } = turn;
    if (!isOverdue(turn, state.timing.judged) || moment.nowMs < state.source.waitsUntilMs) return void rest(turn);
    setTiming(turn, { judged: { version: versionNow(turn), atMs: moment.nowMs } });
    if (areZonesKnown(turn)) {
        const { plan, lines } = decide(turn);
        return void runZone(turn, lines, { at: "judge", plan });
    }
    judgeWithoutZones(turn);
    rest(turn);
}

function beginLooks(turn: Turn): void {
    const isDue = turn.state.timing.dueSinceMs !== undefined;
    if (isDue ? areZonesKnown(turn) : nextLookMs(turn) > turn.moment.nowMs) return void settleTime(turn);
    const purpose = isDue ? "remove" : "look";
    lookNext(turn, { at: "look", todo: zonesToLookAt(turn), looks: 0, purpose });
}

export function lookNext(turn: Turn, { todo, looks, purpose }: StepAt<"look">): void {
    const [zone, ...rest] = todo;
    if (turn.state.isEnding) return void endLeading(turn);
    if (zone === undefined) return void endLooks(turn, looks);
    turn.effects.push({ do: "claim", purpose });
    if (turn.moment.waitMs(purpose) > 0) return void endLooks(turn, looks);
    runZone(turn, [{ do: "look", zone }], { at: "look", todo: rest, looks: looks + 1, purpose });
}

function endLooks(turn: Turn, looks: number): void {
    const { isLookWorthARound, timing } = turn.state;
    turn.state = { ...turn.state, isLookWorthARound: false };
    if (isLookWorthARound) due(turn);
    else if (looks > 0 && timing.dueSinceMs === undefined && areZonesKnown(turn)) succeed(turn);
    settleTime(turn);
}

/** After the looks, of which an answer may have settled it; nothing is awaited between this and the decision. */
function settleTime(turn: Turn): void {
    runZone(turn, [{ do: "settle-time" }], { at: "ready" });
}

/** What was judged is recorded. */
export function endJudging(turn: Turn, { plan }: StepAt<"judge">): void {
    tellDecided(turn, plan, turn.moment.nowMs);
    rest(turn);
}
