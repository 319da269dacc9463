import type { FastifyRequest } from "fastify";

import { forbid, refuse } from "../http/errors";
import type { Caller } from "../http/http";
import { wholeEvent } from "../logs/events";
import type { Token } from "../state/org";
import { stampOf } from "../state/stamp";
import type { World } from "../state/world";
import { ipChainOf } from "./client";
import { checkProof } from "./dpop";
import { letsThrough, networkOfApp } from "./network";
import { hashOf } from "./oauthState";
import { IDLE_MS } from "./tokens";

/** The OAuth scopes of each part of the API, without `.read` or `.manage`. */
const SCOPES: readonly (readonly [path: string, scope: string])[] = [
    ["/api/v1/zones", "okta.networkZones"],
    ["/api/v1/policies", "okta.policies"],
    ["/api/v1/apps", "okta.apps"],
    ["/api/v1/users", "okta.users"],
    ["/api/v1/groups", "okta.groups"],
    ["/api/v1/logs", "okta.logs"],
    ["/api/v1/api-tokens", "okta.apiTokens"],
    ["/oauth2/v1/clients", "okta.roles"],
    ["/api/v1/iam", "okta.roles"],
];

/** Roles of a user, a group or a service app, in the families of users, groups and clients. */
const ROLES = /^\/(api\/v1\/(users|groups)|oauth2\/v1\/clients)\/[^/]+\/roles(\/.*)?$/;

/**
 * Whether the caller may make this call of the management API.
 *
 *   caller                                             answer
 *   no Authorization header, or another scheme         401 E0000005
 *   SSWS, a token that is unknown or has expired       401 E0000011
 *   Bearer or DPoP, unknown, expired, without proof    401 E0000005, invalid_token or invalid_dpop_proof
 *   one without the scope for it                       403 E0000006, insufficient_scope
 *   one that may only read, and the call writes        403 E0000006
 *   one that is bound to zones, from outside of them   403 E0000006
 *
 * Without tokens in the seed every SSWS token is good. Reading wants the
 * scope `.read`, writing `.manage`, each exactly, as Okta's reference lists
 * them.
 */
export async function checkAccess(world: World, request: FastifyRequest): Promise<Caller> {
    const [scheme, token = ""] = (request.headers.authorization ?? "").trim().split(/\s+/);
    if (scheme === "SSWS" && token !== "") return checkApiToken(world, token, request);
    if (scheme !== "Bearer" && scheme !== "DPoP") return refuse(401, "E0000005", "Invalid session");
    return { clientId: await checkAccessToken(world, scheme, token, request) };
}

function checkApiToken(world: World, text: string, request: FastifyRequest): Caller {
    const { org, now } = world;
    const hash = hashOf(text);
    const token = [...org.tokens.values()].find((each) => each.hash === undefined || each.hash === hash);
    if (token === undefined || Date.parse(token.document.expiresAt) <= now()) {
        return refuse(401, "E0000011", "Invalid token provided");
    }
    if (!letsThrough(org, token.document.network, ipChainOf(request, world.client))) refuseFrom(world, token, request);
    const kept: Token = renewed(token, now());
    org.tokens.set(kept.document.id, kept);
    if (token.access === "read-only" && request.method !== "GET") forbid();
    return { userId: token.document.userId, tokenId: token.document.id };
}

/** Okta logs such a call; that its answer is E0000006 is a guess. */
function refuseFrom(world: World, { document }: Token, request: FastifyRequest): never {
    const ipChain = ipChainOf(request, world.client);
    const given = {
        eventType: "system.api_token.request_outside_allowed_range",
        severity: "WARN",
        outcome: { result: "DENY", reason: "The request comes from outside of the token's network zones" },
        client: { ipAddress: ipChain.at(-1) },
        request: { ipChain: ipChain.map((ip) => ({ ip, version: ip.includes(":") ? "V6" : "V4" })) },
        target: [{ id: document.id, type: "Token", displayName: document.name }],
    };
    world.org.events.push(wholeEvent(given, world.ids, world.now(), document.userId));
    return forbid();
}

/** The token after a call with it. */
function renewed(token: Token, nowMs: number): Token {
    const times = { lastUpdated: stampOf(nowMs), expiresAt: stampOf(nowMs + IDLE_MS) };
    return { ...token, document: { ...token.document, ...times } };
}

async function checkAccessToken(world: World, scheme: string, text: string, request: FastifyRequest): Promise<string> {
    const token = world.oauth.tokens.get(hashOf(text));
    const isBound = token?.thumbprint !== undefined;
    if (token === undefined || token.expiresAtMs <= world.now() || isBound !== (scheme === "DPoP")) {
        unauthorized(scheme, "invalid_token", "The access token is invalid or has expired.");
    }
    if (!letsThrough(world.org, networkOfApp(world.org, token.clientId), ipChainOf(request, world.client))) forbid();
    const { method, headers } = request;
    const [path = ""] = request.url.split("?");
    if (isBound) {
        // The Okta provider, aimed at an emulator, leaves out the port and proves the address that it asks for.
        const url = `http://${headers.host}${path}`;
        const proved = await checkProof(world, headers.dpop, { method, url, accessToken: text });
        if (proved.problem !== undefined) unauthorized(scheme, "invalid_dpop_proof", proved.problem);
        if (proved.thumbprint !== token.thumbprint) {
            unauthorized(scheme, "invalid_dpop_proof", "The DPoP proof JWT is by another key than the token's.");
        }
    }
    const [, ofPath] = SCOPES.find(([start]) => path === start || path.startsWith(`${start}/`)) ?? [];
    const family = ROLES.test(path) ? "okta.roles" : ofPath;
    const scope = `${family}.${method === "GET" ? "read" : "manage"}`;
    if (family !== undefined && !token.scopes.includes(scope)) {
        const sentence = "The access token provided does not contain the required scopes.";
        forbid({ "www-authenticate": challenge(scheme, "insufficient_scope", sentence, scope) });
    }
    if (token.access === "read-only" && method !== "GET") forbid();
    return token.clientId;
}

/** Whether a path needs credentials; the token endpoint does not. */
export function isProtected(path: string): boolean {
    return path.startsWith("/api/") || path.startsWith("/oauth2/v1/clients/");
}

function unauthorized(scheme: string, error: string, sentence: string): never {
    const headers = { "www-authenticate": challenge(scheme, error, sentence) };
    return refuse(401, "E0000005", "Invalid session", { headers });
}

function challenge(scheme: string, error: string, sentence: string, scope?: string): string {
    const more = scope === undefined ? "" : `, scope="${scope}"`;
    return `${scheme} error="${error}", error_description="${sentence}"${more}`;
}
