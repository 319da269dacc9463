import { type Document, documentOf, stringsOf } from "../state/document";
import type { Org } from "../state/org";
import { compileExpression } from "./ruleExpression";

/** How often all rules are applied in a row, where they depend on each other's groups. */
const ROUNDS = 10;

/**
 * Makes the members of groups what the active rules say. Whom a rule put in goes when it is no longer true of them; whom
 * somebody else put in stays.
 *
 *   the rule is true of   is in the group    then
 *   a user                no                 put in by the rule
 *   a user                by somebody else   stays, and is not the rule's
 *   a user no longer      by a rule          taken out, unless another active rule has put them in
 *
 * @param now the moment of the change, as Okta writes it. Source: Okta's help, "About group rules".
 */
export function followGroupRules(org: Org, now: string): void {
    const active = [...org.groupRules.values()].filter(({ status }) => status === "ACTIVE");
    for (let round = 0; round < ROUNDS; round += 1) {
        const changes = active.map((rule) => followRule(org, rule, now));
        if (!changes.includes(true)) return;
    }
}

/** @returns whether anything changed */
function followRule(org: Org, rule: Document, now: string): boolean {
    const isTrue = testOf(org, rule);
    if (isTrue === undefined) return false;
    const { groupIds } = documentOf(documentOf(rule.actions).assignUserToGroups);
    let hasChanged = false;
    for (const groupId of stringsOf(groupIds).filter((id) => org.groups.has(id))) {
        const members = org.members.get(groupId) ?? new Set<string>();
        org.members.set(groupId, members);
        const put = putBy(org, String(rule.id), groupId);
        const before = [...members];
        for (const id of new Set([...org.users.keys(), ...put])) {
            const user = org.users.get(id);
            const isWanted = user !== undefined && isTrue(user);
            if (isWanted && (!members.has(id) || isByAnotherRule(org, rule, groupId, id)) && !put.has(id)) {
                hasChanged = true;
                members.add(id);
                put.add(id);
            }
            if (!isWanted && put.delete(id)) {
                hasChanged = true;
                if (!isByAnotherRule(org, rule, groupId, id)) members.delete(id);
            }
        }
        if (members.size !== before.length || before.some((id) => !members.has(id))) {
            org.groups.set(groupId, { ...org.groups.get(groupId), lastMembershipUpdated: now });
        }
    }
    return hasChanged;
}

/** Takes out whom a rule has put in. */
export function undoGroupRule(org: Org, rule: Document): void {
    for (const [groupId, put] of org.ruleMembers.get(String(rule.id)) ?? []) {
        for (const id of put) if (!isByAnotherRule(org, rule, groupId, id)) org.members.get(groupId)?.delete(id);
    }
}

/** Who is taken out of a group by hand is no longer put in by the rules that did: they exclude that user from then on. */
export function excludeFromGroupRules(org: Org, groupId: string, userId: string): void {
    for (const [ruleId, groups] of org.ruleMembers) {
        const rule = org.groupRules.get(ruleId);
        if (groups.get(groupId)?.delete(userId) !== true || rule === undefined) continue;
        const conditions = documentOf(rule.conditions);
        const people = documentOf(conditions.people);
        const exclude = [...stringsOf(documentOf(people.users).exclude), userId];
        const changed = { ...conditions, people: { ...people, users: { exclude } } };
        org.groupRules.set(ruleId, { ...rule, conditions: changed });
    }
}

/** @returns undefined for an expression that the emulator does not know */
function testOf(org: Org, { conditions }: Document): ((user: Document) => boolean) | undefined {
    const { people, expression } = documentOf(conditions);
    const isTrue = compileExpression(String(documentOf(expression).value));
    if (isTrue === undefined) return undefined;
    const { users, groups } = documentOf(people);
    const out = stringsOf(documentOf(users).exclude);
    const outGroups = stringsOf(documentOf(groups).exclude);
    return (user) => {
        const id = String(user.id);
        if (user.status === "DEPROVISIONED" || out.includes(id)) return false;
        const groupIds = [...org.members].flatMap(([group, members]) => (members.has(id) ? [group] : []));
        return !groupIds.some((group) => outGroups.includes(group)) && isTrue(documentOf(user.profile), groupIds);
    };
}

function putBy(org: Org, ruleId: string, groupId: string): Set<string> {
    const groups = org.ruleMembers.get(ruleId) ?? new Map<string, Set<string>>();
    org.ruleMembers.set(ruleId, groups);
    const put = groups.get(groupId) ?? new Set<string>();
    groups.set(groupId, put);
    return put;
}

function isByAnotherRule(org: Org, { id }: Document, groupId: string, userId: string): boolean {
    return [...org.ruleMembers].some(([ruleId, groups]) => ruleId !== id && groups.get(groupId)?.has(userId) === true);
}
