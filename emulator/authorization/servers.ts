import type { FastifyInstance, FastifyRequest } from "fastify";

import { invalid, missing, refuse } from "../http/errors";
import { bodyOf, paramsOf } from "../http/http";
import { keptOf } from "../references/collection";
import { type Document, documentOf } from "../state/document";
import type { Kept } from "../state/kept";
import { stampOf } from "../state/stamp";
import type { World } from "../state/world";
import { partRoutes } from "./parts";

const SERVERS = "/api/v1/authorizationServers";

/** The signing key of a server is changed after so long. */
const ROTATION_MS = 90 * 24 * 3_600_000;

/**
 * Authorization servers for access to APIs, with their policies and rules; they issue no token here.
 *
 * Source: the Okta provider's recordings AuthorizationServersPoliciesRule_read, AuthServerPolicy_crud and
 * AuthServerPolicyRule_create.
 */
export function authorizationServerRoutes(app: FastifyInstance, world: World): void {
    const of = (request: FastifyRequest): Kept => {
        const { id } = paramsOf(request);
        return keptOf(world, SERVERS).get(id) ?? missing(id, "AuthorizationServer");
    };
    const show = (server: Kept) => showServer(server, world.url);
    const keep = (server: Kept) => {
        keptOf(world, SERVERS).set(server.document.id, server);
        return show(server);
    };
    app.get(SERVERS, async () => [...keptOf(world, SERVERS).values()].map(show));
    app.post(SERVERS, async (request, reply) => {
        const [id, now] = [world.ids.id("aus"), world.now()];
        const document = { id, ...serverFrom(bodyOf(request)), status: "ACTIVE", kid: world.ids.text(43) };
        return reply.code(201).send(keep({ document, createdMs: now, changedMs: now }));
    });
    app.get(`${SERVERS}/:id`, async (request) => show(of(request)));
    app.put(`${SERVERS}/:id`, async (request) => {
        const before = of(request);
        const document = { ...before.document, ...serverFrom(bodyOf(request)) };
        return keep({ ...before, document, changedMs: world.now() });
    });
    app.delete(`${SERVERS}/:id`, async (request, reply) => {
        const { document } = of(request);
        // That only inactive ones are deleted is in Okta's reference; the words are the emulator's.
        if (document.status === "ACTIVE") refuse(403, "E0000056", "Delete authorization server forbidden.");
        keptOf(world, SERVERS).delete(document.id);
        const parts = [...world.org.references.keys()].filter((path) => path.startsWith(`${SERVERS}/${document.id}/`));
        for (const path of parts) world.org.references.delete(path);
        return reply.code(204).send();
    });
    for (const [verb, status] of [
        ["activate", "ACTIVE"],
        ["deactivate", "INACTIVE"],
    ] as const) {
        app.post(`${SERVERS}/:id/lifecycle/${verb}`, async (request, reply) => {
            const server = of(request);
            keep({ ...server, document: { ...server.document, status }, changedMs: world.now() });
            return reply.code(204).send();
        });
    }
    partRoutes(app, world, (request) => of(request).document.id);
}

function serverFrom({ name, description, audiences, issuerMode = "ORG_URL", credentials }: Document): Document {
    if (typeof name !== "string" || name === "") return invalid("name", "The field cannot be left blank");
    const { rotationMode = "AUTO" } = documentOf(documentOf(credentials).signing);
    return { name, description, audiences, issuerMode, rotationMode };
}

function showServer({ document, createdMs, changedMs }: Kept, url: string): Document {
    const { id, kid, rotationMode, ...rest } = document;
    const self = `${url}${SERVERS}/${id}`;
    const moments = { created: stampOf(createdMs), lastUpdated: stampOf(changedMs) };
    const rotation = { lastRotated: stampOf(createdMs), nextRotation: stampOf(createdMs + ROTATION_MS) };
    return {
        id,
        ...rest,
        issuer: `${url}/oauth2/${id}`,
        ...moments,
        credentials: { signing: { kid, rotationMode, ...rotation } },
        default: false,
        _links: {
            policies: { href: `${self}/policies`, hints: { allow: ["GET"] } },
            self: { href: self, hints: { allow: ["GET", "DELETE", "PUT"] } },
        },
    };
}
