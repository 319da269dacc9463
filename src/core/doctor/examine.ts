import { codeNamed } from "../errors/codes";
import type { CodeName } from "../errors/codeTable";
import {
    credentialIsAccepted,
    credentialLasts,
    oneCredentialIsSet,
    ownerIsKnown,
    roleSuffices,
    scopesSuffice,
    tokenIsFree,
} from "./access";
import { agentLeads } from "./agent";
import { grantedIsNotBlocked, sessionsAllow, threatInsightIsKnown } from "./before";
import type { Facts } from "./facts";
import {
    grantsAreInside,
    grantsAreUsable,
    grantsHaveRoom,
    insidersAreGranted,
    nothingIsHeld,
    sourceIsReadable,
} from "./grants";
import { groupIsFit, usersAreMembers } from "./group";
import { clockIsRight, oktaAnswers, orgIsIdentityEngine, orgIsTheRightOne, rateIsFree } from "./org";
import {
    addressIsLookedAtOften,
    adminConsoleIsElsewhere,
    catchAllDenies,
    policyHasApps,
    policyIsThere,
    zoneDecides,
} from "./policies";
import { rulesAskForNoMore, rulesAskForTheGroup } from "./ruleConditions";
import { settingsAreTheStacks } from "./stack";
import type { Check, Verdict } from "./verdict";
import { certificateLasts, wayIsKnown } from "./way";
import { nobodyElseWrites, writesAreVerified } from "./writers";
import {
    orgHasRoomForEntries,
    orgHasRoomForZones,
    shardsShareProxies,
    zoneNamesAreFree,
    zonesAreActive,
    zonesAreFit,
    zonesAreForPolicies,
    zonesAreThere,
    zonesHaveRoom,
    zonesHoldSomething,
} from "./zones";
import { withZonesOfOthers } from "./zonesOfOthers";
import { zonesAreUsed } from "./zoneUse";

/** What a check found. */
export interface Finding {
    /** Such as `ZK101`. */
    readonly code: string;
    readonly name: CodeName;
    /** What was checked, for people. */
    readonly subject: string;
    readonly status: Verdict["status"];
    readonly detail: string;
    /** A sentence; "" where nothing is to be done. */
    readonly remedy: string;
}

/**
 * The checks: the name of the problem that each finds, the subject for people,
 * and the check. They do not depend on each other; the order is for readers.
 */
export const CHECKS: readonly (readonly [name: CodeName, subject: string, check: Check])[] = [
    ["okta-unreachable", "Okta answers", oktaAnswers],
    ["okta-unauthorized", "credential", credentialIsAccepted],
    ["credential-shadowed", "which credential", oneCredentialIsSet],
    ["credential-owner", "whose it is", ownerIsKnown],
    ["role-too-small", "role", roleSuffices],
    ["scopes-missing", "scopes", scopesSuffice],
    ["credential-ends", "its end", credentialLasts],
    ["credential-tied-to-zone", "where it works", tokenIsFree],
    ["clock-wrong", "clock", clockIsRight],
    ["org-classic", "engine", orgIsIdentityEngine],
    ["org-mixed-up", "org", orgIsTheRightOne],
    ["proxy-in-use", "way", wayIsKnown],
    ["org-certificate", "certificate", certificateLasts],
    ["zone-missing", "zone", zonesAreThere],
    ["zone-unfit", "type", zonesAreFit],
    ["zone-name-taken", "name of a new zone", zoneNamesAreFree],
    ["zone-inactive", "status", zonesAreActive],
    ["zone-blocklist", "usage", zonesAreForPolicies],
    ["zone-empty", "gateways", zonesHoldSomething],
    ["zone-proxies-differ", "trusted proxies", shardsShareProxies],
    ["zone-full", "room", zonesHaveRoom],
    ["granted-and-blocked", "blocklists", grantedIsNotBlocked],
    ["group-unfit", "group", groupIsFit],
    ["org-zones-full", "zones in the org", orgHasRoomForZones],
    ["org-entries-full", "entries in the org", orgHasRoomForEntries],
    ["policy-missing", "policy", policyIsThere],
    ["zone-unused", "rule in zone", zonesAreUsed],
    ["rule-narrowed", "other conditions", rulesAskForNoMore],
    ["group-not-required", "group in rule", rulesAskForTheGroup],
    ["session-rule", "session policies", sessionsAllow],
    ["threat-insight", "ThreatInsight", threatInsightIsKnown],
    ["other-rule-decides", "other rules", zoneDecides],
    ["catch-all-allows", "catch-all rule", catchAllDenies],
    ["policy-without-apps", "apps", policyHasApps],
    ["admin-console-behind-zone", "Admin Console", adminConsoleIsElsewhere],
    ["address-looked-at-rarely", "new sign-in", addressIsLookedAtOften],
    ["source-unreadable", "source", sourceIsReadable],
    ["grants-unusable", "usable grants", grantsAreUsable],
    ["grants-not-inside", "grants in force", grantsAreInside],
    ["group-users", "users", usersAreMembers],
    ["gateways-without-grant", "without grant", insidersAreGranted],
    ["grants-refused", "refused grants", grantsHaveRoom],
    ["removals-held", "removals", nothingIsHeld],
    ["agent-not-leading", "agent", agentLeads],
    ["settings-differ", "settings of the stack", settingsAreTheStacks],
    ["okta-throttled", "rate limit", rateIsFree],
    ["write-unverified", "write test", writesAreVerified],
    ["foreign-writer", "other writers", nobodyElseWrites],
];

/** Runs every check. A check that does not apply gives no finding. */
export function examine(known: Facts): Finding[] {
    const facts = withZonesOfOthers(known);
    return CHECKS.flatMap(([name, subject, check]) => {
        const verdict = check(facts);
        if (verdict === undefined) return [];
        const { code, remedy } = codeNamed(name);
        const todo = verdict.status === "ok" ? "" : (verdict.remedy ?? remedy);
        return [{ code, name, subject, status: verdict.status, detail: verdict.detail, remedy: todo }];
    });
}
