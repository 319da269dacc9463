import type { Span } from "../addresses/ip";
import type { Reading } from "../grants/grantsDocument";
import { type Decision, decideMembership } from "./decide";
import { entriesOf } from "./entries";
import { grantOfItem } from "./losses";
import { readable, type ZoneNow } from "./plan";
import type { Rules } from "./rules";
import { type StackEntries, stackMemory } from "./stackMemory";

export interface StackDecisionInput {
    /** What the state remembers of the last run. */
    readonly state: StackEntries;
    /** Static gateways of the last run. */
    readonly staticBefore: readonly Span[];
    readonly reading: Reading;
    /** The zones that share the membership, in their order, as they are. */
    readonly zones: readonly ZoneNow[];
    readonly rules: Rules;
    /** Lets go of everything that would be held. */
    readonly isConfirmed: boolean;
    /** Milliseconds since 1970 in UTC. */
    readonly nowMs: number;
}

export interface StackDecision {
    readonly decision: Decision;
    /** What the state remembers from now on. */
    readonly state: StackEntries;
}

/**
 * Decides about a membership by what the state of a stack remembers. The window of `maxRemovals` is one run, and static
 * gateways that left the settings go with it, since a preview shows them.
 */
export function decideByStack(input: StackDecisionInput): StackDecision {
    const { state, staticBefore, reading, zones, rules, isConfirmed, nowMs } = input;
    const { staticGateways } = rules;
    const live = zones.map(({ id, gateways }) => ({ id, spans: readable(gateways) }));
    const decision = decideMembership({
        ...stackMemory({ state, reading, zones: live, staticBefore, staticGateways }),
        reading,
        zones,
        rules: { ...rules, windowMs: 0 },
        staticRemovals: "apply",
        isConfirmed,
        nowMs,
    });
    const { plan, grants, judgement, memory } = decision;
    const { keep, verdict } = judgement;
    const isHeld = verdict === "held";
    // A held entry is marked among the entries.
    const held = memory.held.filter((item) => grantOfItem(item) !== undefined).sort();
    return {
        decision,
        state: {
            ...entriesOf({ zones: plan.zones, grants, staticGateways, keep, isHeld, nowMs }),
            ...(held.length > 0 && { held }),
        },
    };
}
