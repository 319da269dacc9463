import type { Finding } from "./judge";

/** Which credentials are set, without their values. */
export interface Credentials {
    readonly accessToken: boolean;
    readonly apiToken: boolean;
    readonly privateKey: boolean;
}

/**
 * Checks the kind of credential. An API token has every right of the administrator who made it, and does not expire
 * while it is used. Of several credentials the access token has precedence, then the API token, then the private key.
 */
export function judgeCredentials(subject: string, { accessToken, apiToken, privateKey }: Credentials): Finding[] {
    if (accessToken || !apiToken) return [];
    const problem = privateKey
        ? "there is an OAuth app's private key, but the API token counts before it: take the API token away"
        : "an API token may do all that its admin may: use an OAuth app with okta:clientId, okta:privateKey and okta:scopes";
    return [{ rule: "api-token-in-production", subject, problem }];
}
