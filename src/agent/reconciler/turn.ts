import type { Effect, Moment } from "./event";
import type { RecordTask, SourceStep, SourceTask, ZoneStep, ZoneTask } from "./lanes";
import type { DecidedState, ReconcilerSettings, ReconcilerState, SourceState, Timing } from "./state";

/** One event while it is handled: the state so far, and the effects so far. Nobody else sees it. */
export interface Turn {
    readonly settings: ReconcilerSettings;
    readonly moment: Moment;
    state: ReconcilerState;
    readonly effects: Effect[];
}

export function setSource(turn: Turn, changed: Partial<SourceState>): void {
    turn.state = { ...turn.state, source: { ...turn.state.source, ...changed } };
}

export function setDecided(turn: Turn, changed: Partial<DecidedState>): void {
    turn.state = { ...turn.state, decided: { ...turn.state.decided, ...changed } };
}

export function setTiming(turn: Turn, changed: Partial<Timing>): void {
    turn.state = { ...turn.state, timing: { ...turn.state.timing, ...changed } };
}

/** A number that no effect had before. */
export function nextNumber(turn: Turn): number {
    const number = turn.state.lastNumber + 1;
    turn.state = { ...turn.state, lastNumber: number };
    return number;
}

/** Gives the source lane these tasks, and begins the first one. */
export function runSource(turn: Turn, tasks: readonly SourceTask[], step: SourceStep): void {
    const [task] = tasks;
    const underWay = task && nextNumber(turn);
    turn.state = { ...turn.state, sourceLane: { tasks, underWay, step } };
    if (task !== undefined && underWay !== undefined) {
        turn.effects.push({ do: "begin", lane: "source", number: underWay, task });
    }
}

/** Gives the zone lane these tasks, and begins the first one. */
export function runZone(turn: Turn, tasks: readonly ZoneTask[], step: ZoneStep): void {
    const [task] = tasks;
    if (!isOnTheWay(task, step)) recordHeard(turn);
    const underWay = task && nextNumber(turn);
    turn.state = { ...turn.state, zoneLane: { tasks, underWay, step } };
    if (task !== undefined && underWay !== undefined) {
        turn.effects.push({ do: "begin", lane: "zone", number: underWay, task });
    }
}

/** Whether nothing that takes time comes before the line of a write, or the end of the pass. */
function isOnTheWay(task: ZoneTask | undefined, { at }: ZoneStep): boolean {
    return task === undefined ? at !== "off" : task.do === "settle-time" || task.do === "intend";
}

/** No line of the zone lane takes along what was heard: it is recorded by itself. */
function recordHeard(turn: Turn): void {
    const { step } = turn.state.sourceLane;
    if (step.at === "heard") runSource(turn, step.lines, { at: "told" });
}

/** The lines of what was heard, which come with another line now. */
export function takeHeardLines(turn: Turn): readonly RecordTask[] {
    const { step } = turn.state.sourceLane;
    if (step.at !== "heard") return [];
    runSource(turn, [], { at: "idle" });
    return step.lines;
}
