import { generateKeyPairSync } from "node:crypto";

/** All that the doctor can make use of. */
export const SCOPES = [
    "networkZones.read",
    "networkZones.manage",
    "policies.read",
    "apps.read",
    "logs.read",
    "roles.read",
].map((name) => `okta.${name}`);

const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const PEM = privateKey.export({ format: "pem", type: "pkcs8" }).toString();
const JWK = { ...publicKey.export({ format: "jwk" }), kty: "EC" as const, d: undefined };
const other = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({ format: "jwk" });
/** A public key whose private key nobody has. */
export const OTHER_KEY = { ...other, kty: "EC" as const };

/** A service app that may do all that. */
export const APP = {
    clientId: "0oa1",
    keys: [JWK],
    scopes: SCOPES,
};

export function envOf(scopes: readonly string[]) {
    return { OKTA_API_CLIENT_ID: "0oa1", OKTA_API_PRIVATE_KEY: PEM, OKTA_API_SCOPES: scopes.join(",") };
}

/** A token that says something of itself; nobody signed it. */
export function jwt(claims: object): string {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    return `${part({ alg: "RS256" })}.${part(claims)}.c2lnbmF0dXJl`;
}
