import { calculateJwkThumbprint, compactVerify, decodeJwt, decodeProtectedHeader } from "jose";

import type { Document } from "../state/document";

/** What a signed JWT says; its signature is not checked yet. */
export interface Jwt {
    readonly header: Document;
    readonly claims: Document;
    readonly text: string;
}

/** The header and claims of a signed JWT, or undefined if the text is not one. */
export function readJwt(text: string): Jwt | undefined {
    try {
        const header: Document = { ...decodeProtectedHeader(text) };
        const claims: Document = { ...decodeJwt(text) };
        return text.endsWith(".") ? undefined : { header, claims, text };
    } catch {
        return undefined;
    }
}

/** What Okta accepts. Not among them: `none` and shared secrets. */
const ALGORITHMS = ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512"];

/** Whether the owner of the public key signed it. */
export async function isSignedBy({ text }: Jwt, jwk: Document): Promise<boolean> {
    try {
        await compactVerify(text, jwk, { algorithms: ALGORITHMS });
        return true;
    } catch {
        return false;
    }
}

/** The SHA-256 thumbprint of a public key (RFC 7638). */
export function thumbprintOf(jwk: Document): Promise<string> {
    return calculateJwkThumbprint(jwk, "sha256");
}
