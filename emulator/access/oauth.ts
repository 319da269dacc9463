import { randomBytes } from "node:crypto";

import type { FastifyInstance } from "fastify";

import { refuse } from "../http/errors";
import { queryOf } from "../http/http";
import { exchange, isForPeople } from "../openid/tokens";
import { type Document, documentOf } from "../state/document";
import type { OAuthClient } from "../state/org";
import { secondsOf } from "../state/stamp";
import type { World } from "../state/world";
import { ipChainOf } from "./client";
import { checkProof } from "./dpop";
import { isSignedBy, readJwt } from "./jwt";
import { letsThrough, networkOfApp } from "./network";
import { hashOf } from "./oauthState";

const PATH = "/oauth2/v1/token";
const ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/** How long an access token lives, and how far ahead an assertion may expire, in seconds. */
const LIFETIME_S = 3600;

/**
 * The token endpoint of Okta's authorization server: client credentials with private_key_jwt for service apps, codes and
 * refresh tokens for people.
 */
export function oauthRoutes(app: FastifyInstance, world: World): void {
    app.post(PATH, async (request, reply) => {
        // The older of the provider's clients sends the form as a query.
        const form = { ...queryOf(request), ...documentOf(request.body) };
        if (isForPeople(form)) return exchange(world, request, reply);
        if (form.grant_type !== "client_credentials") {
            return deny("unsupported_grant_type", "The grant type is not supported.");
        }
        const client = await clientOf(world, form);
        if (!letsThrough(world.org, networkOfApp(world.org, client.clientId), ipChainOf(request, world.client))) {
            return forbidFrom();
        }
        const scopes = scopesOf(client, form.scope);
        const thumbprint = await prove(world, client, request.headers.dpop);
        const token = randomBytes(32).toString("base64url");
        const expiresAtMs = world.now() + LIFETIME_S * 1000;
        const { clientId, access } = client;
        world.oauth.tokens.set(hashOf(token), { clientId, scopes, expiresAtMs, thumbprint, access });
        const type = thumbprint === undefined ? "Bearer" : "DPoP";
        reply.header("cache-control", "no-store");
        return { token_type: type, expires_in: LIFETIME_S, access_token: token, scope: scopes.join(" ") };
    });
}

/** The client that signed the assertion; any mistake in it answers 401 invalid_client. */
async function clientOf(world: World, form: Document): Promise<OAuthClient> {
    const jwt = form.client_assertion_type === ASSERTION_TYPE ? readJwt(String(form.client_assertion)) : undefined;
    if (jwt === undefined) return reject("A client assertion of the type jwt-bearer is needed.");
    const { iss, sub, aud, exp } = jwt.claims;
    const client = world.org.clients.get(String(iss));
    if (client === undefined || sub !== iss) {
        return reject("The client_assertion has an 'iss' or a 'sub' that is no client's id.");
    }
    const key = keyOf(client.keys, jwt.header.kid);
    if (key === undefined) return reject("The client_assertion JWT kid is invalid.");
    if (!(await isSignedBy(jwt, key))) return reject("The client_assertion signature is invalid.");
    const audiences = Array.isArray(aud) ? aud : [aud];
    if (!audiences.includes(`${world.url}${PATH}`)) {
        return reject("The client_assertion has another 'aud' than the token address.");
    }
    const left = typeof exp === "number" ? exp - secondsOf(world.now()) : 0;
    if (left <= 0) return reject("The client_assertion has expired, or has no 'exp'.");
    return left > LIFETIME_S ? reject("The client_assertion expires more than an hour ahead.") : client;
}

/**
 * The key that an assertion names. A `kid` may be left out only where the
 * client has one key (okta-sdk-python 289); an inactive key does not count.
 * A key of the seed without a `kid` is found under any where it is the only
 * one: Okta would have given it a name.
 */
function keyOf(keys: readonly Document[], kid: unknown): Document | undefined {
    const active = keys.filter(({ status }) => status !== "INACTIVE");
    const [only, ...more] = active;
    if (more.length === 0 && (kid === undefined || only?.kid === undefined)) return only;
    return typeof kid === "string" ? active.find((key) => key.kid === kid) : undefined;
}

function scopesOf(client: OAuthClient, scope: unknown): string[] {
    const scopes = String(scope ?? "")
        .split(" ")
        .filter((name) => name !== "");
    const unknown = scopes.find((name) => !client.scopes.includes(name));
    if (scopes.length === 0) return deny("invalid_scope", "The 'scope' parameter is missing.");
    if (unknown !== undefined) return deny("invalid_scope", `The scope ${unknown} is not granted to the client.`);
    return scopes;
}

/**
 * The thumbprint of the key that the token will be bound to. A bound client
 * has to send a proof, and every proof needs a nonce; both refusals are as
 * recorded.
 */
async function prove(world: World, client: OAuthClient, proof: unknown): Promise<string | undefined> {
    if (proof === undefined && !client.isDpopBound) return undefined;
    const proved = await checkProof(world, proof, { method: "POST", url: `${world.url}${PATH}` });
    if (proved.problem !== undefined) return deny("invalid_dpop_proof", proved.problem);
    if (world.oauth.isAccepted(proved.claims.nonce)) return proved.thumbprint;
    const headers = { "dpop-nonce": world.oauth.currentNonce() };
    return deny("use_dpop_nonce", "Authorization server requires nonce in DPoP proof.", headers);
}

function reject(sentence: string): never {
    return refuse(401, "invalid_client", sentence, { body: { error: "invalid_client", error_description: sentence } });
}

/** Okta's words are not known. */
function forbidFrom(): never {
    const sentence = "The request comes from outside of the client's network zones.";
    return refuse(403, "access_denied", sentence, { body: { error: "access_denied", error_description: sentence } });
}

function deny(error: string, sentence: string, headers: Readonly<Record<string, string>> = {}): never {
    return refuse(400, error, sentence, { body: { error, error_description: sentence }, headers });
}
