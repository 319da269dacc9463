import type { Finding } from "./judge";

/** Which credentials there are. Their values are nobody's business. */
export interface Credentials {
    readonly accessToken: boolean;
    readonly apiToken: boolean;
    readonly privateKey: boolean;
}

/**
 * An API token has every right of the admin who made it, and lives as long as
 * somebody uses it. Of several credentials the access token counts, then the API
 * token, then the private key.
 */
export function judgeCredentials(subject: string, { accessToken, apiToken, privateKey }: Credentials): Finding[] {
    if (accessToken || !apiToken) return [];
    const problem = privateKey
        ? "there is an OAuth app's private key, but the API token counts before it: take the API token away"
        : "an API token may do all that its admin may: use an OAuth app with okta:clientId, okta:privateKey and okta:scopes";
    return [{ rule: "api-token-in-production", subject, problem }];
}
