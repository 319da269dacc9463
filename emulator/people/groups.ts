import type { FastifyInstance } from "fastify";

import { forbid, invalid, missing } from "../http/errors";
import { parseFilter } from "../http/filter";
import { bodyOf, paramsOf, type Query, queryOf, sendPage, valueAt } from "../http/http";
import { pageOf, withQuery } from "../http/paging";
import { logEvent } from "../logs/events";
import { type Document, documentOf } from "../state/document";
import type { Org } from "../state/org";
import { stampOf } from "../state/stamp";
import type { World } from "../state/world";

const FILTERED = ["id", "type", "lastUpdated", "lastMembershipUpdated"];
const PAGE = { usual: 10_000, most: 10_000 };

/** Okta's groups. Those of its own, such as Everyone, cannot be changed. */
export function groupRoutes(app: FastifyInstance, world: World): void {
    const show = (group: Document) => showGroup(group, world.url);
    app.get("/api/v1/groups", (request, reply) => sendPage(reply, listGroups(world, queryOf(request))));
    app.post("/api/v1/groups", async (request) => {
        const now = stampOf(world.now());
        const group = {
            id: world.ids.id("00g"),
            created: now,
            lastUpdated: now,
            lastMembershipUpdated: now,
            objectClass: ["okta:user_group"],
            type: "OKTA_GROUP",
            profile: profileOf(world.org, bodyOf(request), undefined),
        };
        world.org.groups.set(group.id, group);
        world.org.members.set(group.id, new Set());
        logEvent(world, "group.lifecycle.create", { id: group.id, name: nameOf(group) });
        return show(group);
    });
    app.get("/api/v1/groups/:id", async (request) => show(groupOf(world.org, paramsOf(request).id)));
    app.put("/api/v1/groups/:id", async (request) => {
        const before = ownGroup(world.org, paramsOf(request).id);
        const profile = profileOf(world.org, bodyOf(request), String(before.id));
        const group = { ...before, profile, lastUpdated: stampOf(world.now()) };
        world.org.groups.set(String(before.id), group);
        logEvent(world, "group.profile.update", { id: String(before.id), name: nameOf(group) });
        return show(group);
    });
    app.delete("/api/v1/groups/:id", async (request, reply) => {
        const group = ownGroup(world.org, paramsOf(request).id);
        const id = String(group.id);
        world.org.groups.delete(id);
        world.org.members.delete(id);
        for (const groups of world.org.appParts.groups.values()) groups.delete(id);
        logEvent(world, "group.lifecycle.delete", { id, name: nameOf(group) });
        return reply.code(204).send();
    });
}

/** The group with this id, or 404. */
export function groupOf({ groups }: Org, id: string): Document {
    return groups.get(id) ?? missing(id, "UserGroup");
}

/** A group whose members and profile are for administrators to say, or 403. */
export function ownGroup(org: Org, id: string): Document {
    const group = groupOf(org, id);
    return group.type === "OKTA_GROUP" ? group : forbid();
}

export function nameOf(group: Document): string {
    return String(documentOf(group.profile).name);
}

function listGroups({ org, url }: World, query: Query) {
    const { q, filter, search } = query;
    const start = String(q ?? "").toLowerCase();
    const passesFilter = filter === undefined ? () => true : parseFilter(String(filter), FILTERED);
    const passesSearch = search === undefined ? () => true : parseFilter(String(search), isField, true);
    const found = [...org.groups.values()].filter((group) => {
        const get = (field: string) => valueAt(group, field);
        return nameOf(group).toLowerCase().startsWith(start) && passesFilter(get) && passesSearch(get);
    });
    const rows = found.map((group) => ({ id: String(group.id), group }));
    const asked = Object.fromEntries(Object.entries({ q, filter, search }).filter(([, value]) => value !== undefined));
    const self = Object.keys(asked).length === 0 ? `${url}/api/v1/groups` : withQuery(`${url}/api/v1/groups`, asked);
    const { items, links } = pageOf(rows, query, self, PAGE);
    return { items: items.map(({ group }) => showGroup(group, url)), links };
}

function isField(field: string): boolean {
    return FILTERED.includes(field) || /^(created|profile\.\w+)$/.test(field);
}

/** A full replace. Source of the refusal's words: those of Okta for users and groups alike. */
function profileOf({ groups }: Org, body: Document, ownId: string | undefined): Document {
    const { name, description, ...more } = documentOf(body.profile);
    if (typeof name !== "string" || name.trim() === "") return invalid("name", "The field cannot be left blank");
    if (name.length > 255) return invalid("name", "The field is too long");
    const isTaken = [...groups.values()].some((group) => nameOf(group) === name && group.id !== ownId);
    if (isTaken) return invalid("name", "An object with this field already exists in the current organization");
    return { name, description: description ?? null, ...more };
}

export function showGroup(group: Document, url: string): Document {
    const self = `${url}/api/v1/groups/${group.id}`;
    const logo = ["medium", "large"].map((name) => ({
        name,
        href: `${url}/assets/img/logos/groups/okta-${name}.png`,
        type: "image/png",
    }));
    const links = {
        logo,
        users: { href: `${self}/users` },
        apps: { href: `${self}/apps` },
        ...documentOf(group._links),
    };
    return { ...group, _links: links };
}
