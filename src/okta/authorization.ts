import { fail } from "../core/errors";
import type { Answer } from "./attempt";
import type { Credential } from "./credential";
import type { Exchange } from "./exchange";

/** Makes a request with the credential on it. */
export interface Sender {
    send(url: string, init: RequestInit): Promise<Response>;
}

/** Turns a credential into senders, and fetches what it takes. */
export interface Authorization {
    /** A sender that is good now. @throws `bad-input`, `okta-*` */
    ready(signal: AbortSignal): Promise<Sender>;

    /** Drops a sender that Okta no longer accepts; false where `ready` has no other one. */
    forget(sender: Sender): boolean;
}

export interface AuthorizationOptions {
    readonly orgUrl: string;
    readonly fetch: typeof globalThis.fetch;
    readonly now: () => number;
    readonly userAgent: string;
    readonly readFile: (path: string) => Promise<string>;
    /** Makes a request with all the patience that is due. */
    readonly exchange: (request: Exchange) => Promise<Answer>;
    /** Is told each text that no message may show. */
    readonly keepSecret: (secret: string) => void;
    readonly conceal: (text: string) => string;
}

export function openAuthorization(credential: Credential | undefined, options: AuthorizationOptions): Authorization {
    switch (credential?.kind) {
        case undefined:
            return { ready: async () => fail("bad-input", "no Okta credential was given"), forget: () => false };
        case "api-token":
            return fixed(`SSWS ${checked(credential.apiToken, "API token", options)}`, options);
        case "access-token":
            return fixed(`Bearer ${checked(credential.accessToken, "access token", options)}`, options);
        case "private-key": {
            // Loaded here: who has an API token does not pay for OAuth.
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

/** fetch repeats an unfit header in its error, so nothing unfit may get there. */
function checked(token: string, name: string, { keepSecret }: AuthorizationOptions): string {
    if (!/^[\x21-\x7e]+$/.test(token)) fail("bad-input", `the ${name} is empty or has characters that no token has`);
    keepSecret(token);
    return token;
}

function headersIn({ headers }: RequestInit): Record<string, string> {
    return Object.fromEntries(new Headers(headers).entries());
}
