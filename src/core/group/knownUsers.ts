import { type Denial, userKey } from "../membership/denials";
import type { NamedUser } from "./users";

/** Which names are of one user, as far as Okta was asked. Names are by userKey. */
export interface KnownUsers {
    /** The id of the user; the name itself while it is not known. */
    idOf(key: string): string;
    /** The names of a user that were looked up, and the id. */
    namesOf(id: string): readonly string[];
}

/** @param names The names that were looked up, by userKey. */
export function knownUsers(names: () => Iterable<string>, userOf: (key: string) => NamedUser): KnownUsers {
    const idOf = (key: string) => userOf(key).id ?? key;
    return { idOf, namesOf: (id) => [...new Set([id, ...[...names()].filter((key) => idOf(key) === id)])] };
}

/** The users that denials name, by userKey. */
export function deniedUsers(denials: readonly Denial[]): ReadonlySet<string> {
    return new Set(denials.flatMap(({ user }) => (user === undefined ? [] : [userKey(user)])));
}

/**
 * Denials, and each denial of a user once more for every other name of that user: it counts whichever name a grant gives
 * them, the login or the id.
 */
export function withAliases(denials: readonly Denial[], users: KnownUsers): readonly Denial[] {
    return denials.flatMap((denial) => [denial, ...aliasesOf(denial, users)]);
}

function aliasesOf(denial: Denial, { idOf, namesOf }: KnownUsers): readonly Denial[] {
    if (denial.user === undefined) return [];
    const key = userKey(denial.user);
    const others = namesOf(idOf(key)).filter((name) => name !== key);
    return others.map((user) => ({ ...denial, user }));
}
