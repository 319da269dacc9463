import type { Document } from "../state/document";
import type { Org } from "../state/org";

/** What may be done to a user of each status, as its links say (recorded, but for the last four). */
const STEPS: Readonly<Record<string, readonly string[]>> = {
    STAGED: ["activate", "resetFactors"],
    PROVISIONED: ["suspend", "resetPassword", "reactivate", "resetFactors", "deactivate"],
    ACTIVE: [
        "suspend",
        "resetPassword",
        "expirePassword",
        "changeRecoveryQuestion",
        "resetFactors",
        "changePassword",
        "deactivate",
    ],
    DEPROVISIONED: ["activate", "delete"],
    SUSPENDED: ["unsuspend", "resetPassword", "expirePassword", "resetFactors", "deactivate"],
    LOCKED_OUT: ["unlock", "suspend", "resetPassword", "deactivate"],
    PASSWORD_EXPIRED: ["suspend", "resetPassword", "resetFactors", "deactivate"],
    RECOVERY: ["suspend", "resetPassword", "resetFactors", "deactivate"],
};

const PATHS: Readonly<Record<string, string>> = {
    resetFactors: "lifecycle/reset_factors",
    resetPassword: "lifecycle/reset_password",
    expirePassword: "lifecycle/expire_password",
    changePassword: "credentials/change_password",
    changeRecoveryQuestion: "credentials/change_recovery_question",
};

/** A user as lists and `/users/me` show one. */
export function showUserInList(user: Document, url: string): Document {
    return { ...user, _links: { self: { href: `${url}/api/v1/users/${user.id}` } } };
}

/** A user as Okta shows one alone, with the steps that its status allows. */
export function showUser(user: Document, { userTypes }: Org, url: string): Document {
    const self = `${url}/api/v1/users/${user.id}`;
    const typeId = String((user.type as Document | undefined)?.id ?? [...userTypes.keys()][0]);
    const steps = (STEPS[String(user.status)] ?? []).map((step) =>
        step === "delete"
            ? [step, { href: self, method: "DELETE" }]
            : [step, { href: `${self}/${PATHS[step] ?? `lifecycle/${step}`}`, method: "POST" }],
    );
    return {
        ...user,
        _links: {
            ...Object.fromEntries(steps),
            schema: { href: `${url}/api/v1/meta/schemas/user/osc${typeId.slice(3)}` },
            self: { href: self },
            type: { href: `${url}/api/v1/meta/types/user/${typeId}` },
        },
    };
}
