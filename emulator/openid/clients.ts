import { timingSafeEqual } from "node:crypto";

import type { FastifyRequest } from "fastify";

import { hashOf } from "../access/oauthState";
import { refuse } from "../http/errors";
import { type Document, documentOf, stringsOf } from "../state/document";
import type { World } from "../state/world";

/** An OIDC app, as the authorization server knows it. */
export interface OpenIdClient {
    readonly clientId: string;
    readonly label: string;
    readonly appId: string;
    readonly redirectUris: readonly string[];
    readonly postLogoutUris: readonly string[];
    readonly backchannelLogoutUri: string | undefined;
    /** What the app may do at the token endpoint; undefined where the app does not say it. */
    readonly grantTypes: readonly string[] | undefined;
    /** Whether the client has no secret, and proves itself by PKCE alone. */
    readonly isPublic: boolean;
}

/** The active OIDC app with this client id; undefined where there is none. */
export function openIdClient({ org }: World, clientId: unknown): OpenIdClient | undefined {
    for (const { document } of org.apps.values()) {
        const oauthClient = documentOf(documentOf(document.credentials).oauthClient);
        if (document.signOnMode !== "OPENID_CONNECT" || document.status !== "ACTIVE") continue;
        if ((oauthClient.client_id ?? document.id) !== clientId) continue;
        const settings = documentOf(documentOf(document.settings).oauthClient);
        const { backchannel_logout_uri: backchannel } = settings;
        return {
            clientId: String(clientId),
            label: document.label,
            appId: document.id,
            redirectUris: stringsOf(settings.redirect_uris),
            postLogoutUris: stringsOf(settings.post_logout_redirect_uris),
            backchannelLogoutUri: typeof backchannel === "string" ? backchannel : undefined,
            grantTypes: settings.grant_types === undefined ? undefined : stringsOf(settings.grant_types),
            isPublic: oauthClient.token_endpoint_auth_method === "none",
        };
    }
    return undefined;
}

/** The client that asks the token endpoint; whatever is wrong answers 401 invalid_client. */
export function authenticatedClient(world: World, { headers }: FastifyRequest, form: Document): OpenIdClient {
    const [clientId, secret] = basicOf(headers.authorization) ?? [form.client_id, form.client_secret];
    const client = openIdClient(world, clientId) ?? reject("Invalid value for 'client_id' parameter.");
    if (client.isPublic) return client;
    if (typeof secret !== "string" || secret === "") return reject("The client secret is missing.");
    const expected = world.openId.secrets.get(client.clientId);
    if (expected === undefined) return client;
    const isRight = timingSafeEqual(Buffer.from(hashOf(secret)), Buffer.from(expected));
    return isRight ? client : reject("The client secret supplied for a confidential client is invalid.");
}

function basicOf(authorization: string | undefined): readonly [string, string] | undefined {
    const [, encoded] = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(authorization ?? "") ?? [];
    if (encoded === undefined) return undefined;
    const [name = "", ...secret] = Buffer.from(encoded, "base64").toString().split(":");
    return [decodeURIComponent(name), decodeURIComponent(secret.join(":"))];
}

function reject(sentence: string): never {
    return refuse(401, "invalid_client", sentence, { body: { error: "invalid_client", error_description: sentence } });
}
