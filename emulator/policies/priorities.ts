/** A rule or a policy in an order. */
export interface Ranked {
    readonly id: string;
    readonly priority: number;
}

/** The priorities that change, by id. */
export type Moves = ReadonlyMap<string, number>;

/**
 * Gives one of `all` a priority; others make room, as far as they must. Those
 * of an ACCESS_POLICY may have gaps between them, and a gap ends the shift:
 *
 *   1, 2, 4 and a new one at 1    1 becomes 2, 2 becomes 3, 4 stays
 *
 * The one that moves counts at its old place too, even where its priority
 * stays the same: a PUT that changes nothing pushes the next one down.
 *
 * Source: Okta's guide "Policy and rule prioritization", and the recording
 * `AppSignOnPolicyRules_crud` of the Okta provider, requests 46 to 67.
 */
export function shiftToGap(all: readonly Ranked[], id: string, wanted: number): Moves {
    const moves = new Map<string, number>();
    for (let place = wanted; all.some(({ priority }) => priority === place); place += 1) {
        for (const { id: occupant } of all.filter(({ priority }) => priority === place)) moves.set(occupant, place + 1);
    }
    return moves.set(id, wanted);
}

/**
 * Numbers `all` from 1 without gaps, after `id` went to the place `wanted`:
 * beyond the end is the end, undefined is where it is, or the end for a new
 * one. Source: the same guide, on OKTA_SIGN_ON, PASSWORD, MFA_ENROLL and
 * IDP_DISCOVERY.
 */
export function moveInSequence(all: readonly Ranked[], id?: string, wanted?: number): Moves {
    const sorted = [...all].sort((a, b) => a.priority - b.priority);
    const others = sorted.map((each) => each.id).filter((each) => each !== id);
    if (id !== undefined) {
        const before = sorted.findIndex((each) => each.id === id);
        const place = wanted === undefined ? (before < 0 ? others.length : before) : Math.max(0, wanted - 1);
        others.splice(place, 0, id);
    }
    const before = new Map(all.map((each) => [each.id, each.priority]));
    const numbered = others.map((each, index) => [each, index + 1] as const);
    return new Map(numbered.filter(([each, priority]) => before.get(each) !== priority));
}
