import { hasCode } from "../../core/errors/errors";
import { tellFailure } from "../events/format";
import { endLeading, fail } from "./endOfPass";
import type { ReconcilerEvent } from "./event";
import type { IntendedWrite, StepAt, ZoneStep, ZoneTask } from "./lanes";
import { looked, lost, zoneOf } from "./looks";
import { beginLeading } from "./pass";
import { accept, isNothingAwaited, line, refuse } from "./source";
import { runSource, runZone, setSource, type Turn } from "./turn";
import { afterRefusal, notWritten, wrote } from "./writes";

export type Done = Extract<ReconcilerEvent, { readonly type: "done" }>;
export type Failed = Extract<ReconcilerEvent, { readonly type: "failed" }>;

export function sourceTaskDone(turn: Turn, { reading }: Done): void {
    const { sourceLane, source } = turn.state;
    const [task, ...others] = sourceLane.tasks;
    if (task?.do !== "read" || reading === undefined) return void runSource(turn, others, sourceLane.step);
    const lines = accept(turn, reading, source.readSinceMs, turn.moment.nowMs);
    const isNews = turn.state.source.version !== source.version;
    if (lines.length > 0 && isNews && isResting(turn)) {
        runSource(turn, [], { at: "heard", lines });
        setSource(turn, { waitsUntilMs: -Infinity });
        turn.effects.push({ do: "wake" });
    } else if (lines.length === 0 && !isNews && isNothingAwaited(turn)) {
        runSource(turn, [], { at: "idle" });
    } else {
        runSource(turn, lines, sourceLane.step);
    }
}

function isResting({ state: { isLeading, isEnding, zoneLane } }: Turn): boolean {
    return isLeading && !isEnding && zoneLane.step.at === "pass" && zoneLane.tasks[0]?.do === "rest";
}

export function sourceTaskFailed(turn: Turn, { error }: Failed): void {
    const { sourceLane, source, isEnding } = turn.state;
    if (sourceLane.step.at === "take-over") {
        runSource(turn, [], { at: "idle" });
        return void endLeading(turn, { thrown: error });
    }
    if (sourceLane.tasks[0]?.do !== "read") {
        setSource(turn, { thrown: isEnding ? undefined : { error } });
        return void runSource(turn, [], { at: "read" });
    }
    // It brought nothing: what was hinted at still waits.
    setSource(turn, { hintedAtMs: Math.min(source.hintedAtMs ?? Infinity, source.readSinceMs) });
    const lines = isEnding ? [] : refuse(turn, error);
    if ("error" in lines) setSource(turn, { thrown: lines });
    runSource(turn, "error" in lines ? [] : lines, { at: "read" });
}

export function zoneTaskDone(turn: Turn, result: Done): void {
    const { tasks, step } = turn.state.zoneLane;
    const [task, ...others] = tasks;
    if (task?.do === "find-unsettled") return void beginLeading(turn, result.unsettled ?? new Map());
    if (task?.do === "look" && result.zone !== undefined) {
        return void runZone(turn, [...looked(turn, task.zone, result.zone), ...others], step);
    }
    if (task?.do === "intend" && step.at === "write") return void intended(turn, task.write, result, step);
    const write = step.at === "write" ? step.round.writing?.write : undefined;
    if (task?.do === "write" && write !== undefined && result.receipt !== undefined) {
        return void runZone(turn, wrote(turn, write, result.receipt), step);
    }
    runZone(turn, others, step);
}

/** The line before a write is kept: now it may be made. */
function intended(turn: Turn, unnamed: IntendedWrite, { id = "", unkept }: Done, { round }: StepAt<"write">): void {
    if (unkept !== undefined) return void runZone(turn, [notBegun(id, unnamed, unkept)], { at: "failed", ...unkept });
    const { zone } = zoneOf(turn, unnamed.zone);
    const write = { ...unnamed, id };
    const tasks: readonly ZoneTask[] = zone ? [{ do: "write", zone, gateways: write.after }] : [];
    const writing = round.writing && { ...round.writing, write };
    runZone(turn, tasks, { at: "write", round: { ...round, writing } });
}

/** Something else could not be kept: the write that was told of is not made. */
function notBegun(write: string, { zone }: IntendedWrite, { error }: NonNullable<Done["unkept"]>): ZoneTask {
    return line({ type: "write.failed", write, zone, isOpen: false, ...tellFailure(error) });
}

/** No removal waits for a zone that can be written and not be read: it is written as it was read before. */
function lookFailed(turn: Turn, { at }: ZoneStep, error: unknown): void {
    const isBeforeWrite = at === "fresh" || at === "seen";
    if (!isBeforeWrite || turn.state.isEnding) return void fail(turn, error);
    runZone(turn, [{ do: "settle-time" }], { at: "ready", isFresh: true });
}

export function zoneTaskFailed(turn: Turn, { error, isSeen = false }: Failed): void {
    const { tasks, step } = turn.state.zoneLane;
    const [task, ...others] = tasks;
    if (task?.do === "find-unsettled") return void endLeading(turn, { thrown: error });
    if (task?.do === "look") {
        const wasGone = zoneOf(turn, task.zone).state === "gone";
        const lines = lost(turn, task.zone, error, isSeen);
        if (lines === undefined) return void lookFailed(turn, step, error);
        if (!wasGone) turn.state = { ...turn.state, isLookWorthARound: true };
        return void runZone(turn, [...lines, ...others], step);
    }
    if (task?.do === "write" && step.at === "write" && step.round.writing !== undefined) {
        const { write, plan } = step.round.writing;
        const lines = notWritten(turn, write, error, isSeen);
        if (!hasCode(error, "okta-refused")) return void runZone(turn, lines, { at: "failed", error });
        const round = { ...afterRefusal(step.round, plan, error), writing: undefined };
        return void runZone(turn, lines, { at: "write", round });
    }
    fail(turn, error);
}
