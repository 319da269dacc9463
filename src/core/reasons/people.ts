/** The users and groups that a rule of a policy names, by id. */
export interface PeopleCondition {
    readonly users: NamedIds;
    readonly groups: NamedIds;
}

interface NamedIds {
    readonly include: readonly string[];
    readonly exclude: readonly string[];
}

/** A user, and the groups that they are in; undefined where these are not known. */
export interface PersonInOrg {
    readonly id: string;
    readonly groupIds: readonly string[] | undefined;
}

/**
 * Whether a rule is for a person.
 *
 *   the rule                                        verdict
 *   excludes the user, or a group of theirs         no
 *   includes users or groups, them or one of theirs yes
 *   includes users or groups, and none of theirs    no
 *   names no user and no group                      yes
 *   names groups, and those of the user are unknown undefined, unless the users decide
 *
 * Source: Okta's reference, people condition of policy rules: users and groups that are included are alternatives.
 *
 * @returns `yes`, the reason why not in a phrase that follows "the rule", or undefined if it is not known
 */
export function isForPerson(
    { users, groups }: PeopleCondition,
    { id, groupIds }: PersonInOrg,
): "yes" | Not | undefined {
    if (users.exclude.includes(id)) return { why: `leaves out this user (${id})` };
    const isIncluded = users.include.includes(id);
    if (groupIds === undefined && groups.exclude.length > 0) return undefined;
    const excluded = groups.exclude.filter((group) => groupIds?.includes(group));
    if (excluded.length > 0) return { why: `leaves out the group ${excluded.join(", ")}, which this user is in` };
    if (isIncluded || users.include.length + groups.include.length === 0) return "yes";
    if (groups.include.length === 0) return { why: `is for other users only` };
    if (groupIds === undefined) return undefined;
    if (groups.include.some((group) => groupIds.includes(group))) return "yes";
    return { why: `is for the group ${groups.include.join(", ")} only, which this user is not in` };
}

export interface Not {
    readonly why: string;
}

/** Whether a condition names any group, so that the groups of a person have to be known. */
export function namesGroups({ groups }: PeopleCondition): boolean {
    return groups.include.length + groups.exclude.length > 0;
}
