import type { Document } from "../state/document";

/** Whether an expression is true of a user. */
export type UserTest = (profile: Document, groupIds: readonly string[]) => boolean;

const COMPARISON = /^user\.(\w+)\s*(==|!=)\s*"([^"]*)"$/;
const TEXT_TEST = /^String\.(stringContains|startsWith)\(\s*user\.(\w+)\s*,\s*"([^"]*)"\s*\)$/;
const MEMBER = /^isMemberOfAnyGroup\(([^)]*)\)$/;

/**
 * Of Okta's expression language:
 *
 *   user.department=="Sales"                        also with !=
 *   String.stringContains(user.email, "example")    also String.startsWith
 *   isMemberOfAnyGroup("00g1", "00g2")
 *   A AND B, A OR B, also as && and ||              OR binds less; no parentheses
 *
 * @returns undefined for any other expression
 */
export function compileExpression(text: string): UserTest | undefined {
    const some = text.split(/\s+OR\s+|\s*\|\|\s*/i).map((part) => allOf(part));
    const known = some.flatMap((test) => test ?? []);
    if (known.length < some.length) return undefined;
    return (profile, groupIds) => known.some((test) => test(profile, groupIds));
}

function allOf(text: string): UserTest | undefined {
    const every = text.split(/\s+AND\s+|\s*&&\s*/i).map((part) => testOf(part.trim()));
    const known = every.flatMap((test) => test ?? []);
    if (known.length < every.length) return undefined;
    return (profile, groupIds) => known.every((test) => test(profile, groupIds));
}

function testOf(text: string): UserTest | undefined {
    const [, field, operator, value] = COMPARISON.exec(text) ?? [];
    if (field !== undefined) return (profile) => (String(profile[field] ?? "") === value) === (operator === "==");
    const [, test, ofField, part = ""] = TEXT_TEST.exec(text) ?? [];
    if (ofField !== undefined) {
        return (profile) => {
            const has = String(profile[ofField] ?? "");
            return test === "startsWith" ? has.startsWith(part) : has.includes(part);
        };
    }
    const [, groups] = MEMBER.exec(text) ?? [];
    if (groups === undefined) return undefined;
    const ids = [...groups.matchAll(/"([^"]*)"/g)].map(([, id]) => id);
    return (_profile, groupIds) => groupIds.some((id) => ids.includes(id));
}
