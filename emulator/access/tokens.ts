import type { FastifyInstance } from "fastify";

import { fail } from "../../src/core/errors/errors";
import { invalid, missing } from "../http/errors";
import { bodyOf, type Caller, paramsOf } from "../http/http";
import { byId } from "../state/byId";
import type { Document } from "../state/document";
import type { Nursery } from "../state/nursery";
import type { OAuthClient, Token } from "../state/org";
import { stampOf } from "../state/stamp";
import type { World } from "../state/world";
import { readNetwork } from "./network";
import { hashOf } from "./oauthState";

/** An API token dies when it was not used for so long; each call renews it. */
export const IDLE_MS = 30 * 24 * 3_600_000;

/** Okta's API tokens. The one path that knows which token is in use has one method, and that revokes it. */
export function tokenRoutes(app: FastifyInstance, world: World, callerOf: (request: object) => Caller): void {
    app.get("/api/v1/api-tokens", async () => {
        return [...world.org.tokens.values()].map((token) => showToken(token, world.url));
    });
    app.delete("/api/v1/api-tokens/current", async (request, reply) => {
        world.org.tokens.delete(callerOf(request).tokenId ?? missing("current", "ApiToken"));
        return reply.code(204).send();
    });
    app.get("/api/v1/api-tokens/:id", async (request) => {
        const { id } = paramsOf(request);
        return showToken(world.org.tokens.get(id) ?? missing(id, "ApiToken"), world.url);
    });
    app.put("/api/v1/api-tokens/:id", async (request) => {
        const { id } = paramsOf(request);
        const token = world.org.tokens.get(id) ?? missing(id, "ApiToken");
        const { name = token.document.name, network } = bodyOf(request);
        if (typeof name !== "string" || name.trim() === "") invalid("name", "The field cannot be left blank");
        const said = { name, network: readNetwork(world.org, network), lastUpdated: stampOf(world.now()) };
        const document = { ...token.document, ...said };
        world.org.tokens.set(id, { ...token, document });
        return showToken({ ...token, document }, world.url);
    });
    app.delete("/api/v1/api-tokens/:id", async (request, reply) => {
        const { id } = paramsOf(request);
        return world.org.tokens.delete(id) ? reply.code(204).send() : missing(id, "ApiToken");
    });
}

function showToken({ document }: Token, url: string): Document {
    const self = { href: `${url}/api/v1/api-tokens/${document.id}`, hints: { allow: ["GET", "DELETE"] } };
    return { ...document, _links: { self } };
}

/** The tokens of the seed; without any, one that stands for whatever token is sent. */
export function freshTokens(
    nursery: Nursery,
    users: ReadonlyMap<string, Document>,
    adminId: string,
): Map<string, Token> {
    const { ids, now, nowMs } = nursery;
    const seeds = nursery.seed.tokens;
    const all = seeds.length > 0 ? seeds : [{ name: "emulator", value: undefined, access: "all" as const }];
    const tokens = all.map((seed): Token => {
        const {
            id = ids.id("00T"),
            name,
            value,
            access,
            userId = adminId,
            network,
            expiresAt,
        } = { ...nothing, ...seed };
        if (!users.has(userId)) {
            fail("bad-input", `the emulator's seed has a token of the user ${userId}, who is not in the seed`);
        }
        const document = {
            id,
            name,
            userId,
            clientName: "Okta API",
            tokenWindow: null,
            network: network ?? { connection: "ANYWHERE" },
            expiresAt: expiresAt ?? stampOf(nowMs + IDLE_MS),
            created: now,
            lastUpdated: now,
        };
        return { document, hash: value === undefined ? undefined : hashOf(value), access };
    });
    return byId(
        "tokens",
        tokens.map((token) => [token.document.id, token]),
    );
}

const nothing: { id?: string; userId?: string; network?: Document; expiresAt?: string } = {};

export function freshClients({ seed: { oauthClients } }: Nursery): Map<string, OAuthClient> {
    return byId(
        "OAuth clients",
        oauthClients.map((client) => [client.clientId, client]),
    );
}
