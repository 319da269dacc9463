import { parseSpan } from "../core/addresses/ip";
import { fail } from "../core/errors/errors";
import { type Reading, reportUnusable } from "../core/grants/grantsDocument";
import { askFor } from "../core/judging/allowed";
import type { Decision } from "../core/membership/decide";
import type { ZoneNow } from "../core/membership/plan";
import type { Rules } from "../core/membership/rules";
import { decideByStack, type StackDecision } from "../core/membership/stackDecision";
import type { StackEntries } from "../core/membership/stackMemory";
import { fixedProblem } from "../core/ranges/fixedRanges";
import { GATEWAY_LIMIT, SENTINEL } from "../core/zones/zone";
import type { Zone } from "../okta/zones/zones";
import { zoneNow } from "../reconcile";
import type { Membership, MembershipArgs } from "./state";
import { summarize } from "./summary";

export interface DesiredInput {
    /** The state of the last run. */
    readonly olds: Partial<Membership>;
    readonly news: MembershipArgs;
    readonly rules: Rules;
    readonly reading: Reading;
    /** The zones in their order; undefined for one that the preview is only going to create. */
    readonly zones: readonly (Zone | undefined)[];
    /** Milliseconds since 1970 in UTC. */
    readonly nowMs: number;
}

export interface Desired {
    /** The new state. */
    readonly membership: Membership;
    /** What it means for people, line by line. */
    readonly says: readonly string[];
}

/**
 * What a membership becomes, by what the stack's state remembers. It depends on nothing but its input, so that the
 * update decides as the preview did.
 *
 * @throws `bad-input` where a run would write half of what is meant
 */
export function desiredMembership(input: DesiredInput): Desired {
    const { olds, news, reading } = input;
    const { decision, state } = decide(input);
    if (news.source === undefined) checkFixed(decision, olds, news);
    const isFewer = news.zoneIds.length < (olds.zoneIds?.length ?? 0);
    if (isFewer && !news.allow?.includes("fewer-shards")) checkRoom(decision, news.zoneIds.length);
    return {
        membership: {
            ...news,
            ...state,
            refused: decision.refused.map(({ id, reason }) => ({ id, reason })),
            unusable: reportUnusable(reading.unusable),
        },
        says: summarize(decision, reading.unusable),
    };
}

function decide({ olds, news, rules, reading, zones, nowMs }: DesiredInput): StackDecision {
    return decideByStack({
        state: stateOf(olds),
        staticBefore: (olds.staticGateways ?? []).flatMap((text) => parseSpan(text, "clear").span ?? []),
        reading,
        zones: zones.map((zone, index) => (zone === undefined ? newZone(index) : zoneNow(zone))),
        rules,
        isConfirmed: news.confirmRemovals ?? false,
        nowMs,
    });
}

/** A state of 0.1.0 had no entries: then nothing is remembered. */
export function stateOf({ entries = {}, parts, missing, held }: Partial<StackEntries>): StackEntries {
    return { entries, parts, missing, held };
}

/** Its id is not known before the update; the name of its entries in a preview. */
function newZone(index: number): ZoneNow {
    return { id: `new zone ${index + 1}`, gateways: [SENTINEL], limit: GATEWAY_LIMIT.POLICY };
}

/** @throws `bad-input` */
function checkFixed({ plan }: Decision, olds: Partial<MembershipArgs>, news: MembershipArgs): void {
    const [before, after] = [olds.staticGateways ?? [], news.staticGateways ?? []];
    const problem = fixedProblem({ plan, before, after, isConfirmed: news.confirmRemovals ?? false });
    if (problem !== undefined) fail("bad-input", problem);
}

/** Fewer zones may take nobody's place away. @throws `bad-input` */
function checkRoom({ refused }: Decision, zones: number): void {
    const outside = refused.filter(({ kind }) => kind === "room").map(({ id }) => id);
    if (outside.length === 0) return;
    const left = zones === 1 ? "one zone has" : `${zones} zones have`;
    fail(
        "bad-input",
        `${left} no room for ${outside.length} of the active grants, such as ${outside[0]}: ` +
            `keep as many shards as before; ${askFor("fewer-shards")}`,
    );
}
