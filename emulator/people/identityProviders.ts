import type { FastifyInstance } from "fastify";

import { invalid, missing } from "../http/errors";
import { bodyOf, paramsOf, queryOf, sendPage } from "../http/http";
import { pageOf } from "../http/paging";
import { type Document, without } from "../state/document";
import { stampOf } from "../state/stamp";
import type { World } from "../state/world";

/** Identity providers, so that rules that send people to one can name it; nobody signs in by them here. */
export function identityProviderRoutes(app: FastifyInstance, world: World): void {
    const all = "/api/v1/idps";
    const kept = () => world.org.identityProviders;
    const of = (id: string): Document => kept().get(id) ?? missing(id, "IdentityProvider");
    const show = (idp: Document): Document => ({
        ...idp,
        _links: { self: { href: `${world.url}${all}/${idp.id}`, hints: { allow: ["GET", "PUT", "DELETE"] } } },
    });
    const read = (body: Document): Document => {
        const { name, type } = body;
        if (typeof name !== "string" || name === "") return invalid("name", "The field cannot be left blank");
        if (typeof type !== "string" || type === "") return invalid("type", "The field cannot be left blank");
        return without(body, "_links");
    };
    app.get(all, (request, reply) => {
        const { q, type } = queryOf(request);
        const found = [...kept().values()].filter(
            (idp) =>
                (type === undefined || idp.type === type) &&
                String(idp.name)
                    .toLowerCase()
                    .startsWith(String(q ?? "").toLowerCase()),
        );
        const rows = found.map((idp) => ({ id: String(idp.id), idp }));
        const { items, links } = pageOf(rows, queryOf(request), `${world.url}${all}`, { usual: 20, most: 200 });
        return sendPage(reply, { items: items.map(({ idp }) => show(idp)), links });
    });
    app.post(all, async (request) => {
        const now = stampOf(world.now());
        const id = world.ids.id("0oa");
        kept().set(id, { ...read(bodyOf(request)), id, status: "ACTIVE", created: now, lastUpdated: now });
        return show(of(id));
    });
    app.get(`${all}/:id`, async (request) => show(of(paramsOf(request).id)));
    app.put(`${all}/:id`, async (request) => {
        const { id } = paramsOf(request);
        const { status, created } = of(id);
        kept().set(id, { ...read(bodyOf(request)), id, status, created, lastUpdated: stampOf(world.now()) });
        return show(of(id));
    });
    app.delete(`${all}/:id`, async (request, reply) => {
        const { id } = paramsOf(request);
        of(id);
        kept().delete(id);
        return reply.code(204).send();
    });
    for (const [verb, status] of [
        ["activate", "ACTIVE"],
        ["deactivate", "INACTIVE"],
    ] as const) {
        app.post(`${all}/:id/lifecycle/${verb}`, async (request) => {
            const { id } = paramsOf(request);
            kept().set(id, { ...of(id), status, lastUpdated: stampOf(world.now()) });
            return show(of(id));
        });
    }
}
