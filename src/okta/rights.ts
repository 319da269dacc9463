import type { Rights } from "../core/judging/rights";
import { listRoles, rolesPath } from "./admins";
import { claimsOf } from "./credentials/accessToken";
import type { Credential } from "./exchange/credential";
import type { OktaHttp } from "./http";
import { whoAmI } from "./org";

/** The rights of the credential; two requests at most. @throws `okta-*` if Okta does not answer whose it is */
export async function readRights(http: OktaHttp, credential: Credential, signal: AbortSignal): Promise<Rights> {
    if (credential.kind === "api-token") {
        const { id, login } = await whoAmI(http, signal);
        return { who: login ?? id, roles: await rolesOf(http, { userId: id }, signal), scopes: undefined };
    }
    const { clientId, scopes } = credential.kind === "private-key" ? credential : claimsOf(credential.accessToken);
    const mayAsk = clientId !== undefined && (scopes?.includes("okta.roles.read") ?? true);
    return {
        who: clientId === undefined ? "the OAuth app" : `the OAuth app ${clientId}`,
        roles: mayAsk ? await rolesOf(http, { clientId }, signal) : undefined,
        scopes,
    };
}

/** Undefined if Okta refuses: listing roles requires a right of its own. */
async function rolesOf(http: OktaHttp, holder: Parameters<typeof rolesPath>[0], signal: AbortSignal) {
    return listRoles(http, rolesPath(holder), signal).catch(() => undefined);
}
