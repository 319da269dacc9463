import { endOf, type Grant, isActive } from "../../core/grants/grants";
import { userKey } from "../../core/membership/denials";

/**
 * The grants by which somebody may be inside, one for each id and user, the one that ends last. A zone was written by one
 * list of grants, and a later list may be known already: a user in either of them may be inside.
 *
 *   a grant                                            may be inside
 *   is active in one of the lists                      yes
 *   is active in one of them, has another user in      both users
 *   another
 *   is active in one of them, ends earlier in another  until the later end
 *   is active in none of them                          no
 */
export function mayBeInside(lists: readonly (readonly Grant[])[], nowMs: number): readonly Grant[] {
    const [first = [], ...others] = lists.filter((list) => list.length > 0);
    const active = first.filter((grant) => isActive(grant, nowMs));
    // Mostly there is one list, of as many as a hundred thousand, in which each id is there once.
    return others.length === 0 ? active : longest([active, ...others].flat(), nowMs);
}

/** Those that are active, one for each id and user: the one that ends last. */
function longest(grants: readonly Grant[], nowMs: number): readonly Grant[] {
    const found = new Map<string, Map<string | undefined, Grant>>();
    for (const grant of grants) {
        if (!isActive(grant, nowMs)) continue;
        const ofId = found.get(grant.id) ?? new Map<string | undefined, Grant>();
        const key = grant.user === undefined ? undefined : userKey(grant.user);
        const known = ofId.get(key);
        if (known === undefined || endOf(grant) > endOf(known)) ofId.set(key, grant);
        found.set(grant.id, ofId);
    }
    return [...found.values()].flatMap((ofId) => [...ofId.values()]);
}
