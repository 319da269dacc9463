import { isCoded, isTransient } from "../../core/errors/errors";
import { tellFailure, tellMoment } from "../events/format";
import { pauseAfter } from "./failures";
import { type Known, momentAfter } from "./grantsNow";
import { areZonesKnown, nextLookMs } from "./looks";
import { runZone, setTiming, type Turn } from "./turn";

/** No rest is longer, so that a clock that was set forward delays nothing for longer than this. */
const LONGEST_REST_MS = 15_000;

export function due(turn: Turn): void {
    const { dueSinceMs = turn.moment.nowMs } = turn.state.timing;
    setTiming(turn, { dueSinceMs });
}

export function succeed(turn: Turn): void {
    if (turn.state.timing.lastError !== undefined) turn.effects.push({ do: "tell-trouble", trouble: undefined });
    setTiming(turn, { lastSuccessMs: turn.moment.nowMs, lastError: undefined, failures: 0 });
}

/** Something failed. What was cut off by the end is no failure. */
export function fail(turn: Turn, error: unknown): void {
    if (turn.state.isEnding) endLeading(turn);
    else complain(turn, error);
}

/** Before the first round ended well, whatever another try would not mend ends it; later only a bug does. */
export function complain(turn: Turn, error: unknown): void {
    const { moment, state } = turn;
    const { timing } = state;
    turn.effects.push({ do: "tell-round", result: "failed" });
    const isHopeless = !isTransient(error) && (timing.lastSuccessMs === undefined || !isCoded(error));
    if (isHopeless) return void endLeading(turn, { thrown: error });
    const { code, why: message } = tellFailure(error);
    const lastError = { code, message, at: tellMoment(moment.nowMs) };
    const pauseMs = pauseAfter(error, timing.failures, moment.waitMs("remove"), moment.random());
    setTiming(turn, { lastError, failures: timing.failures + 1, pausesUntilMs: moment.nowMs + pauseMs });
    if (message !== timing.lastError?.message) turn.effects.push({ do: "tell-trouble", trouble: lastError });
    rest(turn);
}

/** Nothing is to be done for now; or for good. */
export function rest(turn: Turn): void {
    if (turn.state.isEnding) return void endLeading(turn);
    runZone(turn, [{ do: "rest", ms: idleMs(turn) }], { at: "pass" });
}

/** How long there is nothing to do, as far as anybody knows, in milliseconds. */
function idleMs(known: Known): number {
    const { moment, state } = known;
    const { nowMs } = moment;
    const { timing, source, sourceLane } = state;
    const isDue = timing.dueSinceMs !== undefined;
    const isKnown = areZonesKnown(known);
    const oktaMs = isDue
        ? nowMs + moment.waitMs(isKnown ? timing.waitsFor : "remove")
        : Math.max(nextLookMs(known), nowMs + moment.waitMs("look"));
    const nextMs = Math.min(
        // One that is due while a read is under way follows that, which wakes the lane.
        sourceLane.step.at === "idle" || source.dueMs > nowMs ? source.dueMs : Infinity,
        // A removal that is due meanwhile does not wait until there are enough requests for an addition.
        momentAfter(known, isDue ? nowMs : timing.planned.atMs),
        Math.max(oktaMs, timing.pausesUntilMs, isDue && isKnown ? source.waitsUntilMs : -Infinity),
    );
    return Math.min(LONGEST_REST_MS, Math.max(0, nextMs - nowMs));
}

/** Leads no more. */
export function endLeading(turn: Turn, error?: { readonly thrown: unknown }): void {
    turn.state = { ...turn.state, isLeading: false };
    runZone(turn, [], { at: "off" });
    turn.effects.push({ do: "end", ...(error && { error }) });
}
