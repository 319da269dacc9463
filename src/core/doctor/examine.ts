import { codeNamed } from "../codes";
import type { CodeName } from "../codeTable";
import {
    credentialIsAccepted,
    credentialLasts,
    oneCredentialIsSet,
    ownerIsKnown,
    roleSuffices,
    scopesSuffice,
    tokenIsFree,
} from "./access";
import type { Facts } from "./facts";
import { grantsAreInside, grantsAreUsable, grantsHaveRoom, insidersAreGranted, sourceIsReadable } from "./grants";
import { clockIsRight, oktaAnswers, orgIsIdentityEngine, orgIsTheRightOne, rateIsFree } from "./org";
import {
    addressIsLookedAtOften,
    adminConsoleIsElsewhere,
    catchAllDenies,
    policyHasApps,
    policyIsThere,
    zoneDecides,
    zonesAreUsed,
} from "./policies";
import type { Check, Verdict } from "./verdict";
import { nobodyElseWrites, writesAreVerified } from "./writers";
import {
    orgHasRoomForEntries,
    orgHasRoomForZones,
    shardsShareProxies,
    zonesAreActive,
    zonesAreFit,
    zonesAreForPolicies,
    zonesAreThere,
    zonesHaveRoom,
    zonesHoldSomething,
} from "./zones";

/** What a check found, as programs are told. */
export interface Finding {
    /** Such as `ZK101`. */
    readonly code: string;
    readonly name: CodeName;
    readonly status: Verdict["status"];
    readonly detail: string;
    /** A sentence; "" where nothing is to be done. */
    readonly remedy: string;
}

/** What is looked at, by the code that names what is wrong otherwise. Each stands for itself; the order is for people. */
export const CHECKS: readonly (readonly [name: CodeName, check: Check])[] = [
    ["okta-unreachable", oktaAnswers],
    ["okta-unauthorized", credentialIsAccepted],
    ["credential-shadowed", oneCredentialIsSet],
    ["credential-owner", ownerIsKnown],
    ["role-too-small", roleSuffices],
    ["scopes-missing", scopesSuffice],
    ["credential-ends", credentialLasts],
    ["credential-tied-to-zone", tokenIsFree],
    ["clock-wrong", clockIsRight],
    ["org-classic", orgIsIdentityEngine],
    ["org-mixed-up", orgIsTheRightOne],
    ["zone-missing", zonesAreThere],
    ["zone-unfit", zonesAreFit],
    ["zone-inactive", zonesAreActive],
    ["zone-blocklist", zonesAreForPolicies],
    ["zone-empty", zonesHoldSomething],
    ["zone-proxies-differ", shardsShareProxies],
    ["zone-full", zonesHaveRoom],
    ["org-zones-full", orgHasRoomForZones],
    ["org-entries-full", orgHasRoomForEntries],
    ["policy-missing", policyIsThere],
    ["zone-unused", zonesAreUsed],
    ["other-rule-decides", zoneDecides],
    ["catch-all-allows", catchAllDenies],
    ["policy-without-apps", policyHasApps],
    ["admin-console-behind-zone", adminConsoleIsElsewhere],
    ["address-looked-at-rarely", addressIsLookedAtOften],
    ["source-unreadable", sourceIsReadable],
    ["grants-unusable", grantsAreUsable],
    ["grants-not-inside", grantsAreInside],
    ["gateways-without-grant", insidersAreGranted],
    ["grants-refused", grantsHaveRoom],
    ["okta-throttled", rateIsFree],
    ["write-unverified", writesAreVerified],
    ["foreign-writer", nobodyElseWrites],
];

/** Asks every check. One that has nothing to look at says nothing. */
export function examine(facts: Facts): Finding[] {
    return CHECKS.flatMap(([name, check]) => {
        const verdict = check(facts);
        if (verdict === undefined) return [];
        const { code, remedy } = codeNamed(name);
        const todo = verdict.status === "ok" ? "" : (verdict.remedy ?? remedy);
        return [{ code, name, status: verdict.status, detail: verdict.detail, remedy: todo }];
    });
}
