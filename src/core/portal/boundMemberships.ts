import { fail } from "../errors/errors";
import { quote } from "../errors/quote";
import { isSelected } from "../grants/selection";
import type { AgentSettings, MembershipSettings } from "../settings/agentSettings";
import { groupsOfRules, type PortalSettings } from "./settings/portalSettings";
import { readPortalSettings } from "./settings/readPortalSettings";

/**
 * The settings with what the portal of the same file says about the groups of memberships.
 *
 *   a membership with `group`                    then
 *   whose access a workload may have             refused: a workload has no user who could be in the group
 *   whose group the portal's rules name          refused once Okta has told the group's name: see unfitGroup
 *
 * @throws `bad-input`
 */
export function withPortalRules(settings: AgentSettings, document: unknown): AgentSettings {
    if (typeof document !== "object" || document === null || !("portal" in document)) return settings;
    const portal = readPortalSettings(document);
    const ruleGroups = [...groupsOfRules(portal)];
    const memberships = settings.memberships.map((membership) => {
        if (membership.group === undefined) return membership;
        requireNoWorkload(membership, portal);
        return { ...membership, ruleGroups };
    });
    return { ...settings, memberships };
}

function requireNoWorkload({ name, source, rules }: MembershipSettings, { accesses, workloads }: PortalSettings): void {
    const isPortal = (source as { readonly type?: unknown } | null)?.type === "portal";
    if (!isPortal) return;
    for (const workload of workloads) {
        const access = accesses.find(
            (each) => workload.accesses.includes(each.name) && isSelected(each, rules.selector),
        );
        if (access === undefined) continue;
        fail(
            "bad-input",
            `the membership ${quote(name)} has a group, and portal.workloads lets ${quote(workload.name)} have its access ${quote(access.name)}: a workload has no user who could be put into the group, so give it an access of a membership without one`,
        );
    }
}
