import { freshClients, freshTokens } from "../access/tokens";
import { freshApps } from "../apps/fresh";
import { wholeEvent } from "../logs/events";
import { freshGroups, freshMembers } from "../people/freshGroups";
import { freshUsers } from "../people/freshUsers";
import { freshUserTypes } from "../people/userTypes";
import { freshPolicies } from "../policies/fresh";
import { BEHAVIORS, firstBehaviors } from "../references/collections";
import { freshRoles } from "../roles/roles";
import type { FullSeed } from "../seed";
import { freshThreats } from "../threats/threats";
import { freshZones } from "../zones/fresh";
import type { Ids } from "./ids";
import type { Nursery } from "./nursery";
import type { Org, OrgAbout } from "./org";
import { stampOf } from "./stamp";

/** An organisation that holds what every one has, and the seed. @throws `bad-input` where the seed contradicts itself */
export function freshOrg(seed: FullSeed, ids: Ids, nowMs: number): Org {
    const nursery: Nursery = { seed, ids, nowMs, now: stampOf(nowMs) };
    const groups = freshGroups(nursery);
    const userTypes = freshUserTypes(nursery);
    const { users, passwords } = freshUsers(nursery, userTypes);
    const [adminId = ""] = users.keys();
    const { policies, rules } = freshPolicies(nursery, groups);
    const about = freshAbout(nursery, adminId, policies);
    const zones = freshZones(nursery);
    const apps = freshApps(nursery, about, policies);
    const holders = { users, tokens: freshTokens(nursery, users, adminId), clients: freshClients(nursery) };
    return {
        about,
        ...zones,
        policies,
        rules,
        apps,
        appParts: {
            users: new Map(),
            groups: new Map(),
            idTokens: new Map(),
            attributes: new Map(),
            baseAttributes: new Map(),
        },
        groups,
        members: freshMembers(nursery, groups, users),
        groupRules: new Map(),
        ruleMembers: new Map(),
        activeFactors: new Set(),
        userFactors: new Map(),
        userTypes,
        customAttributes: new Map(),
        baseAttributes: new Map(),
        groupAttributes: new Map(),
        identityProviders: new Map(),
        identityProviderKeys: new Map(),
        references: new Map([[BEHAVIORS.path, firstBehaviors(() => ids.id(BEHAVIORS.ids), nowMs)]]),
        risks: new Map(),
        passwords,
        threats: freshThreats(nursery),
        ...holders,
        roles: freshRoles(nursery, { ...holders, groups }),
        roleTargets: new Map(),
        customRoles: new Map(),
        resourceSets: new Map(),
        memberUrls: new Map(),
        events: seed.events.map((event) => wholeEvent(event, ids, nowMs, about.adminId)),
    };
}

function freshAbout({ seed: { org }, ids }: Nursery, adminId: string, policies: Org["policies"]): OrgAbout {
    const enrollment = [...policies.values()].find(({ type, system }) => type === "PROFILE_ENROLLMENT" && system);
    return {
        id: org.id ?? ids.id("00o"),
        subdomain: org.subdomain ?? "emulator",
        cell: org.cell ?? "op3",
        pipeline: org.pipeline ?? "idx",
        settings: org.settings ?? {
            analyticsCollectionEnabled: false,
            bugReportingEnabled: true,
            omEnabled: false,
            pssoEnabled: false,
            desktopMFAEnabled: false,
            itpEnabled: false,
        },
        hasRiskScoring: org.hasRiskScoring ?? true,
        hasUniversalLogout: org.hasUniversalLogout ?? true,
        profileEnrollmentPolicyId: org.profileEnrollmentPolicyId ?? enrollment?.id ?? ids.id("rst"),
        adminId,
    };
}
