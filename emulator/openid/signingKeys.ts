import { exportJWK, generateKeyPair, type JWK, SignJWT } from "jose";

import type { Document } from "../state/document";

/** The keys of the authorization server: the last one signs, and the older ones are still published. */
export interface SigningKeys {
    /** The JSON Web Key Set, as `/oauth2/v1/keys` answers it. */
    published(): Promise<{ readonly keys: readonly JWK[] }>;
    /** Signs claims with RS256. */
    sign(claims: Document, type?: string): Promise<string>;
    /** Adds a key, which signs from now on. */
    rotate(): void;
}

type Key = Awaited<ReturnType<typeof freshKey>>;

/** The first key is made when it is needed: most uses of the emulator sign nothing. */
export function createSigningKeys(kidOf: () => string): SigningKeys {
    const keys: Promise<Key>[] = [];
    const all = () => {
        if (keys.length === 0) keys.push(freshKey(kidOf()));
        return Promise.all(keys);
    };
    return {
        published: async () => ({ keys: (await all()).map(({ jwk }) => jwk) }),
        async sign(claims, type) {
            const { jwk, privateKey } = (await all()).at(-1) as Key;
            const header = { alg: "RS256", kid: String(jwk.kid), ...(type !== undefined && { typ: type }) };
            return new SignJWT(claims).setProtectedHeader(header).sign(privateKey);
        },
        rotate() {
            keys.push(freshKey(kidOf()));
        },
    };
}

async function freshKey(kid: string) {
    const { publicKey, privateKey } = await generateKeyPair("RS256", { modulusLength: 2048 });
    const jwk: JWK = { ...(await exportJWK(publicKey)), kid, alg: "RS256", use: "sig" };
    return { jwk, privateKey };
}
