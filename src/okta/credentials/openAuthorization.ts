import { fail } from "../../core/errors/errors";
import type { Credential } from "../exchange/credential";
import type { Authorization, AuthorizationOptions, Sender } from "./authorization";

/** The authorization for a credential. */
export function openAuthorization(credential: Credential | undefined, options: AuthorizationOptions): Authorization {
    switch (credential?.kind) {
        case undefined:
            return { ready: async () => fail("bad-input", "no Okta credential was given"), forget: () => false };
        case "api-token":
            return fixed(`SSWS ${checked(credential.apiToken, "API token", options)}`, options);
        case "access-token":
            return fixed(`Bearer ${checked(credential.accessToken, "access token", options)}`, options);
        case "private-key": {
            // Loaded on demand, as API tokens do not need OAuth.
            const { oauthAuthorization } = require("./oauth") as typeof import("./oauth");
            return oauthAuthorization(credential, options);
        }
    }
}

function fixed(authorization: string, { fetch }: AuthorizationOptions): Authorization {
    const sender: Sender = {
        send: (url, init) => fetch(url, { ...init, headers: { ...headersIn(init), authorization } }),
    };
    return { ready: async () => sender, forget: () => false };
}

/** fetch quotes an invalid header in its error, so invalid tokens are refused before. */
function checked(token: string, name: string, { keepSecret }: AuthorizationOptions): string {
    if (!/^[\x21-\x7e]+$/.test(token)) fail("bad-input", `the ${name} is empty or has characters that no token has`);
    keepSecret(token);
    return token;
}

function headersIn({ headers }: RequestInit): Record<string, string> {
    return Object.fromEntries(new Headers(headers).entries());
}
