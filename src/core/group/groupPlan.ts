import { type MaxRemovals, mostRemovals } from "../membership/limits";
import { namesOf, type OktaUser } from "./users";

/** The memory of a group from one decision to the next. Plain JSON; users are identified by id. */
export interface GroupMemory {
    /** Users who were added, or were to be added, for a grant. */
    readonly granted: readonly string[];
    /** Members found at first contact without a grant, who are still members. */
    readonly unknown: readonly string[];
    /** Those of them whose removal was confirmed, and by whom, until they are removed. */
    readonly released: Readonly<Record<string, string>>;
    /**
     * The id of each user with an active grant in effect, by userKey. Okta may not find a user under that name later, and
     * the grant is still that of this user.
     */
    readonly names: Readonly<Record<string, string>>;
}

/** The input of a decision about the members of a group. */
export interface GroupPlanInput {
    /** The members as they are. */
    readonly members: readonly OktaUser[];
    /** Ids of the users with an active grant in effect whose address has room. */
    readonly wanted: ReadonlySet<string>;
    /**
     * Users with an active grant in effect who are not looked up yet, or may not sign in: they are not added, and if they
     * are members they stay. By userKey.
     */
    readonly staying: ReadonlySet<string>;
    /** See WantedUsers. */
    readonly names: ReadonlyMap<string, string>;
    /** See WantedUsers. */
    readonly isUnidentified: boolean;
    /** Undefined if nothing is remembered of the group: first contact. */
    readonly memory: GroupMemory | undefined;
    /** How to treat members without a grant at first contact. */
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
     *   ended    the grants of the user have ended, or were withdrawn
     *   unknown  found at first contact, and the removal was confirmed, or `firstContact` is `apply`
     *   drift    another writer added the user
     */
    readonly why: "ended" | "unknown" | "drift";
    /** Who confirmed it, if it was held. */
    readonly confirmedBy?: string;
}

/**
 * Decides which users are added to a group and removed from it. The removal brake has decided before: a user whom it holds
 * has a grant in effect, and is wanted.
 *
 *   a user                                  is a member                           is none
 *   has an active grant in effect           stays                                 is added, if the address has room
 *   may be one that is not found out yet    stays                                 waits
 *   has none; was granted                   removed: ended                        is forgotten
 *   has none; first contact                 is held; with `apply` goes, where     –
 *                                           so few go that the brake allows it
 *   has none; was held                      is held until confirmed, or granted   is forgotten: another writer removed the user
 *   has none; was released                  removed: unknown                      is forgotten
 *   has none of these                       removed: drift; is held while a user  –
 *                                           in effect is not identified
 */
export function planGroup(input: GroupPlanInput): GroupPlan {
    const { members, wanted, staying, memory } = input;
    const inside = new Set(members.map(({ id }) => id));
    const others = members.filter(({ id }) => !wanted.has(id));
    const open = others.filter((user) => !namesOf(user).some((name) => staying.has(name)));
    const granted = new Set(memory?.granted);
    // A member who may be a user with a grant counts as unknown until that user is looked up.
    const unknown = new Set(memory?.unknown ?? others.map(({ id }) => id));
    const applied = memory === undefined ? appliedOf(open, input) : [];
    const released = new Map([...Object.entries(memory?.released ?? {}), ...applied]);
    const isUnknown = ({ id }: OktaUser) => unknown.has(id) || (input.isUnidentified && !granted.has(id));
    const held = open.filter((user) => isUnknown(user) && !released.has(user.id));
    const remove = open.flatMap((user): MemberRemoval[] => {
        if (released.has(user.id)) {
            const by = released.get(user.id);
            return [{ user, why: "unknown", ...(by && { confirmedBy: by }) }];
        }
        if (isUnknown(user)) return [];
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
            names: Object.fromEntries([...input.names].sort()),
            released: Object.fromEntries([...released].filter(([id]) => leaving.has(id)).sort()),
        },
    };
}

/** The members whose removal at first contact needs no confirmation. */
function appliedOf(open: readonly OktaUser[], input: GroupPlanInput) {
    const { members, firstContact, maxRemovals, isUnidentified } = input;
    // Where a user in effect is not identified, any member may be that user.
    if (firstContact === "hold" || isUnidentified) return [];
    const isAll = maxRemovals !== "off" && open.length >= 2 && open.length === members.length;
    const isFew = !isAll && open.length <= mostRemovals(maxRemovals, members.length);
    return isFew ? open.map(({ id }) => [id, ""] as const) : [];
}
