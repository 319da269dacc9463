import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { exportJWK, exportSPKI, generateKeyPair, type JWK, SignJWT } from "jose";

/** Something that signs tokens of jobs, as CI systems do. */
export interface Issuer extends AsyncDisposable {
    readonly url: string;
    /** Of the key that signs now. */
    readonly publicPem: string;
    /** A token of five minutes; claims that are given count, and undefined leaves one out. */
    token(claims: Readonly<Record<string, unknown>>, audience: string): Promise<string>;
    /** Signs with a new key from now on, and publishes no other one. */
    rotate(): Promise<void>;
}

/** @param idToken The ID token for a code, as the sign-in of a provider ends. */
export async function startIssuer(idToken: () => Promise<string> = async () => ""): Promise<Issuer> {
    let current = await freshKey();
    const server = createServer((request, response) => {
        response.setHeader("content-type", "application/json");
        if (request.url === "/.well-known/openid-configuration") {
            const endpoints = { authorization_endpoint: `${url}/authorize`, token_endpoint: `${url}/token` };
            response.end(JSON.stringify({ issuer: url, jwks_uri: `${url}/keys`, ...endpoints }));
        } else if (request.url === "/token") {
            const token = { token_type: "bearer", access_token: "a" };
            void idToken().then((id_token) => response.end(JSON.stringify({ ...token, id_token })));
        } else {
            response.end(JSON.stringify({ keys: [current.jwk] }));
        }
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return {
        url,
        get publicPem() {
            return current.pem;
        },
        async token(claims, audience) {
            const now = Math.floor(Date.now() / 1000);
            const all = {
                iss: url,
                sub: "repo:acme/app",
                aud: audience,
                iat: now,
                exp: now + 300,
                jti: randomUUID(),
                ...claims,
            };
            const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
            return new SignJWT(given)
                .setProtectedHeader({ alg: "RS256", kid: String(current.jwk.kid) })
                .sign(current.privateKey);
        },
        async rotate() {
            current = await freshKey();
        },
        async [Symbol.asyncDispose]() {
            server.closeAllConnections();
            await new Promise((resolve) => server.close(resolve));
        },
    };
}

async function freshKey() {
    const { privateKey, publicKey } = await generateKeyPair("RS256", { extractable: true });
    const jwk: JWK = { ...(await exportJWK(publicKey)), kid: randomUUID(), alg: "RS256", use: "sig" };
    return { privateKey, jwk, pem: await exportSPKI(publicKey) };
}
