import { spanOf } from "../../core/addresses/ip";
import { coversSpan, mergeSpans } from "../../core/addresses/spans";
import type { Decision } from "../../core/membership/decide";
import { brakeSentence, type Held } from "../../core/membership/held";
import type { Refusal } from "../../core/membership/plan";
import type { Rules } from "../../core/membership/rules";
import { sameMembers } from "../../core/sets";
import type { AgentEvent } from "../events/events";
import { tellHeld } from "../events/format";
import type { RecordTask } from "./lanes";
import { line } from "./source";
import type { DecidedState } from "./state";

/** Grants that are named beside what is held. */
export const MOST_TOLD = 1000;

export interface Refusals {
    readonly before: readonly Refusal[];
    readonly now: readonly Refusal[];
}

/** What is new about a decision, and which of hold and confirmation was told last from now on. */
export function linesOf(
    now: Decision,
    { decision: before, lastTold }: Pick<DecidedState, "decision" | "lastTold">,
    refusals: Refusals,
    { windowMs }: Pick<Rules, "windowMs">,
): { readonly lines: readonly RecordTask[]; readonly lastTold: DecidedState["lastTold"] } {
    const held = heldLine(now, before, lastTold, windowMs);
    const lastNow = held === undefined ? lastTold : "held";
    const isNothingHeld = now.held.length === 0;
    const released = isNothingHeld ? releasedLine(now, before, lastNow) : undefined;
    const events = [held, released, aboveLimitLine(now), ...refusedLines(refusals)];
    return {
        lines: events.flatMap((event) => (event === undefined ? [] : [line(event)])),
        lastTold: released === undefined ? lastNow : undefined,
    };
}

function heldLine(
    now: Decision,
    before: Decision | undefined,
    lastTold: DecidedState["lastTold"],
    windowMs: number,
): AgentEvent | undefined {
    const isAsTold = sameMembers(itemsOf(now.held), itemsOf(before?.held ?? [])) && lastTold !== "confirmed";
    if (now.held.length === 0 || isAsTold) return undefined;
    const why = now.judgement.verdict === "held" ? brakeSentence(now.judgement, windowMs) : undefined;
    return {
        type: "removals.held",
        held: addressesOf(now.held),
        grants: now.held.flatMap(tellHeld).slice(0, MOST_TOLD),
        ...(why !== undefined && { why }),
    };
}

/** What was confirmed is recorded as such; the rest may have come back to the source meanwhile. */
function releasedLine(
    now: Decision,
    before: Decision | undefined,
    lastTold: DecidedState["lastTold"],
): AgentEvent | undefined {
    const confirmed = mergeSpans(now.released?.spans ?? []);
    const were = addressesOf(before?.held ?? []);
    const held = were.filter((address) => lastTold === "held" || !coversSpan(confirmed, spanOf(address)));
    return held.length === 0 ? undefined : { type: "removals.released", held };
}

function aboveLimitLine({ aboveLimit, judgement }: Decision): AgentEvent | undefined {
    if (aboveLimit === undefined) return undefined;
    const ids = judgement.deliberate.flatMap(({ grant }) => grant?.id ?? []);
    return { type: "removals.above-limit", grants: ids.slice(0, MOST_TOLD), most: aboveLimit };
}

function refusedLines({ before, now }: Refusals): readonly AgentEvent[] {
    const told = new Set(before.map(({ id, kind }) => `${kind} ${id}`));
    return now.flatMap(({ id, reason, kind, isRange = false }) => {
        const isHeldRange = kind === "held" && isRange;
        return told.has(`${kind} ${id}`) || isHeldRange ? [] : [{ type: "grant.refused", id, reason, kind } as const];
    });
}

/** Each address with each grant that holds it: a later reading may hold the same addresses by others. */
function itemsOf(held: readonly Held[]): readonly string[] {
    return held.flatMap(({ address, grants }) => [address, ...grants.map(({ id }) => `${address} ${id}`)]);
}

export function addressesOf(held: readonly Held[]): readonly string[] {
    return held.map(({ address }) => address);
}
