import type { Grant } from "../../core/grants/grants";
import { mayBeInside } from "../sessions/mayBeInside";

export interface InForce {
    /**
     * Active grants by which a user may be inside: those to go by, with those that the removal brake holds, and those
     * of a later reading that is not decided about yet.
     */
    readonly active: readonly Grant[];
    readonly atMs: number;
    /**
     *   expected   they may be inside from now on, and others may be too
     *   settled    they may be inside, and nobody else is by a grant
     */
    readonly state: "expected" | "settled";
}

/**
 * @param lists Grants to go by, and those of a later reading.
 * @param nowMs At which they are active, or not.
 */
export function inForceOf(
    lists: readonly (readonly Grant[])[],
    nowMs: number,
    { atMs, state }: Pick<InForce, "atMs" | "state">,
): InForce {
    let active: readonly Grant[] | undefined;
    return {
        // Where no sessions are ended nobody asks, and it is a look at every grant.
        get active() {
            active ??= mayBeInside(lists, nowMs);
            return active;
        },
        atMs,
        state,
    };
}
