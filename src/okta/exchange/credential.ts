/** A credential. `from` is where it was found, such as `OKTA_API_TOKEN`, for messages. */
export type Credential = ApiToken | AccessToken | PrivateKey;

/** An SSWS token: has the rights of its administrator, and expires after 30 days without use. */
export interface ApiToken {
    readonly kind: "api-token";
    readonly apiToken: string;
    readonly from?: string;
}

/** An OAuth access token that was fetched elsewhere; sent as a bearer token, never renewed. */
export interface AccessToken {
    readonly kind: "access-token";
    readonly accessToken: string;
    readonly from?: string;
}

/** An API service app of Okta, which fetches its access tokens with its key. */
export interface PrivateKey {
    readonly kind: "private-key";
    readonly clientId: string;
    /** PEM, as PKCS#1 or PKCS#8, or the path of a file with it. */
    readonly privateKey: string;
    /** The `kid` under which the app knows the key. */
    readonly privateKeyId?: string;
    readonly scopes: readonly string[];
    readonly from?: string;
}

/** Describes a credential without showing it: `the API token from OKTA_API_TOKEN`. */
export function describeCredential(credential: Credential): string {
    const from = credential.from === undefined ? "" : ` from ${credential.from}`;
    switch (credential.kind) {
        case "api-token":
            return `the API token${from}`;
        case "access-token":
            return `the access token${from}`;
        case "private-key":
            return `the OAuth app ${credential.clientId} with the private key${from}`;
    }
}

/**
 * What to try first if Okta does not accept a credential of a stack's configuration, as the beginning of a
 * sentence: by default, Pulumi first refreshes the state with the settings of the previous run.
 */
export function rotation({ from = "" }: Credential): string {
    if (!from.startsWith("okta:")) return "";
    return `if ${from} was changed since the last pulumi up, run pulumi up --run-program once, as the refresh before a run uses the old one; else `;
}
