import { type Document, isDocument } from "../state/document";
import type { World } from "../state/world";
import { isSignedBy, readJwt, thumbprintOf } from "./jwt";
import { hashOf } from "./oauthState";

/** How far from our clock a proof may be dated. */
const SKEW_S = 300;

/** What a proof has to be about. */
export interface Expected {
    readonly method: string;
    /** The exact address, without its query: a doubled slash is another one. */
    readonly url: string;
    /** With an API call: the access token that the proof goes with. */
    readonly accessToken?: string;
}

/** The thumbprint of the key whose possession was proved, or what is wrong with the proof. */
export type Proved =
    | { readonly thumbprint: string; readonly claims: Document; readonly problem?: never }
    | { readonly problem: string; readonly thumbprint?: never };

/**
 * Checks a proof of possession (RFC 9449). The nonce is left to the caller.
 *
 *   what              has to be
 *   typ               dpop+jwt
 *   jwk               public, and the one that signed
 *   htm, htu          the method and the address of this request
 *   iat               within five minutes of our clock
 *   jti               one that was not used before
 *   ath               with an API call: the SHA-256 of the access token
 */
export async function checkProof(
    world: World,
    proof: unknown,
    { method, url, accessToken }: Expected,
): Promise<Proved> {
    if (typeof proof !== "string" || proof === "") return { problem: "The DPoP proof JWT header is missing." };
    const jwt = readJwt(proof);
    const jwk = jwt?.header.jwk;
    if (jwt === undefined || !isDocument(jwk) || jwt.header.typ !== "dpop+jwt") {
        return { problem: "The DPoP proof JWT is not well-formed." };
    }
    if ("d" in jwk || !(await isSignedBy(jwt, jwk))) return { problem: "The DPoP proof JWT signature is invalid." };
    const { htm, htu, iat, jti, ath } = jwt.claims;
    if (htm !== method) return { problem: "The DPoP proof JWT has another 'htm' than the request." };
    if (htu !== url) return { problem: "The DPoP proof JWT has another 'htu' than the request." };
    if (typeof iat !== "number" || Math.abs(world.now() / 1000 - iat) > SKEW_S) {
        return { problem: "The DPoP proof JWT has an 'iat' too far from now." };
    }
    if (accessToken !== undefined && ath !== hashOf(accessToken)) {
        return { problem: "The DPoP proof JWT has another 'ath' than the token." };
    }
    if (typeof jti !== "string" || !world.oauth.isNew(jti)) {
        return { problem: "The DPoP proof JWT has no 'jti', or one that was used before." };
    }
    return { thumbprint: await thumbprintOf(jwk), claims: jwt.claims };
}
