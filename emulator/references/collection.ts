import type { FastifyInstance } from "fastify";

import { invalid, missing } from "../http/errors";
import { bodyOf, paramsOf, queryOf, sendPage } from "../http/http";
import { pageOf } from "../http/paging";
import { type Document, without } from "../state/document";
import type { Kept } from "../state/kept";
import type { World } from "../state/world";

/** Things of an org that policies and identity providers refer to by id; they are kept as written, and decide nothing here. */
export interface Collection {
    /** `/api/v1/behaviors` */
    readonly path: string;
    /** The first three letters of their ids. */
    readonly ids: string;
    /** Okta's name for one, in a refusal. */
    readonly kind: string;
    /** Fields without which a body is refused. */
    readonly needs: readonly string[];
    /** Whether they are activated and deactivated. */
    readonly hasLifecycle: boolean;
    /** What Okta shows of a body, but for id, status, moments and links. */
    readonly read: (body: Document) => Document;
    /** How Okta says when one was made and changed. */
    readonly moments: (createdMs: number, changedMs: number) => Document;
    /** @throws a refusal where it may not be deleted */
    readonly checkDelete?: (thing: Document) => void;
}

export function collectionRoutes(app: FastifyInstance, world: World, collection: Collection): void {
    const { path, ids, read } = collection;
    const kept = () => keptOf(world, path);
    const of = (id: string) => kept().get(id) ?? missing(id, collection.kind);
    const show = (thing: Kept) => showThing(thing, collection, world.url);
    const keep = (thing: Kept) => {
        kept().set(thing.document.id, thing);
        return show(thing);
    };
    app.get(path, (request, reply) => {
        const query = queryOf(request);
        const start = String(query.q ?? "").toLowerCase();
        const rows = [...kept().values()]
            .filter(({ document }) => String(document.name).toLowerCase().startsWith(start))
            .map((thing) => ({ id: thing.document.id, thing }));
        const { items, links } = pageOf(rows, query, `${world.url}${path}`, { most: 200 });
        return sendPage(reply, { items: items.map(({ thing }) => show(thing)), links });
    });
    app.post(path, async (request) => {
        const body = checked(bodyOf(request), collection);
        const status = collection.hasLifecycle ? { status: "ACTIVE" } : {};
        const now = world.now();
        return keep({ document: { id: world.ids.id(ids), ...status, ...read(body) }, createdMs: now, changedMs: now });
    });
    app.get(`${path}/:id`, async (request) => show(of(paramsOf(request).id)));
    app.put(`${path}/:id`, async (request) => {
        const before = of(paramsOf(request).id);
        const { id, status } = before.document;
        const body = checked(bodyOf(request), collection);
        const document = { id, ...(status !== undefined && { status }), ...read(body) };
        return keep({ ...before, document, changedMs: world.now() });
    });
    app.delete(`${path}/:id`, async (request, reply) => {
        const { document } = of(paramsOf(request).id);
        collection.checkDelete?.(document);
        kept().delete(document.id);
        return reply.code(204).send();
    });
    if (!collection.hasLifecycle) return;
    for (const [verb, status] of [
        ["activate", "ACTIVE"],
        ["deactivate", "INACTIVE"],
    ] as const) {
        app.post(`${path}/:id/lifecycle/${verb}`, async (request) => {
            const thing = of(paramsOf(request).id);
            return keep({ ...thing, document: { ...thing.document, status }, changedMs: world.now() });
        });
    }
}

/** What is kept of a collection, by id. */
export function keptOf({ org }: Pick<World, "org">, path: string): Map<string, Kept> {
    const kept = org.references.get(path) ?? new Map<string, Kept>();
    org.references.set(path, kept);
    return kept;
}

/** Id, status and moments are Okta's own, whatever a body says (recorded). */
function checked(body: Document, { needs }: Collection): Document {
    const lacking = needs.find((field) => body[field] === undefined || body[field] === "");
    if (lacking !== undefined) invalid(lacking, "The field cannot be left blank");
    return without(body, "id", "status", "_links");
}

function showThing({ document, createdMs, changedMs }: Kept, { path, moments, hasLifecycle }: Collection, url: string) {
    const self = `${url}${path}/${document.id}`;
    const turn = document.status === "ACTIVE" ? "deactivate" : "activate";
    return {
        ...document,
        ...moments(createdMs, changedMs),
        _links: {
            self: { href: self, hints: { allow: ["GET", "PUT", "DELETE"] } },
            ...(hasLifecycle && { [turn]: { href: `${self}/lifecycle/${turn}`, hints: { allow: ["POST"] } } }),
        },
    };
}
