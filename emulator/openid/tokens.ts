import { createHash } from "node:crypto";

import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

import { hashOf } from "../access/oauthState";
import { refuse } from "../http/errors";
import { type Document, documentOf } from "../state/document";
import { secondsOf } from "../state/stamp";
import type { World } from "../state/world";
import { claimsOf } from "./claims";
import { authenticatedClient, type OpenIdClient } from "./clients";
import type { Authorization } from "./openIdState";

const LIFETIME_S = 3600;

/** Whether a request to the token endpoint is for people who signed in, and not for a service app. */
export function isForPeople(form: Document): boolean {
    return form.grant_type === "authorization_code" || form.grant_type === "refresh_token";
}

/** The token endpoint for codes and refresh tokens. */
export async function exchange(world: World, request: FastifyRequest, reply: FastifyReply): Promise<Document> {
    const form = documentOf(request.body);
    const client = authenticatedClient(world, request, form);
    reply.header("cache-control", "no-store");
    const authorization =
        form.grant_type === "refresh_token" ? refreshed(world, client, form) : redeemed(world, client, form);
    const { status } = documentOf(world.org.users.get(authorization.session.userId));
    if (status !== "ACTIVE") invalidGrant("The user is not active.");
    return issue(world, client, authorization);
}

/** A code that comes twice was stolen: what it stood for ends (RFC 6749, section 4.1.2). */
function redeemed(world: World, client: OpenIdClient, form: Document): Authorization {
    const { codes, accessTokens, refreshTokens } = world.openId;
    const hash = hashOf(String(form.code));
    const code = codes.get(hash);
    if (code === undefined || code.clientId !== client.clientId || code.expiresAtMs <= world.now()) {
        return invalidGrant("The authorization code is invalid or has expired.");
    }
    codes.set(hash, undefined);
    if (code.redirectUri !== form.redirect_uri) invalidGrant("The 'redirect_uri' does not match.");
    const verifier = String(form.code_verifier ?? "");
    const challenge = createHash("sha256").update(verifier).digest("base64url");
    if (code.challenge !== undefined && challenge !== code.challenge) {
        for (const tokens of [accessTokens, refreshTokens]) {
            for (const [key, { session }] of tokens) if (session.id === code.session.id) tokens.delete(key);
        }
        invalidGrant("PKCE verification failed.");
    }
    return code;
}

/** A refresh token is good once; the next one comes with the answer. */
function refreshed(world: World, client: OpenIdClient, form: Document): Authorization {
    const { refreshTokens } = world.openId;
    const hash = hashOf(String(form.refresh_token));
    const authorization = refreshTokens.get(hash);
    if (authorization === undefined || authorization.clientId !== client.clientId) {
        return invalidGrant("The refresh token is invalid or expired.");
    }
    refreshTokens.delete(hash);
    return { ...authorization, nonce: undefined };
}

async function issue(world: World, { clientId }: OpenIdClient, given: Authorization): Promise<Document> {
    const { session, scopes, nonce } = given;
    const authorization = { clientId, session, scopes, nonce };
    const { openId, now, ids, url } = world;
    const access = openId.fresh();
    openId.accessTokens.set(access.hash, { ...authorization, expiresAtMs: now() + LIFETIME_S * 1000 });
    const refresh = scopes.includes("offline_access") ? openId.fresh() : undefined;
    if (refresh !== undefined) openId.refreshTokens.set(refresh.hash, authorization);
    const atHash = createHash("sha256").update(access.text).digest().subarray(0, 16).toString("base64url");
    const issuedAt = secondsOf(now());
    const idToken = await openId.keys.sign({
        ...claimsOf(world, authorization),
        sub: session.userId,
        ver: 1,
        iss: url,
        aud: clientId,
        iat: issuedAt,
        exp: issuedAt + LIFETIME_S,
        jti: `ID.${ids.text(43)}`,
        amr: ["pwd"],
        idp: world.org.about.id,
        sid: session.id,
        ...(nonce !== undefined && { nonce }),
        auth_time: secondsOf(session.startedAtMs),
        at_hash: atHash,
    });
    return {
        token_type: "Bearer",
        expires_in: LIFETIME_S,
        access_token: access.text,
        scope: scopes.join(" "),
        ...(refresh !== undefined && { refresh_token: refresh.text }),
        id_token: idToken,
    };
}

/** `/oauth2/v1/userinfo`: what the access token's scopes tell of the person. */
export function userinfoRoutes(app: FastifyInstance, world: World): void {
    app.route({
        method: ["GET", "POST"],
        url: "/oauth2/v1/userinfo",
        async handler({ headers }) {
            const [, token = ""] = /^Bearer (\S+)$/i.exec(headers.authorization ?? "") ?? [];
            const found = world.openId.accessTokens.get(hashOf(token));
            if (found === undefined || found.expiresAtMs <= world.now()) {
                const challenge = 'Bearer error="invalid_token", error_description="The access token is invalid."';
                return refuse(401, "invalid_token", "The access token is invalid.", {
                    body: {},
                    headers: { "www-authenticate": challenge },
                });
            }
            return { sub: found.session.userId, ...claimsOf(world, found) };
        },
    });
}

function invalidGrant(sentence: string): never {
    return refuse(400, "invalid_grant", sentence, { body: { error: "invalid_grant", error_description: sentence } });
}
