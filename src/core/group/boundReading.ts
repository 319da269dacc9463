import { quote } from "../errors/quote";
import { type Grant, isExpired } from "../grants/grants";
import type { Reading, Unusable } from "../grants/grantsDocument";
import { isSelected, type Selector } from "../grants/selection";
import { userKey } from "../membership/denials";
import type { NamedUser } from "./users";

export interface BoundReadingInput {
    readonly reading: Reading;
    readonly selector: Selector;
    /** What is known of a user, by userKey. */
    readonly userOf: (key: string) => NamedUser;
    readonly nowMs: number;
}

/**
 * The reading for a membership with a group: its grants are bound to users, so a grant without a usable user is unusable.
 * As with other unusable entries, a known grant stays as it was known.
 *
 *   a selected grant that has not ended                        is unusable
 *   has no user                                                yes
 *   has a user that Okta does not know, or who is suspended    yes
 *   or deprovisioned
 *   has a user who is not looked up yet                        until then
 *   has a user whom Okta had under this name and does not      yes
 *   find under it any more
 *   names its user by the login, and another grant names the   yes, both: to withdraw one of them would not be to
 *   same user by the id                                        withdraw the access of that user
 *   has a user that Okta found                                 no
 */
export function boundReading({ reading, selector, userOf, nowMs }: BoundReadingInput): Reading {
    const own = reading.grants.filter((grant) => isSelected(grant, selector) && !isExpired(grant, nowMs));
    const twice = namedTwice(own, userOf);
    const problems = new Map<string, string>();
    for (const { id, user } of own) {
        const problem = problemOf(user, userOf, twice);
        if (problem !== undefined) problems.set(id, problem);
    }
    if (problems.size === 0) return reading;
    const isAsked = (user: string | undefined) => user !== undefined && userOf(userKey(user)).state === "asked";
    const unusable = own.flatMap(({ id, spans, user }): Unusable[] => {
        const reason = problems.get(id);
        if (reason === undefined) return [];
        const named = { ...(user !== undefined && { user }), ...(isAsked(user) && { isPending: true as const }) };
        return [{ id, field: "user", reason, spans, ...named }];
    });
    return {
        ...reading,
        grants: reading.grants.filter(({ id }) => !problems.has(id)),
        unusable: [...reading.unusable, ...unusable],
    };
}

/** The users of the selected grants that have not ended, by userKey. */
export function usersOf({ grants }: Reading, selector: Selector, nowMs: number): ReadonlySet<string> {
    const own = grants.filter((grant) => isSelected(grant, selector) && !isExpired(grant, nowMs));
    return new Set(own.flatMap(({ user }) => (user === undefined ? [] : [userKey(user)])));
}

function problemOf(
    user: string | undefined,
    userOf: BoundReadingInput["userOf"],
    twice: ReadonlyMap<string, readonly string[]>,
): string | undefined {
    if (user === undefined) return "is missing: the grants of this membership are bound to users; say whose it is";
    const named = userOf(userKey(user));
    if (named.state === "refused" || named.state === "kept") return named.why;
    if (named.state === "asked") {
        return named.why === undefined
            ? `Okta has not said yet who ${quote(user)} is`
            : `it cannot be found out who ${quote(user)} is: ${named.why}`;
    }
    const names = twice.get(named.id);
    if (names === undefined) return undefined;
    return `${names.map(quote).join(" and ")} are one user: name a user in the same way in all grants`;
}

/** The names of each user who has several, by the user's id. */
function namedTwice(grants: readonly Grant[], userOf: BoundReadingInput["userOf"]) {
    const names = new Map<string, Map<string, string>>();
    for (const { user } of grants) {
        if (user === undefined) continue;
        const named = userOf(userKey(user));
        if (named.state !== "found") continue;
        const ofId = names.get(named.id) ?? new Map<string, string>();
        if (!ofId.has(userKey(user))) ofId.set(userKey(user), user);
        names.set(named.id, ofId);
    }
    return new Map(
        [...names].flatMap(([id, ofId]) => (ofId.size > 1 ? [[id, [...ofId.values()].sort()] as const] : [])),
    );
}
