import { createHash, createPublicKey, verify } from "node:crypto";

import { type Document, isDocument } from "../state/document";

/** A signed JWT taken apart, not yet believed. */
export interface Jwt {
    readonly header: Document;
    readonly claims: Document;
    readonly signed: Buffer;
    readonly signature: Buffer;
}

/** The three parts of a signed JWT, or undefined where the text is none. */
export function readJwt(text: string): Jwt | undefined {
    const [head = "", body = "", tail = "", ...more] = text.split(".");
    const [header, claims] = [documentIn(head), documentIn(body)];
    if (header === undefined || claims === undefined || tail === "" || more.length > 0) return undefined;
    return { header, claims, signed: Buffer.from(`${head}.${body}`), signature: Buffer.from(tail, "base64url") };
}

function documentIn(part: string): Document | undefined {
    try {
        const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString());
        return isDocument(value) ? value : undefined;
    } catch {
        return undefined;
    }
}

/** RS256, RS384, RS512, ES256, ES384, ES512: what Okta takes. A `none` or a shared secret is nothing of the sort. */
const ALGORITHM = /^(RS|ES)(256|384|512)$/;

/** The curve that goes with each elliptic algorithm. */
const CURVES: Readonly<Record<string, string>> = { ES256: "P-256", ES384: "P-384", ES512: "P-521" };

/** Whether the owner of the public key signed it. */
export function isSignedBy({ header, signed, signature }: Jwt, jwk: Document): boolean {
    const algorithm = String(header.alg);
    const [, family, bits] = ALGORITHM.exec(algorithm) ?? [];
    const isFit = family === "RS" ? jwk.kty === "RSA" : jwk.kty === "EC" && jwk.crv === CURVES[algorithm];
    if (family === undefined || !isFit) return false;
    try {
        const key = createPublicKey({ key: jwk, format: "jwk" });
        return verify(`sha${bits}`, signed, { key, dsaEncoding: "ieee-p1363" }, signature);
    } catch {
        return false;
    }
}

/** The SHA-256 thumbprint of a public key (RFC 7638). */
export function thumbprintOf({ kty, n, e, crv, x, y }: Document): string {
    const members = kty === "RSA" ? { e, kty, n } : { crv, kty, x, y };
    return createHash("sha256").update(JSON.stringify(members)).digest("base64url");
}
