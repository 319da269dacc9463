import { type MaxRemovals, mostRemovals } from "../membership/limits";
import { namesOf, type OktaUser } from "./users";

/** What is remembered of a group from one decision to the next. Plain data that JSON can carry; users are told by id. */
export interface GroupMemory {
    /** Users whom a grant put, or was to put, into the group. */
    readonly granted: readonly string[];
    /** Members found at first contact whom no grant explains, and who are there still. */
    readonly unknown: readonly string[];
    /** Of those, the ones whose removal was confirmed, and by whom; until they are out. */
    readonly released: Readonly<Record<string, string>>;
}

/** Everything that goes into a decision about the members of a group. */
export interface GroupPlanInput {
    /** The members as they are. */
    readonly members: readonly OktaUser[];
    /** Ids of the users who have an active grant to go by whose address has room. */
    readonly wanted: ReadonlySet<string>;
    /**
     * Names of users with an active grant to go by of whom Okta has not said who they are, or who may not sign in: they
     * are not put in, and whoever they may be stays. By userKey.
     */
    readonly staying: ReadonlySet<string>;
    /** Undefined where nothing is remembered of the group: first contact. */
    readonly memory: GroupMemory | undefined;
    /** What becomes at first contact of members whom no grant explains. */
    readonly firstContact: "hold" | "apply";
    readonly maxRemovals: MaxRemovals;
}

export interface GroupPlan {
    /** Ids of users to put in. */
    readonly add: readonly string[];
    readonly remove: readonly MemberRemoval[];
    /** Members who stay until their removal is confirmed. */
    readonly held: readonly OktaUser[];
    /** What to remember before anything is written. */
    readonly memory: GroupMemory;
}

export interface MemberRemoval {
    readonly user: OktaUser;
    /**
     *   ended    the grants by which the user was in have ended, or were withdrawn
     *   unknown  found at first contact, and the removal was confirmed, or `firstContact` is `apply`
     *   drift    no grant put the user in: another writer did
     */
    readonly why: "ended" | "unknown" | "drift";
    /** Who confirmed it, where it was held. */
    readonly confirmedBy?: string;
}

/**
 * Decides who is put into a group, and who is taken out. The removal brake has decided before: a user whom it holds has a
 * grant to go by, and is wanted.
 *
 *   a user                                  is a member                           is none
 *   has an active grant to go by            stays                                 is put in, if the address has room
 *   may be one that is not found out yet    stays                                 waits
 *   has none; was granted                   goes: ended                           is forgotten
 *   has none; first contact                 is held; with `apply` goes, where     –
 *                                           so few go that the brake allows it
 *   has none; was held                      is held until confirmed, or granted   is forgotten: another writer took the user out
 *   has none; was released                  goes: unknown                         is forgotten
 *   has none of these                       goes: drift                           –
 */
export function planGroup(input: GroupPlanInput): GroupPlan {
    const { members, wanted, staying, memory } = input;
    const inside = new Set(members.map(({ id }) => id));
    const others = members.filter(({ id }) => !wanted.has(id));
    const open = others.filter((user) => !namesOf(user).some((name) => staying.has(name)));
    const granted = new Set(memory?.granted);
    // A member who may be a user with a grant is unknown, too, until Okta has said who the user is.
    const unknown = new Set(memory?.unknown ?? others.map(({ id }) => id));
    const applied = memory === undefined ? appliedOf(open, input) : [];
    const released = new Map([...Object.entries(memory?.released ?? {}), ...applied]);
    const held = open.filter(({ id }) => unknown.has(id) && !released.has(id));
    const remove = open.flatMap((user): MemberRemoval[] => {
        if (released.has(user.id)) {
            const by = released.get(user.id);
            return [{ user, why: "unknown", ...(by && { confirmedBy: by }) }];
        }
        if (unknown.has(user.id)) return [];
        return [{ user, why: granted.has(user.id) ? "ended" : "drift" }];
    });
    const leaving = new Set(remove.map(({ user }) => user.id));
    const rest = others.map(({ id }) => id);
    return {
        add: [...wanted].filter((id) => !inside.has(id)),
        remove,
        held,
        memory: {
            granted: [...new Set([...wanted, ...rest.filter((id) => granted.has(id))])].sort(),
            unknown: rest.filter((id) => unknown.has(id) && !leaving.has(id)).sort(),
            released: Object.fromEntries([...released].filter(([id]) => leaving.has(id)).sort()),
        },
    };
}

/** Those of whom nobody has to confirm at first contact that they go, each without the name of anybody who did. */
function appliedOf(open: readonly OktaUser[], { members, firstContact, maxRemovals }: GroupPlanInput) {
    if (firstContact === "hold") return [];
    const isAll = maxRemovals !== "off" && open.length >= 2 && open.length === members.length;
    const isFew = !isAll && open.length <= mostRemovals(maxRemovals, members.length);
    return isFew ? open.map(({ id }) => [id, ""] as const) : [];
}
