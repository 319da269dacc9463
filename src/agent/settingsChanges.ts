import { isDeepStrictEqual } from "node:util";

import type { AgentSettings, MembershipSettings } from "../core/settings/agentSettings";

/**
 * The settings that changed, by their names in the file.
 *
 *   in the configuration       is called
 *   one membership             `maxRemovals`
 *   several of them            `payroll.maxRemovals`; `payroll` where it is new or gone
 *   orgs, and what is once     `orgs`, `listen`
 */
export function changedSettings(before: AgentSettings, after: AgentSettings): string[] {
    const { memberships: old, orgs: oldOrgs, form: _, ...oldProcess } = before;
    const { memberships, orgs, form, ...process } = after;
    const okta = isDeepStrictEqual(oldOrgs, orgs) ? [] : [form === "one" ? "okta" : "orgs"];
    return [...okta, ...differences(oldProcess, process), ...changedMemberships(old, memberships, form)];
}

function changedMemberships(
    before: readonly MembershipSettings[],
    after: readonly MembershipSettings[],
    form: AgentSettings["form"],
): string[] {
    const old = new Map(before.map((each) => [each.name, each]));
    const now = new Map(after.map((each) => [each.name, each]));
    return [...new Set([...old.keys(), ...now.keys()])].flatMap((name) => {
        const [these, those] = [old.get(name), now.get(name)];
        if (these === undefined || those === undefined) return [name];
        const changed = differences(byName(these), byName(those));
        return form === "one" ? changed : changed.map((setting) => `${name}.${setting}`);
    });
}

function differences(before: object, after: object): string[] {
    const [these, those] = [new Map(Object.entries(before)), new Map(Object.entries(after))];
    return [...those.keys()].filter((name) => !isDeepStrictEqual(these.get(name), those.get(name)));
}

function byName({ rules, maxStaleMs, pollMs, name: _, sourceOf: __, ...rest }: MembershipSettings): object {
    const { timeToLive, windowMs, ...others } = rules;
    const { maxMs, permanent } = timeToLive;
    return {
        ...rest,
        maxStale: maxStaleMs,
        poll: pollMs,
        ...others,
        maxRemovalsWindow: windowMs,
        maxTimeToLive: maxMs,
        permanent,
    };
}
