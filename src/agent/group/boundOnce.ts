import { hasCode } from "../../core/errors/errors";
import { isActive } from "../../core/grants/grants";
import type { Reading } from "../../core/grants/grantsDocument";
import { isSelected, type Selector } from "../../core/grants/selection";
import { boundReading } from "../../core/group/boundReading";
import { keptUser } from "../../core/group/keptUsers";
import { type KnownUsers, knownUsers } from "../../core/group/knownUsers";
import { type NamedUser, namedUser, namesOf, type OktaUser } from "../../core/group/users";
import { userKey } from "../../core/membership/denials";
import { isMissing } from "../../okta/exchange/refused";
import type { GroupStore } from "../../okta/groups";

/** A user as active grants name them, and the user at Okta. */
export interface LookedUp {
    readonly name: string;
    /** Ids of the grants. */
    readonly grants: readonly string[];
    /** `not asked` where there are too many names to look up. */
    readonly user: OktaUser | "nobody" | "not asked";
}

export interface BoundOnceOptions {
    readonly store: Pick<GroupStore, "findUser">;
    readonly reading: Reading;
    readonly selector: Selector;
    /** Known users, who need not be looked up. */
    readonly members: readonly OktaUser[];
    readonly nowMs: number;
    /** Users to look up before those of the active grants, by userKey. @default none */
    readonly also?: ReadonlySet<string>;
    /** The ids that are remembered of names, see GroupMemory. @default none */
    readonly names?: Readonly<Record<string, string>>;
    /** The most names that are looked up, with a request each. */
    readonly most: number;
    readonly signal: AbortSignal;
}

export interface BoundOnce {
    readonly users: readonly LookedUp[];
    /** The reading with the grants bound to users; a name that was not looked up counts as found. */
    readonly reading: Reading;
    /** The user of a name, by userKey; `asked` for one that was not looked up. */
    userOf(key: string): NamedUser;
    readonly known: KnownUsers;
}

const AT_ONCE = 5;

/** Looks up the users of the active grants of a reading, once. @throws `okta-*` */
export async function boundOnce(options: BoundOnceOptions): Promise<BoundOnce> {
    const { store, reading, selector, members, nowMs, also = [], names: remembered = {}, most, signal } = options;
    const byName = new Map(members.flatMap((member) => namesOf(member).map((name) => [name, member] as const)));
    const names = namesIn(reading, selector, nowMs);
    const wanted = new Set([...also, ...names.keys()]);
    const unknown = [...wanted].filter((key) => !byName.has(key)).slice(0, most);
    const found = new Map<string, OktaUser | "nobody">(byName);
    for (let first = 0; first < unknown.length; first += AT_ONCE) {
        const some = unknown.slice(first, first + AT_ONCE);
        const users = await Promise.all(some.map((key) => lookUp(store, names.get(key)?.name ?? key, signal)));
        for (const [index, key] of some.entries()) found.set(key, users[index] ?? "nobody");
    }
    const ids = new Map(Object.entries(remembered));
    const userOf = (key: string): NamedUser => {
        const answer = namedBy(names.get(key)?.name ?? key, found.get(key));
        return keptUser({ key, answer, knownId: ids.get(key), holder: "there" });
    };
    // A grant whose user was not looked up must not count as unusable.
    const lenient = (key: string): NamedUser =>
        found.has(key) ? userOf(key) : { state: "found", id: ids.get(key) ?? key };
    return {
        users: [...names].map(([key, { name, grants }]) => ({ name, grants, user: found.get(key) ?? "not asked" })),
        reading: boundReading({ reading, selector, userOf: lenient, nowMs }),
        userOf,
        known: knownUsers(() => found.keys(), userOf),
    };
}

/** The users of active grants, by userKey, in the spelling of the first grant. */
function namesIn({ grants }: Reading, selector: Selector, nowMs: number) {
    const names = new Map<string, { readonly name: string; readonly grants: string[] }>();
    for (const grant of grants) {
        if (grant.user === undefined || !isActive(grant, nowMs) || !isSelected(grant, selector)) continue;
        const key = userKey(grant.user);
        const known = names.get(key) ?? { name: grant.user, grants: [] };
        known.grants.push(grant.id);
        names.set(key, known);
    }
    return names;
}

async function lookUp(
    store: BoundOnceOptions["store"],
    name: string,
    signal: AbortSignal,
): Promise<OktaUser | "nobody"> {
    try {
        return await store.findUser(name, signal);
    } catch (error) {
        // A text that cannot be the name of a user names none.
        if (!isMissing(error) && !hasCode(error, "bad-input")) throw error;
        return "nobody";
    }
}

function namedBy(name: string, user: OktaUser | "nobody" | undefined): NamedUser {
    if (user === undefined) return { state: "asked" };
    return user === "nobody" ? { state: "refused", why: `Okta has no user ${name}` } : namedUser(name, user);
}
