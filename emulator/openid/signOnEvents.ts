import type { FastifyRequest } from "fastify";

import { ipChainOf } from "../access/client";
import { wholeEvent } from "../logs/events";
import { type Document, documentOf } from "../state/document";
import type { World } from "../state/world";
import type { OpenIdClient } from "./clients";

/** What the System Log tells of a sign-in to an app: `user.authentication.sso`, with the address that was seen. */
export function logSignOn(world: World, request: FastifyRequest, userId: string, client: OpenIdClient): void {
    push(world, request, "user.authentication.sso", userId, [appTarget(client), userTarget(world, userId)]);
}

/** A user signed in to the organization: `user.session.start`. */
export function logSessionStart(world: World, request: FastifyRequest, userId: string): void {
    push(world, request, "user.session.start", userId, [userTarget(world, userId)]);
}

/** A user signed out: `user.session.end`. */
export function logSessionEnd(world: World, request: FastifyRequest, userId: string): void {
    push(world, request, "user.session.end", userId, [userTarget(world, userId)]);
}

function push(
    world: World,
    request: FastifyRequest,
    eventType: string,
    userId: string,
    target: readonly Document[],
): void {
    const { org, ids, now } = world;
    const ipChain = ipChainOf(request, world.client);
    // Of the chain, the last hop is the one that connects; the first one is whom Okta takes for the client.
    const ipAddress = ipChain.at(-1) ?? "127.0.0.1";
    const given = {
        eventType,
        actor: userTarget(world, userId),
        client: { ipAddress, userAgent: { rawUserAgent: request.headers["user-agent"] ?? "" }, zone: "null" },
        request: { ipChain: ipChain.map((ip) => ({ ip, version: ip.includes(":") ? "V6" : "V4", source: null })) },
        target,
    };
    org.events.push(wholeEvent(given, ids, now(), org.about.adminId));
}

function userTarget({ org }: World, userId: string): Document {
    const { login, firstName, lastName } = documentOf(org.users.get(userId)?.profile);
    return { id: userId, type: "User", alternateId: login, displayName: `${firstName} ${lastName}` };
}

function appTarget({ appId, label, clientId }: OpenIdClient): Document {
    return { id: appId, type: "AppInstance", alternateId: label, displayName: label, detailEntry: { clientId } };
}
