import type { Document } from "../state/document";
import type { Rule } from "../state/org";
import { kindOf } from "./kinds";
import { OF_THREAT_PROTECTION, threatRules } from "./threatPolicies";

/** The priority of a catch-all rule; it is evaluated last. */
export const CATCH_ALL_PRIORITY = 99;

/**
 * The rule that Okta gives every authentication policy. It lets everybody in
 * who has two factors, until it is changed.
 *
 * @param isDefault Whether the policy is "Any two factors", whose rule asks for nothing more.
 */
export function catchAllRule(id: string, now: string, isDefault: boolean): Rule {
    const constraints = [{ possession: { required: true, deviceBound: "REQUIRED" } }];
    const verificationMethod = { factorMode: "2FA", type: "ASSURANCE", reauthenticateIn: "PT12H" };
    return {
        id,
        status: "ACTIVE",
        name: "Catch-all Rule",
        priority: CATCH_ALL_PRIORITY,
        created: now,
        lastUpdated: now,
        system: true,
        conditions: null,
        actions: {
            appSignOn: {
                access: "ALLOW",
                verificationMethod: isDefault ? verificationMethod : { ...verificationMethod, constraints },
                keepMeSignedIn: { postAuth: "NOT_ALLOWED" },
            },
        },
        type: "ACCESS_POLICY",
    };
}

/** The rules that Okta gives a new policy of a type that is not sequential. */
export function firstRules(type: string, id: () => string, now: string, isDefault = false): Rule[] {
    if (type === "ACCESS_POLICY") return [catchAllRule(id(), now, isDefault)];
    if (OF_THREAT_PROTECTION.includes(type)) return threatRules(type, catchAllRule(id(), now, true), id);
    return type === "PROFILE_ENROLLMENT" ? [enrollmentRule(id(), now)] : [];
}

/** The only rule of a profile enrollment policy. Source: the recording PolicyRuleProfileEnrollment_Issue1213. */
function enrollmentRule(id: string, now: string): Rule {
    return {
        ...catchAllRule(id, now, true),
        actions: {
            profileEnrollment: {
                access: "ALLOW",
                preRegistrationInlineHooks: null,
                profileAttributes: [
                    { name: "firstName", label: "First name", required: true },
                    { name: "email", label: "Primary email", required: true },
                ],
                targetGroupIds: null,
                unknownUserAction: "REGISTER",
                activationRequirements: { emailVerification: true },
                progressiveProfilingAction: "ENABLED",
                allowedIdentifiers: ["login"],
            },
        },
        type: "PROFILE_ENROLLMENT",
    };
}

/** The rule of a system policy of one of the sequential types. What it does in types other than OKTA_SIGN_ON is a guess. */
export function defaultRule(
    type: string,
    { id, now, priority }: { readonly id: string; readonly now: string; readonly priority: number },
): Rule {
    const { ruleType } = kindOf(type);
    const conditions = {
        people: { users: { exclude: [] } },
        network: { connection: "ANYWHERE" },
        ...(type === "OKTA_SIGN_ON" && { authContext: { authType: "ANY" } }),
    };
    const routing = {
        network: { connection: "ANYWHERE" },
        userIdentifier: { patterns: [] },
        app: { include: [], exclude: [] },
    };
    return {
        id,
        status: "ACTIVE",
        name: "Default Rule",
        priority,
        created: now,
        lastUpdated: now,
        system: true,
        conditions: type === "IDP_DISCOVERY" ? routing : conditions,
        actions: ACTIONS[type] ?? {},
        type: ruleType,
    };
}

/** What a rule of a global session policy does where its body does not say. */
export const SIGNON = {
    access: "ALLOW",
    requireFactor: false,
    primaryFactor: "PASSWORD_IDP_ANY_FACTOR",
    rememberDeviceByDefault: false,
    session: { usePersistentCookie: false, maxSessionIdleMinutes: 120, maxSessionLifetimeMinutes: 120 },
};

/** What the system's rule of each sequential type does. */
const ACTIONS: Readonly<Record<string, Document>> = {
    OKTA_SIGN_ON: { signon: SIGNON },
    PASSWORD: {
        passwordChange: { access: "ALLOW" },
        selfServicePasswordReset: { access: "ALLOW" },
        selfServiceUnlock: { access: "DENY" },
    },
    MFA_ENROLL: { enroll: { self: "CHALLENGE" } },
    IDP_DISCOVERY: { idp: { providers: [{ type: "OKTA" }], idpSelectionType: "SPECIFIC" } },
};
