import { fail, isCoded } from "../core/errors/errors";
import { inTwoMemberships } from "../core/settings/agentProblems";
import type { AgentSettings } from "../core/settings/agentSettings";
import { findOkta } from "../okta/connection";
import { type FindingOptions, findingOf } from "./orgConnection";

/**
 * Refuses a zone or group that two memberships write under two names of one org: `acme` and `https://acme.okta.com/` may
 * both be in `orgs`, which is only known when names and references are resolved.
 *
 * @throws `bad-input`
 */
export function refuseSameOrgTwice(settings: AgentSettings, options: FindingOptions): void {
    const { memberships } = settings;
    const names = [...new Set(memberships.map(({ org }) => org))];
    if (names.length < 2) return;
    const urls = new Map(names.map((name) => [name, orgUrlOf(name, settings, options)]));
    const problems = inTwoMemberships(memberships, ({ org }) => urls.get(org));
    if (problems.length > 0) fail("bad-input", problems.join("; "));
}

/** The name itself if the org cannot be used; opening it reports why. */
function orgUrlOf(name: string, settings: AgentSettings, options: FindingOptions): string {
    try {
        return findOkta(findingOf(name, settings, options)).orgUrl;
    } catch (error) {
        if (!isCoded(error)) throw error;
        return name;
    }
}
