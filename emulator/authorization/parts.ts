import type { FastifyInstance, FastifyRequest } from "fastify";

import { invalid, missing } from "../http/errors";
import { bodyOf } from "../http/http";
import { moveInSequence } from "../policies/priorities";
import { keptOf } from "../references/collection";
import { type Document, documentOf } from "../state/document";
import type { Kept } from "../state/kept";
import { stampOf } from "../state/stamp";
import type { World } from "../state/world";

/** The policies of an authorization server, or the rules of one of them. */
interface Part {
    /** The path of the list, with `:id` for the server and `:policy` for a policy. */
    readonly path: string;
    readonly ids: string;
    readonly kind: string;
    readonly type: string;
    readonly read: (body: Document) => Document;
}

const POLICIES: Part = {
    path: "/api/v1/authorizationServers/:id/policies",
    ids: "00p",
    kind: "Policy",
    type: "OAUTH_AUTHORIZATION_POLICY",
    read: ({ name, description, conditions }) => ({ name, description, conditions }),
};

const RULES: Part = {
    path: `${POLICIES.path}/:policy/rules`,
    ids: "0pr",
    kind: "PolicyRule",
    type: "RESOURCE_ACCESS",
    read: ({ name, conditions, actions }) => ({ name, conditions: conditionsOf(documentOf(conditions)), actions }),
};

/** @param serverOf The id of the server of a request, or 404. */
export function partRoutes(app: FastifyInstance, world: World, serverOf: (request: FastifyRequest) => string): void {
    const policies = (request: FastifyRequest) => `/api/v1/authorizationServers/${serverOf(request)}/policies`;
    const rules = (request: FastifyRequest) => {
        const { policy } = request.params as { policy: string };
        const path = policies(request);
        if (!keptOf(world, path).has(policy)) missing(policy, POLICIES.kind);
        return `${path}/${policy}/rules`;
    };
    routesOf(app, world, POLICIES, { pathOf: policies, last: "policy" });
    routesOf(app, world, RULES, { pathOf: rules, last: "rule" });
}

interface Place {
    /** The list that a request is about. */
    readonly pathOf: (request: FastifyRequest) => string;
    /** The name of the last parameter. */
    readonly last: string;
}

function routesOf(app: FastifyInstance, world: World, part: Part, { pathOf, last }: Place): void {
    const idOf = ({ params }: FastifyRequest) => String((params as Document)[last]);
    const of = (path: string, id: string) => keptOf(world, path).get(id) ?? missing(id, part.kind);
    const show = (path: string, id: string) => showPart(of(path, id), part, `${world.url}${path}/${id}`);
    app.get(part.path, async (request) => {
        const path = pathOf(request);
        return inOrder(keptOf(world, path)).map(({ document }) => show(path, document.id));
    });
    app.post(part.path, async (request, reply) => {
        const [path, id, now] = [pathOf(request), world.ids.id(part.ids), world.now()];
        const document = { id, status: "ACTIVE", system: false, ...readPart(bodyOf(request), part) };
        place(world, path, { document, createdMs: now, changedMs: now }, bodyOf(request).priority);
        return reply.code(201).send(show(path, id));
    });
    app.get(`${part.path}/:${last}`, async (request) => show(pathOf(request), idOf(request)));
    app.put(`${part.path}/:${last}`, async (request) => {
        const [path, id] = [pathOf(request), idOf(request)];
        const before = of(path, id);
        const document = { ...before.document, ...readPart(bodyOf(request), part) };
        place(world, path, { ...before, document, changedMs: world.now() }, bodyOf(request).priority);
        return show(path, id);
    });
    app.delete(`${part.path}/:${last}`, async (request, reply) => {
        const [path, id] = [pathOf(request), idOf(request)];
        of(path, id);
        keptOf(world, path).delete(id);
        number(world, path);
        return reply.code(204).send();
    });
    for (const [verb, status] of [
        ["activate", "ACTIVE"],
        ["deactivate", "INACTIVE"],
    ] as const) {
        app.post(`${part.path}/:${last}/lifecycle/${verb}`, async (request, reply) => {
            const [path, id] = [pathOf(request), idOf(request)];
            const thing = of(path, id);
            keptOf(world, path).set(id, { ...thing, document: { ...thing.document, status } });
            return reply.code(204).send();
        });
    }
}

function readPart(body: Document, { type, read }: Part): Document {
    if (typeof body.name !== "string" || body.name === "") invalid("name", "The field cannot be left blank");
    if (body.type !== type) invalid("type", `The type has to be ${type}.`);
    return read(body);
}

/** Filled in as recorded: nobody is excluded, and no scope is named. */
function conditionsOf({ people, scopes, ...given }: Document): Document {
    const { users, ...rest } = documentOf(people);
    return {
        ...given,
        people: { ...rest, users: { exclude: [], ...documentOf(users) } },
        scopes: { include: [], ...documentOf(scopes) },
    };
}

function priorityOf({ document }: Kept): number {
    return Number(document.priority);
}

function inOrder(kept: ReadonlyMap<string, Kept>): Kept[] {
    return [...kept.values()].sort((a, b) => priorityOf(a) - priorityOf(b));
}

/** Keeps it at the priority that it asks for, or at the end. */
function place(world: World, path: string, thing: Kept, wanted: unknown): void {
    const kept = keptOf(world, path);
    const usual = thing.document.priority ?? kept.size + 1;
    kept.set(thing.document.id, { ...thing, document: { ...thing.document, priority: usual } });
    number(world, path, thing.document.id, typeof wanted === "number" ? wanted : Number(usual));
}

/** Priorities are sequential. Source: Okta's guide "Policy and rule prioritization". */
function number(world: World, path: string, id?: string, wanted?: number): void {
    const kept = keptOf(world, path);
    const all = [...kept.values()].map((thing) => ({ id: thing.document.id, priority: priorityOf(thing) }));
    for (const [moved, priority] of moveInSequence(all, id, wanted)) {
        const thing = kept.get(moved);
        if (thing !== undefined) kept.set(moved, { ...thing, document: { ...thing.document, priority } });
    }
}

function showPart({ document, createdMs, changedMs }: Kept, { type }: Part, self: string): Document {
    const turn = document.status === "ACTIVE" ? "deactivate" : "activate";
    return {
        ...document,
        created: stampOf(createdMs),
        lastUpdated: stampOf(changedMs),
        _links: {
            self: { href: self, hints: { allow: ["GET", "PUT", "DELETE"] } },
            [turn]: { href: `${self}/lifecycle/${turn}`, hints: { allow: ["POST"] } },
        },
        type,
    };
}
