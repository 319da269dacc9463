import type { RuleInForce } from "../src/core/judging/judgeRule";
import { listOf, read, textOf, UNKNOWN } from "./reading";
import { AUTHENTICATION_RULE, AUTHENTICATION_RULES, SESSION_RULE } from "./types";

/** The name that Okta gives the last rule of a new authentication policy, and by which its provider knows it too. */
const CATCH_ALL = "Catch-all Rule";

/** The rules that a resource declares: one, several or none. */
export function rulesIn(type: string, props: object): RuleInForce[] {
    if (type === AUTHENTICATION_RULE || type === SESSION_RULE) return [ruleIn(props)];
    if (type !== AUTHENTICATION_RULES) return [];
    return (listOf(props, "rules") ?? []).filter((rule) => typeof rule === "object" && rule !== null).map(ruleIn);
}

/** What is left out has the value that the Okta provider gives it. */
function ruleIn(props: object): RuleInForce {
    const name = textOf(props, "name", undefined);
    return {
        name,
        isCatchAll: name === CATCH_ALL || read(props, "system") === true,
        access: textOf(props, "access", "ALLOW"),
        status: textOf(props, "status", "ACTIVE"),
        connection: textOf(props, "networkConnection", "ANYWHERE"),
        includes: listOf(props, "networkIncludes"),
        excludes: listOf(props, "networkExcludes"),
        // The provider calls it so from 7.0.0 on, and with another ending before.
        groups: listOf(props, "groupsIncluded")?.concat(listOf(props, "groupsIncludeds") ?? []),
    };
}

/** Whether a new policy's catch-all stays open; undefined when it is not known. Okta makes it so. */
export function catchAllOf(props: object): boolean | undefined {
    const value = read(props, "catchAll");
    return value === UNKNOWN ? undefined : value !== false;
}
