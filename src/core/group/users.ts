import { userKey } from "../membership/denials";

/** A user as Okta has them. */
export interface OktaUser {
    readonly id: string;
    readonly login: string | undefined;
    /** Such as `ACTIVE` or `SUSPENDED`; undefined where it is not known. */
    readonly status?: string | undefined;
}

/**
 * What is known of the name of a user in grants, a login or an id.
 *
 *   found     it is this user
 *   refused   there is no such user, or one that may not sign in; `id` where there is one
 *   asked     Okta has not answered yet; `why` where the latest try failed, `id` where an earlier answer is remembered
 *   kept      Okta does not find the name, or finds another user; a grant in effect remembers that it is this user
 */
export type NamedUser =
    | { readonly state: "found"; readonly id: string }
    | { readonly state: "refused"; readonly why: string; readonly id?: string }
    | { readonly state: "asked"; readonly why?: string; readonly id?: string }
    | { readonly state: "kept"; readonly why: string; readonly id: string };

/** Statuses of users who cannot sign in until an administrator acts. Source: Okta's reference, user status. */
const OUT: Readonly<Record<string, string>> = { SUSPENDED: "suspended", DEPROVISIONED: "deprovisioned" };

/** The state of a name whose user Okta found. */
export function namedUser(name: string, { id, status = "" }: OktaUser): NamedUser {
    const out = OUT[status];
    return out === undefined ? { state: "found", id } : { state: "refused", id, why: `the user ${name} is ${out}` };
}

/** The names of a user: the id, the login, and the part of the login before the @. */
export function namesOf({ id, login }: Pick<OktaUser, "id" | "login">): readonly string[] {
    return login === undefined ? [id] : [id, userKey(login), userKey(login.replace(/@.*/, ""))];
}
