import type { FastifyInstance } from "fastify";

import { missing } from "../http/errors";
import { bodyOf, paramsOf } from "../http/http";
import type { Document } from "../state/document";
import type { World } from "../state/world";
import { appOf } from "./apps";

/**
 * The settings of an OIDC app's ID tokens, such as the claim of its groups.
 * Not part of Okta's documented API; the Okta provider uses it. Source of the
 * shape, and of the 404 for apps of another kind: its recordings.
 */
export function idTokenRoutes(app: FastifyInstance, world: World): void {
    const path = "/api/v1/internal/apps/:id/settings/oauth/idToken";
    const check = (id: string) => {
        if (appOf(world.org, id).document.signOnMode !== "OPENID_CONNECT") missing(id, "OAuth2AppInstance");
    };
    app.get(path, async (request) => {
        const { id } = paramsOf(request);
        check(id);
        const kept = world.org.appParts.idTokens.get(id) ?? {};
        return { ...USUAL, issuer: world.url, audience: id, ...kept };
    });
    app.post(path, async (request) => {
        const { id } = paramsOf(request);
        check(id);
        const said = saidIn(bodyOf(request));
        world.org.appParts.idTokens.set(id, said);
        return { ...USUAL, ...said };
    });
}

const USUAL = { issuer: null, orgUrl: null, customUrl: null, audience: null, issuerMode: "ORG_URL" };

/** A claim is said beside the other settings: its type, name, value and, of groups, how these are chosen. */
function saidIn({ issuerMode = "ORG_URL", ...given }: Document): Document {
    const claim = ["valueType", "groupFilterType", "name", "value"].filter((field) => given[field] !== undefined);
    return { issuerMode, ...Object.fromEntries(claim.map((field) => [field, given[field]])) };
}
