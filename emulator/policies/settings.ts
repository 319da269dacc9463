import { type Document, documentOf, isDocument } from "../state/document";

/** What a password policy says where its body does not. Source: the Okta provider's recordings of PASSWORD policies. */
const PASSWORD = {
    password: {
        complexity: {
            minLength: 8,
            minLowerCase: 1,
            minUpperCase: 1,
            minNumber: 1,
            minSymbol: 0,
            excludeUsername: true,
            dictionary: { common: { exclude: false } },
            excludeAttributes: [],
        },
        age: { maxAgeDays: 0, expireWarnDays: 0, minAgeMinutes: 0, historyCount: 0 },
        lockout: {
            maxAttempts: 10,
            autoUnlockMinutes: 0,
            userLockoutNotificationChannels: [],
            showLockoutFailures: false,
        },
        breachedProtection: { expireAfterDays: null, logoutEnabled: false, delegatedWorkflowId: null },
    },
    recovery: {
        factors: {
            recovery_question: { status: "INACTIVE", properties: { complexity: { minLength: 4 } } },
            okta_email: { status: "INACTIVE", properties: { recoveryToken: { tokenLifetimeMinutes: 60 } } },
            okta_sms: { status: "INACTIVE" },
            okta_call: { status: "INACTIVE" },
        },
    },
    delegation: { options: { skipUnlock: false } },
};

/** The authenticators that every organisation can have, in the order of Okta's answer. */
export const AUTHENTICATORS = [
    "okta_email",
    "google_otp",
    "okta_verify",
    "onprem_mfa",
    "okta_password",
    "phone_number",
    "security_question",
];

/** The `settings` of a policy, or undefined where policies of the type have none. @param before What a PUT replaces. */
export function settingsOf(type: string, given: unknown, before?: unknown): Document | undefined {
    if (type === "PASSWORD") return merged(PASSWORD, given ?? before);
    if (type === "MFA_ENROLL") return enrollmentOf(documentOf(given ?? before));
    return undefined;
}

/** Those that were given, and the others as not allowed; custom ones come first (recorded). */
function enrollmentOf(given: Document): Document {
    if (given.type === "FACTORS" || given.factors !== undefined) return factorsOf(given);
    const wanted = Array.isArray(given.authenticators) ? given.authenticators.map(documentOf) : [];
    const custom = wanted.filter(({ key }) => !AUTHENTICATORS.includes(String(key)));
    const usual = AUTHENTICATORS.map((key) => {
        const isUsual = key === "okta_password" && given.authenticators === undefined;
        const otherwise = { key, enroll: { self: isUsual ? "REQUIRED" : "NOT_ALLOWED" } };
        return wanted.find((each) => each.key === key) ?? otherwise;
    });
    return { type: "AUTHENTICATORS", authenticators: [...custom, ...usual] };
}

/**
 * Factors of Classic Engine. Source of the defaults: the reference of Okta's policy API, "Policy Factors Configuration
 * object".
 */
function factorsOf({ factors, ...given }: Document): Document {
    const usual = { enroll: { self: "NOT_ALLOWED" }, consent: { type: "NONE" } };
    const filled = Object.entries(documentOf(factors)).map(([key, factor]) => [key, merged(usual, factor)]);
    return { type: "FACTORS", ...given, factors: Object.fromEntries(filled) };
}

/** The defaults with what was given in their place, however deep. */
function merged(defaults: Document, given: unknown): Document {
    const said = documentOf(given);
    const filled = Object.entries(defaults).map(([field, usual]) => {
        const value = said[field];
        return [field, isDocument(usual) ? merged(usual, value) : (value ?? usual)];
    });
    return { ...said, ...Object.fromEntries(filled) };
}
