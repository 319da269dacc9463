import { type Denial, userKey } from "../../core/membership/denials";
import type { Denials } from "../denials/denials";
import type { UserLookup } from "./userLookup";

export type DenialList = Pick<Denials, "list" | "version">;

/**
 * The denials for grants that are bound to users. Okta was asked who each user is, so the denial of a user counts
 * whichever name a grant gives them, the login or the id.
 *
 * @param want Receives the denied users, by userKey, whenever they change: they have to be looked up, too.
 */
export function aliasedDenials(
    { list, version }: DenialList,
    users: Pick<UserLookup, "idOf" | "namesOf" | "version">,
    want: (keys: ReadonlySet<string>) => void,
): DenialList {
    let latest = { of: -1, users: -1, version: 0, list: [] as readonly Denial[] };

    function now() {
        if (latest.of === version() && latest.users === users.version()) return latest;
        if (latest.of !== version())
            want(new Set(list().flatMap(({ user }) => (user === undefined ? [] : [userKey(user)]))));
        const all = list().flatMap((denial) => [denial, ...aliasesOf(denial, users)]);
        latest = { of: version(), users: users.version(), version: latest.version + 1, list: all };
        return latest;
    }

    return { list: () => now().list, version: () => now().version };
}

/** The same denial for each other name of its user. */
function aliasesOf(denial: Denial, { idOf, namesOf }: Pick<UserLookup, "idOf" | "namesOf">): readonly Denial[] {
    if (denial.user === undefined) return [];
    const key = userKey(denial.user);
    const others = namesOf(idOf(key)).filter((name) => name !== key);
    return others.map((user) => ({ ...denial, user }));
}
