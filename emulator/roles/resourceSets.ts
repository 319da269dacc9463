import type { FastifyInstance, FastifyRequest } from "fastify";

import { invalid, missing } from "../http/errors";
import { bodyOf, paramsOf } from "../http/http";
import { type Document, stringsOf, without } from "../state/document";
import type { Org, ResourceSet } from "../state/org";
import { stampOf } from "../state/stamp";
import type { World } from "../state/world";

const SETS = "/api/v1/iam/resource-sets";

/**
 * Resource sets: what a custom role is for. Their resources are kept as they were written, a URL or an ORN, and have no effect.
 *
 * Source of the paths and shapes: Okta's reference, resource sets, and the client of Okta's provider; nothing of it is recorded.
 */
export function resourceSetRoutes(app: FastifyInstance, world: World): void {
    const show = (set: ResourceSet) => showSet(set, world.url);
    const keep = (set: ResourceSet) => {
        world.org.resourceSets.set(set.id, set);
        return show(set);
    };
    app.get(SETS, async () => ({ "resource-sets": [...world.org.resourceSets.values()].map(show), _links: {} }));
    app.post(SETS, async (request) => {
        const now = stampOf(world.now());
        const set = { ...readSet(request), id: world.ids.id("iam"), created: now, lastUpdated: now };
        return keep({ ...set, resources: new Map(newResources(world, bodyOf(request).resources)) });
    });
    app.get(`${SETS}/:id`, async (request) => show(resourceSetOf(world.org, paramsOf(request).id)));
    app.put(`${SETS}/:id`, async (request) => {
        const before = resourceSetOf(world.org, paramsOf(request).id);
        return keep({ ...before, ...readSet(request), lastUpdated: stampOf(world.now()) });
    });
    app.delete(`${SETS}/:id`, async (request, reply) => {
        const { id } = resourceSetOf(world.org, paramsOf(request).id);
        for (const [holder, roles] of world.org.roles) {
            const left = roles.filter((role) => role["resource-set"] !== id);
            world.org.roles.set(holder, left);
        }
        world.org.resourceSets.delete(id);
        return reply.code(204).send();
    });
    resourceRoutes(app, world);
}

function resourceRoutes(app: FastifyInstance, world: World): void {
    const path = `${SETS}/:id/resources`;
    app.get(path, async (request) => {
        const { id, resources } = resourceSetOf(world.org, paramsOf(request).id);
        const links = { "resource-set": { href: `${world.url}${SETS}/${id}` } };
        return { resources: [...resources.values()], _links: links };
    });
    app.patch(path, async (request) => {
        const set = resourceSetOf(world.org, paramsOf(request).id);
        for (const [id, resource] of newResources(world, bodyOf(request).additions)) set.resources.set(id, resource);
        return showSet(set, world.url);
    });
    app.delete(`${path}/:other`, async (request, reply) => {
        const { id, other } = paramsOf(request);
        return resourceSetOf(world.org, id).resources.delete(other)
            ? reply.code(204).send()
            : missing(other, "ResourceSetResource");
    });
}

export function resourceSetOf({ resourceSets }: Org, id: string): ResourceSet {
    return resourceSets.get(id) ?? missing(id, "ResourceSet");
}

function readSet(request: FastifyRequest): Pick<ResourceSet, "label" | "description"> {
    const { label, description } = bodyOf(request);
    if (typeof label !== "string" || label === "") return invalid("label", "The field cannot be left blank");
    return { label, description: typeof description === "string" ? description : "" };
}

/** A resource shows as `self` what was written, which is what the provider reads. */
function newResources({ ids, now }: World, given: unknown): [string, Document][] {
    const created = stampOf(now());
    return stringsOf(given).map((written) => {
        const id = ids.id("ire");
        const isOrn = written.startsWith("orn:");
        const links = isOrn ? {} : { self: { href: written } };
        return [id, { id, ...(isOrn && { orn: written }), created, lastUpdated: created, _links: links }];
    });
}

function showSet(set: ResourceSet, url: string): Document {
    const self = `${url}${SETS}/${set.id}`;
    const links = Object.fromEntries(["resources", "bindings"].map((part) => [part, { href: `${self}/${part}` }]));
    return { ...without({ ...set }, "resources"), _links: { self: { href: self }, ...links } };
}
