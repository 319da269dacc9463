import { deniedUsers, type KnownUsers, withAliases } from "../../core/group/knownUsers";
import type { Denial } from "../../core/membership/denials";
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
    users: KnownUsers & Pick<UserLookup, "version">,
    want: (keys: ReadonlySet<string>) => void,
): DenialList {
    let latest = { of: -1, users: -1, version: 0, list: [] as readonly Denial[] };

    function now() {
        if (latest.of === version() && latest.users === users.version()) return latest;
        if (latest.of !== version()) want(deniedUsers(list()));
        const all = withAliases(list(), users);
        latest = { of: version(), users: users.version(), version: latest.version + 1, list: all };
        return latest;
    }

    return { list: () => now().list, version: () => now().version };
}
