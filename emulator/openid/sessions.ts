import type { FastifyReply, FastifyRequest } from "fastify";

import { hashOf } from "../access/oauthState";
import type { World } from "../state/world";
import type { OktaSession } from "./openIdState";

/** The cookie of a session with the organization; Okta's is called so too. */
const COOKIE = "sid";

/** The session that the browser's cookie stands for. */
export function sessionOf(world: World, request: FastifyRequest): OktaSession | undefined {
    const cookie = cookieOf(request);
    return cookie === undefined ? undefined : world.openId.sessions.get(hashOf(cookie));
}

export function startSession(world: World, reply: FastifyReply, userId: string): OktaSession {
    const { text, hash } = world.openId.fresh();
    const session = { id: world.ids.id("idx"), userId, startedAtMs: world.now() };
    world.openId.sessions.set(hash, session);
    reply.header("set-cookie", `${COOKIE}=${text}; Path=/; HttpOnly; SameSite=Lax`);
    return session;
}

export function endSession(world: World, request: FastifyRequest, reply: FastifyReply): void {
    const cookie = cookieOf(request);
    if (cookie !== undefined) world.openId.sessions.delete(hashOf(cookie));
    reply.header("set-cookie", `${COOKIE}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0`);
}

function cookieOf({ headers }: FastifyRequest): string | undefined {
    return new RegExp(`(?:^|;\\s*)${COOKIE}=([^;\\s]+)`).exec(headers.cookie ?? "")?.[1];
}
