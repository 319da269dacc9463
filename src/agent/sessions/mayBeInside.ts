import { type Grant, isActive } from "../../core/grants/grants";

/**
 * The grants by which somebody may be inside, one for each id and user, the one that ends last. A zone was written by one
 * list of grants, and a later list may be known already: whoever is in either of them may be inside.
 *
 *   a grant                                            may be inside
 *   is active in one of the lists                      yes
 *   is active in one of them, has another user in      both users
 *   another
 *   is active in one of them, ends earlier in another  until the later end
 *   is active in none of them                          no
 */
export function mayBeInside(lists: readonly (readonly Grant[])[], nowMs: number): readonly Grant[] {
    const inside = new Map<string, Grant>();
    for (const grant of lists.flat()) {
        const key = JSON.stringify([grant.id, grant.user]);
        const known = inside.get(key);
        if (isActive(grant, nowMs) && (known === undefined || endOf(grant) > endOf(known))) inside.set(key, grant);
    }
    return [...inside.values()];
}

function endOf({ expiresAtMs = Infinity }: Grant): number {
    return expiresAtMs;
}
