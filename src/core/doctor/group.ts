import { unfitGroup } from "../group/groupKind";
import { namesOf } from "../group/users";
import { userKey } from "../membership/denials";
import type { BoundGroupFacts, Facts, GrantedUser } from "./facts";
import { bad, counted, judge, listed, ok, type Verdict, warn } from "./verdict";

/** Checks the group to which grants are bound, as the agent does when it starts. */
export function groupIsFit({ group }: Facts): Verdict | undefined {
    if (group === undefined) return undefined;
    if (group.facts.unknown?.name === "group-unfit") return bad(group.facts.unknown.reason);
    return judge(group.facts, (facts) => {
        const problem = unfitGroup(facts, group.ruleGroups);
        if (problem !== undefined) return bad(problem);
        const roles =
            facts.roles === undefined ? ", admin roles not looked at (needs okta.roles.read)" : ", no admin role";
        return ok(`"${facts.name}" (${facts.id}): OKTA_GROUP, no group rule, no app${roles}`);
    });
}

/**
 * Checks the users of active grants, and the members of the group.
 *
 *   a user with an active grant          verdict
 *   is not there, SUSPENDED or DEPROVISIONED   fail: the grant is unusable
 *   is not ACTIVE in another way         warn: they may have to activate the account or choose a password first
 *   is not in the group                  fail
 *   was not looked up                    the count is reported
 *   has only grants that are denied, or  is not expected in the group
 *   have no room
 *
 *   a member without a grant             warn: the agent holds them at first contact, and removes them otherwise
 */
export function usersAreMembers({ group, membership }: Facts): Verdict | undefined {
    const users = group?.users;
    if (group === undefined || users === undefined) return undefined;
    const refused = new Set(membership?.value?.refused.flatMap(({ id, kind }) => (kind === "unusable" ? [] : [id])));
    const isExpected = ({ grants }: GrantedUser) => grants.some((id) => !refused.has(id));
    return judge(users, (granted) => judge(group.members, (members) => compare(granted.filter(isExpected), members)));
}

function compare(granted: readonly GrantedUser[], members: NonNullable<BoundGroupFacts["members"]["value"]>): Verdict {
    const gone = granted.flatMap((each) => problemOf(each, OUT) ?? []);
    const doubtful = granted.flatMap((each) => problemOf(each, FINE, "not") ?? []);
    const inside = new Set(members.flatMap(namesOf));
    const able = granted.filter((each) => problemOf(each, OUT) === undefined);
    const missing = able.filter(({ name, user }) => ![userKey(name), ...idOf(user)].some((key) => inside.has(key)));
    const known = new Set(granted.flatMap(({ name, user }) => [userKey(name), ...idOf(user)]));
    const strangers = members.filter((member) => !namesOf(member).some((key) => known.has(key)));
    const outside =
        missing.length === 0 ? [] : [`granted and not in the group: ${listed(missing.map(({ name }) => name))}`];
    const extra =
        strangers.length === 0
            ? []
            : [`in the group without a grant: ${listed(strangers.map(({ id, login = id }) => login))}`];
    if (gone.length + outside.length > 0) return bad([...gone, ...outside, ...extra].join("; "));
    if (doubtful.length + extra.length > 0) return warn([...doubtful, ...extra].join("; "));
    const unasked = granted.filter(({ user }) => user === "not asked").length;
    return ok(
        `${counted(granted.length, "user")} granted, all in the group${unasked > 0 ? `; ${unasked} not looked up` : ""}`,
    );
}

/** Statuses in which a user may not sign in until an administrator acts, and those in which nothing is missing. */
const OUT = ["SUSPENDED", "DEPROVISIONED", "nobody"];
const FINE = ["ACTIVE", ...OUT];

function problemOf({ name, grants, user }: GrantedUser, statuses: readonly string[], is?: "not"): string | undefined {
    if (user === "not asked") return undefined;
    const status = user === "nobody" ? user : (user.status ?? "ACTIVE");
    if (statuses.includes(status) === (is === "not")) return undefined;
    const which = `${name} (${listed(grants, 3)})`;
    return status === "nobody" ? `Okta has no user ${which}` : `${which} is ${status}`;
}

function idOf(user: GrantedUser["user"]): string[] {
    return typeof user === "string" ? [] : [user.id];
}
