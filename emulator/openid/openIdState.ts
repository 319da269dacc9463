import { randomBytes } from "node:crypto";

import { hashOf } from "../access/oauthState";
import type { Ids } from "../state/ids";
import { createSigningKeys, type SigningKeys } from "./signingKeys";

/** A person's sign-in at the organization, which the browser's cookie stands for. */
export interface OktaSession {
    /** The `sid` claim. */
    readonly id: string;
    readonly userId: string;
    readonly startedAtMs: number;
}

/** What a person allowed a client; codes, refresh tokens and access tokens stand for it. */
export interface Authorization {
    readonly clientId: string;
    readonly session: OktaSession;
    readonly scopes: readonly string[];
    readonly nonce: string | undefined;
}

export interface Code extends Authorization {
    readonly redirectUri: string;
    readonly challenge: string | undefined;
    readonly expiresAtMs: number;
}

/** What the authorization server remembers of people who signed in. */
export interface OpenIdState {
    readonly keys: SigningKeys;
    /** By the hash of the cookie. */
    readonly sessions: Map<string, OktaSession>;
    /** By the hash of the code. A code that was used stays, with undefined, until the organization is reset. */
    readonly codes: Map<string, Code | undefined>;
    /** By the hash of the refresh token. */
    readonly refreshTokens: Map<string, Authorization>;
    /** By the hash of the access token. */
    readonly accessTokens: Map<string, Authorization & { readonly expiresAtMs: number }>;
    /** The hashes of client secrets, by client id; a client without one here takes any secret. */
    readonly secrets: Map<string, string>;
    /** A text that nobody can guess, and its hash. */
    fresh(): { readonly text: string; readonly hash: string };
    /** Ends all that stands for a user. @returns the sessions that ended */
    endUser(userId: string): readonly OktaSession[];
}

export function createOpenIdState(ids: Ids, secrets: ReadonlyMap<string, string>): OpenIdState {
    const sessions: OpenIdState["sessions"] = new Map();
    const refreshTokens: OpenIdState["refreshTokens"] = new Map();
    const accessTokens: OpenIdState["accessTokens"] = new Map();
    return {
        keys: createSigningKeys(() => ids.text(43)),
        sessions,
        codes: new Map(),
        refreshTokens,
        accessTokens,
        secrets: new Map([...secrets].map(([clientId, secret]) => [clientId, hashOf(secret)])),
        fresh() {
            const text = randomBytes(32).toString("base64url");
            return { text, hash: hashOf(text) };
        },
        endUser(userId) {
            const ended = [...sessions.values()].filter((session) => session.userId === userId);
            for (const [hash, session] of sessions) if (session.userId === userId) sessions.delete(hash);
            for (const tokens of [refreshTokens, accessTokens]) {
                for (const [hash, { session }] of tokens) if (session.userId === userId) tokens.delete(hash);
            }
            return ended;
        },
    };
}
