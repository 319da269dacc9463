import type { CodeName } from "../errors/codeTable";

/** Types of admin roles that may change network zones and policies. Source: Okta's help, "Manage network zones". */
export const SUFFICIENT_ROLES = ["SUPER_ADMIN", "ORG_ADMIN"];

/** The rights of a credential, as far as Okta shows them. */
export interface Rights {
    /** `ana@example.com`, or `the OAuth app 0oa1`. */
    readonly who: string;
    /**
     * Types of the active roles, such as `ORG_ADMIN`; `CUSTOM` for one that the org made. Undefined where Okta does not
     * say.
     */
    readonly roles: readonly string[] | undefined;
    /** Of an OAuth app; undefined for an API token, and where the access token does not say. */
    readonly scopes: readonly string[] | undefined;
}

export interface MissingRight {
    readonly code: CodeName;
    readonly message: string;
}

/**
 * The rights that the credential certainly lacks to write zones and policies.
 *
 *   scopes           roles                         problem          because
 *   lack one         any                           scopes-missing   Okta refuses each write
 *   enough, unknown  none of SUFFICIENT_ROLES      role-too-small   the same
 *   enough, unknown  one of these, CUSTOM          none             a custom role does not say what it allows
 *   enough, unknown  unknown                       none             only a write shows it
 *
 * @param needed Scopes for all that is to be written, which an OAuth app needs.
 */
export function missingRight({ who, roles, scopes }: Rights, needed: readonly string[]): MissingRight | undefined {
    const lacking = needed.filter((scope) => scopes !== undefined && !scopes.includes(scope));
    if (lacking.length > 0) {
        const remedy = "grant them to the app under Okta API Scopes, and add them to okta:scopes";
        return { code: "scopes-missing", message: `${who} lacks the scopes ${lacking.join(", ")}: ${remedy}` };
    }
    if (roles === undefined || roles.includes("CUSTOM") || roles.some((type) => SUFFICIENT_ROLES.includes(type))) {
        return undefined;
    }
    const has = roles.length === 0 ? "no admin role" : `only the role ${roles.join(", ")}`;
    return {
        code: "role-too-small",
        message:
            `${who} has ${has}, which may not write network zones and policies: ` +
            "give it the role Organization Administrator, then create a new credential",
    };
}
