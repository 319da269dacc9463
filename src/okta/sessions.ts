import { fail } from "../core/errors/errors";
import { fieldsOf, textOf } from "./exchange/fields";
import { unexpected } from "./exchange/unexpected";
import type { OktaHttp } from "./http";

/** Okta's answer to a request that ends sessions, for the ledger. */
export interface Cleared {
    readonly status: number;
    readonly requestId?: string;
}

/** A user as Okta names them. */
export interface FoundUser {
    readonly id: string;
    /** Undefined where the answer has none. */
    readonly login?: string;
}

/** People's sessions at Okta. */
export interface Sessions {
    /**
     * @param user An id, a login, or a login's short name where only one user has it
     * @throws `okta-refused` if there is no such user
     */
    findUser(user: string, signal: AbortSignal): Promise<FoundUser>;

    /** Ends all sessions of a user at Okta; the apps' own sessions continue. */
    clear(userId: string, signal: AbortSignal): Promise<Cleared>;
}

/**
 * Also revokes the user's OAuth tokens, which would otherwise keep apps signed in. Keeps remembered devices, which Okta
 * would forget by default: a user with a new grant should not have to enrol again.
 */
const WHAT = "oauthTokens=true&forgetDevices=false";

/** Sessions over Okta's management API. Scopes: okta.users.read, okta.users.manage. */
export function httpSessions(http: OktaHttp): Sessions {
    return {
        async findUser(user, signal) {
            const path = pathOfUser(user);
            const { body } = await http.request("GET", path, { signal });
            const { id: idField, profile } = fieldsOf(body);
            const [id, login] = [textOf(idField) ?? "", textOf(fieldsOf(profile).login)];
            if (!/^[\w-]+$/.test(id)) unexpected(path, "a user");
            return { id, ...(login !== undefined && { login }) };
        },

        async clear(userId, signal) {
            if (!/^[\w-]+$/.test(userId)) fail("bad-input", `"${userId}" is not the id of a user`);
            const path = `/api/v1/users/${userId}/sessions?${WHAT}`;
            // Idempotent.
            const { status, headers } = await http.request("DELETE", path, { signal, repeatable: true });
            const requestId = headers.get("x-okta-request-id");
            return { status, ...(requestId !== null && { requestId }) };
        },
    };
}

/** The path of a user, by login or id, without blanks around it. `me`, the owner of the credential, and dots, another path, are refused. */
export function pathOfUser(text: string): string {
    const user = text.trim().normalize("NFC");
    if (/^(me|\.{0,2})$/i.test(user) || user.length > 100)
        fail("bad-input", `"${user}" is not an Okta login or user id`);
    return `/api/v1/users/${encodeURIComponent(user)}`;
}
