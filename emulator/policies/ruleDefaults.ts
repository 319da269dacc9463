import type { Rule } from "../state/org";

/** The priority of a catch-all rule; it is evaluated last. */
export const CATCH_ALL_PRIORITY = 99;

/**
 * The rule that Okta gives every authentication policy. It lets everybody in
 * who has two factors, until somebody changes it.
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

/** The rule of the default global session policy. */
export function defaultRule(id: string, now: string, priority: number): Rule {
    return {
        id,
        status: "ACTIVE",
        name: "Default Rule",
        priority,
        created: now,
        lastUpdated: now,
        system: true,
        conditions: {
            people: { users: { exclude: [] } },
            network: { connection: "ANYWHERE" },
            authContext: { authType: "ANY" },
        },
        actions: { signon: SIGNON },
        type: "SIGN_ON",
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
