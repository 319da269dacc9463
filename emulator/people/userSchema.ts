import type { FastifyInstance } from "fastify";

import { appOf } from "../apps/apps";
import { bodyOf, paramsOf } from "../http/http";
import { type Document, documentOf } from "../state/document";
import type { World } from "../state/world";
import { ATTRIBUTES } from "./userBody";

type Attributes = Map<string, unknown>;

/**
 * The schemas of users' profiles, the same for all types of users, of those of groups, and of the
 * profiles that an app has of users. Attributes can be added and removed; the
 * emulator checks no values by them. Source of the shape: the Okta provider's
 * recording DataSourceOktaUser_read.
 */
export function userSchemaRoutes(app: FastifyInstance, world: World): void {
    const users = "/api/v1/meta/schemas/user/:id";
    const ofUsers = () => schemaOf(`${world.url}/meta/schemas/user/default`, "user", world.org.customAttributes);
    app.get(users, async () => ofUsers());
    app.post(users, async (request) => {
        change(world.org.customAttributes, bodyOf(request));
        return ofUsers();
    });
    const groups = "/api/v1/meta/schemas/group/default";
    const ofGroups = () => groupSchema(`${world.url}/meta/schemas/group/default`, world.org.groupAttributes);
    app.get(groups, async () => ofGroups());
    app.post(groups, async (request) => {
        change(world.org.groupAttributes, bodyOf(request));
        return ofGroups();
    });
    const apps = "/api/v1/meta/schemas/apps/:id/default";
    const ofApp = (id: string) => {
        const { document } = appOf(world.org, id);
        const href = `${world.url}/meta/schemas/apps/${id}/default`;
        return schemaOf(href, String(document.name), world.org.appParts.attributes.get(id) ?? new Map());
    };
    app.get(apps, async (request) => ofApp(paramsOf(request).id));
    app.post(apps, async (request) => {
        const { id } = paramsOf(request);
        const attributes = world.org.appParts.attributes.get(appOf(world.org, id).document.id) ?? new Map();
        world.org.appParts.attributes.set(id, attributes);
        change(attributes, bodyOf(request));
        return ofApp(id);
    });
}

/** Adds and replaces attributes; null removes one. */
function change(attributes: Attributes, body: Document): void {
    const { custom } = documentOf(body.definitions);
    for (const [name, attribute] of Object.entries(documentOf(documentOf(custom).properties))) {
        if (attribute === null) attributes.delete(name);
        else attributes.set(name, { mutability: "READ_WRITE", ...documentOf(attribute) });
    }
}

/** Source of the shape: Okta's reference, "Schemas", group profiles. */
function groupSchema(id: string, custom: Attributes): Document {
    const schema = schemaOf(id, "group", custom);
    const { custom: own } = documentOf(schema.definitions);
    const text = { type: "string", mutability: "READ_WRITE", scope: "NONE", permissions: [] };
    const properties = { name: { ...text, title: "Name" }, description: { ...text, title: "Description" } };
    return {
        ...schema,
        title: "Okta group",
        description: "Okta group profile template with default permission settings",
        definitions: { custom: own, base: { id: "#base", type: "object", properties, required: ["name"] } },
    };
}

function schemaOf(id: string, name: string, custom: Attributes): Document {
    const permissions = [{ principal: "SELF", action: "READ_WRITE" }];
    const base = ATTRIBUTES.map((attribute) => [
        attribute,
        { title: attribute, type: "string", mutability: "READ_WRITE", scope: "NONE", permissions },
    ]);
    const part = (partId: string, properties: object, required: readonly string[]) => ({
        id: partId,
        type: "object",
        properties,
        required,
    });
    return {
        id,
        $schema: "http://json-schema.org/draft-04/schema#",
        name,
        title: "User",
        description: "Okta user profile template with default permission settings",
        definitions: {
            custom: part("#custom", Object.fromEntries(custom), []),
            base: part("#base", Object.fromEntries(base), ["login", "email"]),
        },
        type: "object",
        properties: { profile: { allOf: [{ $ref: "#/definitions/custom" }, { $ref: "#/definitions/base" }] } },
    };
}
