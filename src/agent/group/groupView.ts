import { codeNamed } from "../../core/errors/codes";
import type { NamedUser } from "../../core/group/users";
import type { KeptMember } from "../../core/group/wantedUsers";
import { userKey } from "../../core/membership/denials";
import { tellMoment } from "../events/format";
import type { AgentView, GrantView, UserState } from "../status/view";
import { withFields } from "../status/withFields";
import type { GroupState } from "./groupLane";
import { nameOf } from "./lane";
import { SPREAD_MS } from "./members";

export interface GroupViewInput {
    /** Its id. */
    readonly group: string;
    readonly state: GroupState;
    readonly userOf: (key: string) => NamedUser;
    readonly nowMs: number;
}

/** How long a change may be due before the agent reports that it is not ready. */
const PATIENCE_MS = 10_000;
/** The most members who are named one by one as kept. */
const MOST_NAMED = 3;

/** The ids of the held members, by their display names. */
export function heldUsers({ held }: GroupState): ReadonlyMap<string, string> {
    return new Map(held.map((user) => [nameOf(user), user.id]));
}

/** The view of a membership, with the state of its group. */
export function viewWithGroup(view: AgentView, input: GroupViewInput): AgentView {
    const { group, state } = input;
    const held = [...heldUsers(state).keys()];
    const lastError = view.lastError ?? state.lastError;
    let grants: readonly GrantView[] | undefined;
    return withFields(view, {
        get grants() {
            grants ??= view.grants.map((grant) => boundGrant(grant, input));
            return grants;
        },
        *eachState() {
            for (const each of view.eachState()) yield boundState(each, input);
        },
        *eachGrant() {
            for (const grant of view.eachGrant()) yield boundGrant(grant, input);
        },
        group: { id: group, ...(state.members !== undefined && { members: state.members.map(nameOf) }) },
        ...(lastError !== undefined && { lastError }),
        held: [...view.held, ...held],
        holds: [...view.holds, ...held.map((address) => ({ address, why: "member", grants: [] }))],
        notReady: view.isLeading ? [...view.notReady, ...reasonsAgainst(input)] : view.notReady,
    });
}

/**
 * The state of a grant, from the state of its addresses and of its user.
 *
 *   by its addresses        its user               state
 *   accepted or effective   is no member yet       pending
 *   effective               became one just now    accepted
 *   ended                   is a member still      leaving, unless another grant holds the user
 *   another                 any                    as it is
 */
function boundGrant(grant: GrantView, input: GroupViewInput): GrantView {
    return { ...grant, ...boundState(grant, input) };
}

function boundState(
    { user, state: own }: UserState,
    { state, userOf, nowMs }: GroupViewInput,
): UserState & Pick<GrantView, "why"> {
    if (user === undefined) return { state: own };
    if (own !== "accepted" && own !== "effective") return { user, state: own };
    const named = userOf(userKey(user));
    if (named.state === "kept" && state.hasMember(named.id)) {
        return { user, state: own, why: whyKept(state.kept.find(({ id }) => id === named.id) ?? named) };
    }
    if (named.state === "refused") return { user, state: own, why: named.why };
    if ((named.state !== "found" && named.state !== "kept") || !state.hasMember(named.id)) {
        const why =
            named.state === "asked" ? `Okta has not said yet who ${user} is` : `${user} is not in the group yet`;
        return { user, state: "pending", why };
    }
    const atMs = state.acceptedAtMs(named.id);
    const isSpread = atMs === undefined || nowMs - atMs >= SPREAD_MS;
    return { user, state: isSpread ? own : "accepted" };
}

/** Why Okta's answer does not count, and for how long. */
function whyKept({
    id,
    why,
    untilMs = Infinity,
}: Pick<KeptMember, "id" | "why"> & { readonly untilMs?: number }): string {
    const until = untilMs === Infinity ? "the grant is withdrawn" : tellMoment(untilMs);
    return `${why}; the user ${id}, who was let in, stays until ${until}: correct the login in the source`;
}

function reasonsAgainst({ group, state, nowMs }: GroupViewInput): readonly string[] {
    const { members, held, kept, dueSinceMs, lastError } = state;
    const { code } = codeNamed("removals-held");
    const isLate = dueSinceMs !== undefined && nowMs - dueSinceMs > PATIENCE_MS;
    return [
        ...(lastError !== undefined ? [lastError.message] : []),
        ...(members === undefined ? [`the members of the group ${group} are not known yet`] : []),
        ...(held.length > 0
            ? [
                  `members of the group ${group} whom no grant explains are held: ${held.length}; confirm or grant them [${code}]`,
              ]
            : []),
        ...kept.slice(0, MOST_NAMED).map(whyKept),
        ...(kept.length > MOST_NAMED
            ? [`${kept.length - MOST_NAMED} more members of the group ${group} stay whom Okta does not find by login`]
            : []),
        ...(isLate ? [`a change has not reached the group ${group} yet`] : []),
    ];
}
