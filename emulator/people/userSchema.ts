import type { FastifyInstance } from "fastify";

import { appOf } from "../apps/apps";
import { bodyOf, paramsOf } from "../http/http";
import { type Document, documentOf } from "../state/document";
import type { World } from "../state/world";
import { baseAttributes } from "./baseAttributes";

type Attributes = Map<string, unknown>;

/** What was written: attributes of the org's own, and those that every profile has. */
interface Written {
    readonly custom: Attributes;
    readonly base: Attributes;
}

/**
 * The schemas of users' profiles, the same for all types of users, of those of groups, and of the
 * profiles that an app has of users. Attributes can be added and removed; the
 * emulator checks no values by them. Source of the shape: the Okta provider's
 * recording DataSourceOktaUser_read.
 */
export function userSchemaRoutes(app: FastifyInstance, world: World): void {
    const users = "/api/v1/meta/schemas/user/:id";
    const ofUsers = () => {
        const { customAttributes: custom, baseAttributes: base } = world.org;
        return schemaOf(`${world.url}/meta/schemas/user/default`, "user", { custom, base });
    };
    app.get(users, async () => ofUsers());
    app.post(users, async (request) => {
        change(world.org.customAttributes, "custom", bodyOf(request));
        change(world.org.baseAttributes, "base", bodyOf(request));
        return ofUsers();
    });
    const groups = "/api/v1/meta/schemas/group/default";
    const ofGroups = () => groupSchema(`${world.url}/meta/schemas/group/default`, world.org.groupAttributes);
    app.get(groups, async () => ofGroups());
    app.post(groups, async (request) => {
        change(world.org.groupAttributes, "custom", bodyOf(request));
        return ofGroups();
    });
    const apps = "/api/v1/meta/schemas/apps/:id/default";
    const ofApp = (id: string) => {
        const { document } = appOf(world.org, id);
        const href = `${world.url}/meta/schemas/apps/${id}/default`;
        return schemaOf(href, String(document.name), ofApps(world, id));
    };
    app.get(apps, async (request) => ofApp(paramsOf(request).id));
    app.post(apps, async (request) => {
        const { id } = paramsOf(request);
        appOf(world.org, id);
        const { custom, base } = ofApps(world, id);
        change(custom, "custom", bodyOf(request));
        change(base, "base", bodyOf(request));
        return ofApp(id);
    });
}

/** The attributes that were written for the profiles that an app has of users. */
function ofApps({ org }: World, id: string): Written {
    const { attributes: custom, baseAttributes: base } = org.appParts;
    for (const part of [custom, base]) part.set(id, part.get(id) ?? new Map());
    return { custom: custom.get(id) ?? new Map(), base: base.get(id) ?? new Map() };
}

/** Adds and replaces attributes; null removes one, and of the base what was written of it. */
function change(attributes: Attributes, part: "custom" | "base", body: Document): void {
    const definition = documentOf(documentOf(body.definitions)[part]);
    for (const [name, attribute] of Object.entries(documentOf(definition.properties))) {
        if (attribute === null) attributes.delete(name);
        else attributes.set(name, { mutability: "READ_WRITE", ...documentOf(attribute) });
    }
}

/** Source of the shape: Okta's reference, "Schemas", group profiles. */
function groupSchema(id: string, custom: Attributes): Document {
    const schema = schemaOf(id, "group", { custom, base: new Map() });
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

function schemaOf(id: string, name: string, { custom, base }: Written): Document {
    const all = { ...baseAttributes(), ...(Object.fromEntries(base) as Record<string, Document>) };
    const needed = Object.keys(all).filter((attribute) => all[attribute]?.required === true);
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
            base: part("#base", all, needed),
        },
        type: "object",
        properties: { profile: { allOf: [{ $ref: "#/definitions/custom" }, { $ref: "#/definitions/base" }] } },
    };
}
