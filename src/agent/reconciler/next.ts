import { confirm, confirmationDone, confirmationFailed } from "./confirm";
import { hear } from "./decide";
import { endLeading } from "./endOfPass";
import type { Effect, Moment, ReconcilerEvent } from "./event";
import type { SourceLane } from "./lanes";
import { suspect } from "./looks";
import { type Done, type Failed, sourceTaskDone, sourceTaskFailed, zoneTaskDone, zoneTaskFailed } from "./results";
import { hint, isNothingAwaited, restoreRead, startReading, takeHeard } from "./source";
import type { ReconcilerSettings, ReconcilerState } from "./state";
import { runSource, runZone, setSource, type Turn } from "./turn";
import { goOnWithZones } from "./zoneSteps";

export interface Next {
    readonly state: ReconcilerState;
    /** In this order. */
    readonly effects: readonly Effect[];
}

type EventOf<Type> = Extract<ReconcilerEvent, { readonly type: Type }>;

/**
 * What becomes of a membership by an event, and what is to be done. It is pure: time, chance, and the requests that are
 * left come with the event.
 *
 * The lanes go on beside each other, each with one task under way at most. What comes of a task is an event with the
 * number of the task; one with another number is of an earlier time, and changes nothing.
 *
 *   source lane   its tasks                        then
 *   take-over     lines of what was heard          the zone lane begins
 *   idle          none                             a pass of the zone lane, or a hint, finds that the source is due: read
 *   read          read, and the lines of it        idle, and the zone lane wakes, unless nothing came of it; a read that
 *                                                  failed is due after a pause; heard, where the zone lane rests and
 *                                                  there is news
 *   heard         none                             idle, once the zone lane takes the lines along with one of a write;
 *                                                  told, as soon as it does anything else that takes time
 *   told          the lines of it                  idle
 *
 *   zone lane     its tasks                        then
 *   begin         which writes were left open?     pass
 *   pass          rest, until it wakes             failed, where the source cannot be used; judge, while Okta is left
 *                                                  alone; look, where a zone is due; else ready
 *   look          a zone, and the lines of it      the next zone that is due; ready
 *   ready         settle the time                  decided, where a decision is due and the zones are known; else pass
 *   judge         the lines of a decision          pass, and nothing is written
 *   decided       the lines of a decision          write; pass, where there is nothing to go by; fresh, where a zone that
 *                                                  changes was read more than a second ago
 *   fresh         a zone that changes              seen; ready, once all of them were looked at, or a look failed
 *   seen          it once more, where it shows     fresh
 *                 something else
 *   write         a zone: the line before, with    the next zone that changes; written; pass, where no request is left;
 *                 the first one the memory, and    failed, where one of them failed
 *                 who may be inside; the write,    starved, where that is before the first one
 *                 the line after
 *   starved       tell who may be inside           pass
 *   written       keep the memory                  settled
 *   settled       tell who is inside               pass
 *   failed        the lines of a failure           pass, after a pause; off, where another try mends nothing
 *
 *   event         what it changes
 *   lead          what was remembered and heard is taken over, and the zone lane begins
 *   stop          a write under way comes to its end with its line; no other task is begun but lines, and the lead ends
 *   hint          the source is due, and read if no read is under way
 *   suspect       all zones are due, and it wakes
 *   recheck       it wakes
 *   confirm       the ledger's line; then what is held may go, once the memory of it is kept: the answer
 *   stand-by      what an earlier process left is remembered
 *   hear          a reading is judged and remembered, and nothing is written
 */
export function next(
    settings: ReconcilerSettings,
    before: ReconcilerState,
    event: ReconcilerEvent,
    moment: Moment,
): Next {
    const turn: Turn = { settings, moment, state: before, effects: [] };
    handle(turn, event);
    goOn(turn);
    return { state: turn.state, effects: turn.effects };
}

function handle(turn: Turn, event: ReconcilerEvent): void {
    switch (event.type) {
        case "lead":
            return void lead(turn, event);
        case "stand-by":
            return void standBy(turn, event);
        case "hear":
            return void hear(turn, event.reading);
        case "stop":
            turn.state = { ...turn.state, isEnding: true };
            return;
        case "hint":
            return void hinted(turn);
        case "suspect":
            suspect(turn);
            return void turn.effects.push({ do: "wake" });
        case "recheck":
            return void turn.effects.push({ do: "wake" });
        case "confirm":
            return void confirm(turn, event);
        case "done":
        case "failed":
            return void ended(turn, event);
    }
}

/** Each lane without a task goes on with its next step. */
function goOn(turn: Turn): void {
    while (isAtStep(turn)) {
        const { sourceLane } = turn.state;
        if (isSourceAtStep(sourceLane)) endSourceLane(turn);
        else goOnWithZones(turn);
    }
}

function isAtStep({ state: { sourceLane, zoneLane } }: Turn): boolean {
    return isSourceAtStep(sourceLane) || (zoneLane.tasks.length === 0 && zoneLane.step.at !== "off");
}

function isSourceAtStep({ tasks, step }: SourceLane): boolean {
    return tasks.length === 0 && step.at !== "idle" && step.at !== "heard";
}

/** While a read is under way, it is read again after that. */
function hinted(turn: Turn): void {
    hint(turn);
    const { isLeading, isEnding } = turn.state;
    if (isLeading && !isEnding) startReading(turn);
}

function lead(turn: Turn, { remembered, heard }: EventOf<"lead">): void {
    turn.state = { ...turn.state, isEnding: false };
    if (remembered !== undefined) turn.state = { ...turn.state, memory: remembered.memory };
    restoreRead(turn, remembered);
    const lines = takeHeard(turn, remembered, heard);
    if ("error" in lines) return void endLeading(turn, { thrown: lines.error });
    runSource(turn, lines, { at: "take-over" });
}

function standBy(turn: Turn, { remembered, isFirst }: EventOf<"stand-by">): void {
    if (remembered !== undefined) turn.state = { ...turn.state, memory: remembered.memory };
    if (isFirst) restoreRead(turn, remembered);
}

function endSourceLane(turn: Turn): void {
    const { at } = turn.state.sourceLane.step;
    runSource(turn, [], { at: "idle" });
    if (at === "take-over") return void runZone(turn, [{ do: "find-unsettled" }], { at: "begin" });
    if (at === "told" && isNothingAwaited(turn)) return;
    setSource(turn, { waitsUntilMs: -Infinity });
    turn.effects.push({ do: "wake" });
}

/** A result with another number is of an earlier time: it changes nothing. */
function ended(turn: Turn, event: Done | Failed): void {
    const { sourceLane, zoneLane } = turn.state;
    const isDone = event.type === "done";
    if (event.lane === "confirmation") {
        if (isDone) confirmationDone(turn, event.number);
        else confirmationFailed(turn, event.number, event.error);
    } else if (event.lane === "source" && event.number === sourceLane.underWay) {
        if (isDone) sourceTaskDone(turn, event);
        else sourceTaskFailed(turn, event);
    } else if (event.lane === "zone" && event.number === zoneLane.underWay) {
        if (isDone) zoneTaskDone(turn, event);
        else zoneTaskFailed(turn, event);
    }
}
