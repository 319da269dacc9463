import { createHash, generateKeyPairSync, type KeyObject, randomUUID, sign } from "node:crypto";

/** A key pair, the public half also as a JWK. */
export interface Keys {
    readonly privateKey: KeyObject;
    readonly jwk: { readonly kty: "RSA" | "EC"; readonly [member: string]: unknown };
    readonly algorithm: "RS256" | "ES256";
}

export function newKeys(algorithm: "RS256" | "ES256"): Keys {
    const { publicKey, privateKey } =
        algorithm === "RS256"
            ? generateKeyPairSync("rsa", { modulusLength: 2048 })
            : generateKeyPairSync("ec", { namedCurve: "P-256" });
    return { privateKey, jwk: publicKey.export({ format: "jwk" }) as Keys["jwk"], algorithm };
}

/** A signed JWT. */
export function jwtOf(header: object, claims: object, { privateKey, algorithm }: Keys): string {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const signed = `${part({ alg: algorithm, ...header })}.${part(claims)}`;
    const signature = sign("sha256", Buffer.from(signed), { key: privateKey, dsaEncoding: "ieee-p1363" });
    return `${signed}.${signature.toString("base64url")}`;
}

/** A proof of possession (RFC 9449), now and new unless the claims say otherwise. */
export function proofOf(keys: Keys, claims: object): string {
    const now = { iat: Math.floor(Date.now() / 1000), jti: randomUUID() };
    return jwtOf({ typ: "dpop+jwt", jwk: keys.jwk }, { ...now, ...claims }, keys);
}

/** `ath`: the hash of an access token. */
export function athOf(token: string): string {
    return createHash("sha256").update(token).digest("base64url");
}
