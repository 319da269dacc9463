import type { FastifyInstance } from "fastify";

import { forbid, invalid, missing } from "../http/errors";
import { bodyOf, type Caller, paramsOf } from "../http/http";
import { byId } from "../state/byId";
import type { Document } from "../state/document";
import type { Nursery } from "../state/nursery";
import type { Org } from "../state/org";
import { stampOf } from "../state/stamp";
import type { World } from "../state/world";

/** Names of types: a letter, then letters, digits and underscores. Source: Okta's reference, `UserType.name`. */
const NAME = /^[A-Za-z]\w*$/;

/** Okta's types of users. Source of the shape: the Okta provider's recording UserType_crud. */
export function userTypeRoutes(app: FastifyInstance, world: World, callerOf: (request: object) => Caller): void {
    const all = "/api/v1/meta/types/user";
    const show = (type: Document) => showType(type, world.url);
    app.get(all, async () => [...world.org.userTypes.values()].map(show));
    app.post(all, async (request) => {
        const { name, displayName, description } = bodyOf(request);
        if (typeof name !== "string" || !NAME.test(name)) return invalid("name", "The name is not valid.");
        if ([...world.org.userTypes.values()].some((type) => type.name === name)) {
            return invalid("name", "The name is in use.");
        }
        checkDisplayName(displayName);
        const by = callerOf(request).userId ?? world.org.about.adminId;
        const type = newType(world.ids.id("oty"), { name, displayName, description }, by, stampOf(world.now()));
        world.org.userTypes.set(String(type.id), type);
        return show(type);
    });
    app.get(`${all}/:id`, async (request) => show(typeOf(world.org, paramsOf(request).id)));
    for (const method of ["post", "put"] as const) {
        app[method](`${all}/:id`, async (request) => {
            const before = typeOf(world.org, paramsOf(request).id);
            const { name = before.name, displayName = before.displayName, description } = bodyOf(request);
            if (name !== before.name) return invalid("name", "The name of a user type cannot be changed.");
            checkDisplayName(displayName);
            const lastUpdatedBy = callerOf(request).userId ?? world.org.about.adminId;
            const said = method === "put" || description !== undefined ? { description: description ?? null } : {};
            const lastUpdated = stampOf(world.now());
            const type = { ...before, displayName, ...said, lastUpdatedBy, lastUpdated };
            world.org.userTypes.set(String(before.id), type);
            return show(type);
        });
    }
    app.delete(`${all}/:id`, async (request, reply) => {
        const type = typeOf(world.org, paramsOf(request).id);
        if (type.default === true) forbid();
        const user = [...world.org.users.values()].find((each) => (each.type as Document).id === type.id);
        if (user !== undefined) invalid("id", `The user type ${type.name} is the type of the user ${user.id}.`);
        world.org.userTypes.delete(String(type.id));
        return reply.code(204).send();
    });
}

function typeOf({ userTypes }: Org, id: string): Document {
    return userTypes.get(id) ?? missing(id, "UserType");
}

function checkDisplayName(displayName: unknown): void {
    if (typeof displayName !== "string" || displayName.trim() === "") {
        invalid("displayName", "The field cannot be left blank");
    }
}

function newType(id: string, { name, displayName, description }: Document, by: string, now: string): Document {
    return {
        id,
        displayName,
        name,
        description: description ?? null,
        createdBy: by,
        lastUpdatedBy: by,
        created: now,
        lastUpdated: now,
        default: false,
    };
}

function showType(type: Document, url: string): Document {
    const link = (rel: string, href: string) => ({ rel, href, method: "GET" });
    const id = String(type.id);
    return {
        ...type,
        _links: {
            schema: link("schema", `${url}/api/v1/meta/schemas/user/osc${id.slice(3)}`),
            self: link("self", `${url}/api/v1/meta/types/user/${id}`),
        },
    };
}

/** The type that every organisation has; users are of it unless they say otherwise. */
export function freshUserTypes({ ids, now }: Nursery): Map<string, Document> {
    const said = {
        name: "user",
        displayName: "User",
        description: "Okta user profile template with default permission settings",
    };
    const id = ids.id("oty");
    return byId("user types", [[id, { ...newType(id, said, "sprzzzzzzzzzzzzzzzzz", now), default: true }]]);
}
