import { quote } from "../errors/quote";

/** The facts about a group other than its members. */
export interface GroupFacts {
    readonly id: string;
    readonly name: string;
    /** `OKTA_GROUP`; `APP_GROUP` for one that an application or a directory fills, `BUILT_IN` for one of Okta's own. */
    readonly type: string;
    /** Names of the group rules that put users into it, active or not. */
    readonly rules: readonly string[];
    /** Labels of the apps that it is assigned to. */
    readonly apps: readonly string[];
    /** Types of the admin roles that it holds; undefined where the credential may not read them. */
    readonly roles: readonly string[] | undefined;
}

/**
 * Why a group cannot be the group of a membership, in one sentence; undefined where it can.
 *
 *   the group                          because
 *   is not of type OKTA_GROUP          its members are managed by an app, a directory or Okta
 *   is the target of a group rule      the rule adds members and undoes removals
 *   is assigned to apps                a grant would give and take away the app itself
 *   holds admin roles                  a grant would make administrators
 *   is named in the portal's rules     a grant would make a user eligible for more
 *
 * @param ruleGroups Names and ids of the groups that the portal's rules name.
 */
export function unfitGroup(
    { id, name, type, rules, apps, roles = [] }: GroupFacts,
    ruleGroups: readonly string[] = [],
): string | undefined {
    const group = `the group ${id} (${quote(name)})`;
    if (type !== "OKTA_GROUP") {
        return `${group} is of type ${type}, and a group of a membership must be of type OKTA_GROUP: create one for it`;
    }
    const own = "use a group that is for this membership alone";
    if (rules.length > 0) {
        return `${group} is the target of the group rule ${listed(rules)}, which would undo what the agent does: ${own}`;
    }
    if (apps.length > 0) {
        return `${group} is assigned to the app ${listed(apps)}, so each grant would assign it too: ${own}`;
    }
    if (ruleGroups.some((each) => each === name || each === id)) {
        return `${group} is named in the portal's rules, so each grant would make its user eligible: ${own}`;
    }
    if (roles.length > 0) {
        return `${group} holds the admin role ${roles.join(", ")}, so each grant would make an administrator: ${own}`;
    }
    return undefined;
}

const MOST_NAMED = 3;

function listed(names: readonly string[]): string {
    const rest = names.length - MOST_NAMED;
    return `${names.slice(0, MOST_NAMED).map(quote).join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}
