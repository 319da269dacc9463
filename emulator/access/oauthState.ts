import { createHash, randomBytes } from "node:crypto";

import type { FullSeed } from "../seed";

/** An access token that was issued; its text is kept as a hash only. */
export interface AccessToken {
    readonly clientId: string;
    readonly scopes: readonly string[];
    readonly expiresAtMs: number;
    /** The thumbprint of the key that has to prove possession; undefined for a Bearer token. */
    readonly thumbprint: string | undefined;
    readonly access: "all" | "read-only";
}

/** How long a nonce is the current one, and how long it is accepted. Source: Okta's guide on DPoP. */
const NONCE_CURRENT_MS = 24 * 3_600_000;
const NONCE_ACCEPTED_MS = 3 * NONCE_CURRENT_MS;

const READY_MADE = { expiresAtMs: Number.POSITIVE_INFINITY, thumbprint: undefined };

/** What the authorization server remembers. */
export interface OAuthState {
    readonly tokens: Map<string, AccessToken>;
    currentNonce(): string;
    isAccepted(nonce: unknown): boolean;
    /** Whether a proof's `jti` is new; from then on it is not. */
    isNew(jti: string): boolean;
}

/** @param issued Bearer tokens that were issued before; they do not expire. */
export function createOAuthState(issued: FullSeed["accessTokens"], now: () => number): OAuthState {
    const nonces: { readonly text: string; readonly at: number }[] = [];
    const used = new Set<string>();
    return {
        tokens: new Map(issued.map(({ value, ...token }) => [hashOf(value), { ...token, ...READY_MADE }])),
        currentNonce() {
            const last = nonces.at(-1);
            if (last !== undefined && now() < last.at + NONCE_CURRENT_MS) return last.text;
            const text = randomBytes(16).toString("base64url");
            nonces.push({ text, at: now() });
            return text;
        },
        isAccepted: (nonce) => nonces.some(({ text, at }) => text === nonce && now() < at + NONCE_ACCEPTED_MS),
        isNew: (jti) => !used.has(jti) && used.add(jti).has(jti),
    };
}

/** What is kept of a token's text. */
export function hashOf(token: string): string {
    return createHash("sha256").update(token).digest("base64url");
}
