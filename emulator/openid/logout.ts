import type { FastifyInstance } from "fastify";

import { hashOf } from "../access/oauthState";
import { queryOf } from "../http/http";
import { documentOf } from "../state/document";
import { secondsOf } from "../state/stamp";
import type { World } from "../state/world";
import { authenticatedClient, openIdClient } from "./clients";
import type { OktaSession } from "./openIdState";
import { endSession, sessionOf } from "./sessions";
import { logSessionEnd } from "./signOnEvents";

/** `/oauth2/v1/logout` and `/oauth2/v1/revoke`; clients with a back-channel address are told of a session that ended. */
export function logoutRoutes(app: FastifyInstance, world: World): void {
    app.get("/oauth2/v1/logout", async (request, reply) => {
        const { client_id: clientId, id_token_hint: hint, post_logout_redirect_uri: uri, state } = queryOf(request);
        const client = openIdClient(world, clientId ?? audienceIn(hint));
        const session = sessionOf(world, request);
        endSession(world, request, reply);
        if (session !== undefined) {
            logSessionEnd(world, request, session.userId);
            await tellClients(world, session);
        }
        if (client?.postLogoutUris.includes(String(uri))) {
            const target = new URL(String(uri));
            if (typeof state === "string") target.searchParams.set("state", state);
            return reply.redirect(target.href);
        }
        return reply
            .type("text/html; charset=utf-8")
            .send("<!doctype html><title>Signed out</title><p>Signed out.</p>");
    });
    app.post("/oauth2/v1/revoke", async (request, reply) => {
        const form = documentOf(request.body);
        authenticatedClient(world, request, form);
        const hash = hashOf(String(form.token));
        world.openId.refreshTokens.delete(hash);
        world.openId.accessTokens.delete(hash);
        return reply.code(200).send();
    });
}

/** Sends a logout token to each client that has an address for it (OpenID Connect Back-Channel Logout 1.0). */
export async function tellClients(world: World, session: OktaSession): Promise<void> {
    const clientIds = new Set([...world.openId.accessTokens.values()].map(({ clientId }) => clientId));
    for (const clientId of clientIds) {
        const address = openIdClient(world, clientId)?.backchannelLogoutUri;
        if (address === undefined) continue;
        const now = secondsOf(world.now());
        const token = await world.openId.keys.sign(
            {
                iss: world.url,
                aud: clientId,
                iat: now,
                exp: now + 120,
                jti: world.ids.text(32),
                sub: session.userId,
                sid: session.id,
                events: { "http://schemas.openid.net/event/backchannel-logout": {} },
            },
            "logout+jwt",
        );
        await fetch(address, {
            method: "POST",
            body: new URLSearchParams({ logout_token: token }),
            signal: AbortSignal.timeout(5_000),
        }).catch(() => {});
    }
}

/** The hint only says which client asks; nothing is granted by it. */
function audienceIn(hint: unknown): unknown {
    try {
        const [, claims = ""] = String(hint).split(".");
        return (JSON.parse(Buffer.from(claims, "base64url").toString()) as { readonly aud?: unknown }).aud;
    } catch {
        return undefined;
    }
}
