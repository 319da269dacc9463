import type { FastifyInstance } from "fastify";

import { missing } from "../http/errors";
import { type Caller, paramsOf, queryOf } from "../http/http";
import { logEvent } from "../logs/events";
import { byId } from "../state/byId";
import { type Document, documentOf, without } from "../state/document";
import type { Nursery } from "../state/nursery";
import type { Org } from "../state/org";
import type { World } from "../state/world";

/** Okta's users and groups, as far as the Okta provider and Zonekeeper ask for them. */
export function peopleRoutes(app: FastifyInstance, world: World, callerOf: (request: object) => Caller): void {
    app.get("/api/v1/users/:id", async (request) => {
        const { id } = paramsOf(request);
        return showUser(findUser(world.org, id === "me" ? (callerOf(request).userId ?? id) : id), world.url);
    });
    app.delete("/api/v1/users/:id/sessions", async (request, reply) => {
        const { id } = paramsOf(request);
        const user = world.org.users.get(id) ?? missing(id, "User");
        logEvent(world, "user.session.clear", { id, name: String(documentOf(user.profile).login) });
        return reply.code(204).send();
    });
    app.get("/api/v1/groups", async (request) => {
        const { q = "" } = queryOf(request);
        const start = String(q).toLowerCase();
        const found = [...world.org.groups.values()].filter((group) => nameOf(group).toLowerCase().startsWith(start));
        return found.map((group) => showGroup(group, world.url));
    });
    app.get("/api/v1/groups/:id", async (request) => {
        const { id } = paramsOf(request);
        return showGroup(world.org.groups.get(id) ?? missing(id, "UserGroup"), world.url);
    });
}

/** By id, by login, or by what is before the @ of a login, if it is of one user only. */
function findUser({ users }: Org, key: string): Document {
    const byKey = users.get(key) ?? [...users.values()].find((user) => loginOf(user) === key);
    const byShortName = [...users.values()].filter((user) => loginOf(user).startsWith(`${key}@`));
    return byKey ?? (byShortName.length === 1 && byShortName[0] ? byShortName[0] : missing(key, "User"));
}

function loginOf(user: Document): string {
    return String(documentOf(user.profile).login);
}

function nameOf(group: Document): string {
    return String(documentOf(group.profile).name);
}

function showUser(user: Document, url: string): Document {
    return { ...user, _links: { self: { href: `${url}/api/v1/users/${user.id}` } } };
}

function showGroup(group: Document, url: string): Document {
    const self = `${url}/api/v1/groups/${group.id}`;
    const links = { users: { href: `${self}/users` }, apps: { href: `${self}/apps` }, ...documentOf(group._links) };
    return { ...group, _links: links };
}

/** Somebody who administers the organisation, and the users of the seed; the first one is `/users/me`. */
export function freshUsers({ seed: { users: seeds }, ids, now }: Nursery): Map<string, Document> {
    const all = seeds.length > 0 ? seeds : [{ login: "admin@example.com" }];
    const users = all.map((seed): Document => {
        const profile = documentOf((seed as Document).profile);
        const login = seed.login ?? profile.login ?? "user@example.com";
        return {
            id: seed.id ?? ids.id("00u"),
            status: "ACTIVE",
            created: now,
            activated: null,
            statusChanged: now,
            lastLogin: now,
            lastUpdated: now,
            passwordChanged: now,
            type: { id: ids.id("oty") },
            credentials: { provider: { type: "OKTA", name: "OKTA" } },
            ...without(seed, "login", "_links"),
            profile: {
                firstName: "A",
                lastName: "User",
                mobilePhone: null,
                secondEmail: null,
                login,
                email: login,
                ...profile,
            },
        };
    });
    return byId(
        "users",
        users.map((user) => [String(user.id), user]),
    );
}

/** The group Everyone, and those of the seed. */
export function freshGroups({ seed: { groups: seeds }, ids, now }: Nursery): Map<string, Document> {
    const named = seeds.map((seed) => ({ seed, name: seed.name ?? documentOf((seed as Document).profile).name }));
    const everyone = named.some(({ name }) => name === "Everyone") ? [] : [{ seed: {}, name: "Everyone" }];
    const groups = [...everyone, ...named].map(({ seed, name }): Document => {
        const isBuiltIn = name === "Everyone";
        return {
            id: ids.id("00g"),
            created: now,
            lastUpdated: now,
            lastMembershipUpdated: now,
            objectClass: ["okta:user_group"],
            type: isBuiltIn ? "BUILT_IN" : "OKTA_GROUP",
            profile: { name, description: isBuiltIn ? "All users in your organization" : null },
            ...without(seed, "name"),
        };
    });
    return byId(
        "groups",
        groups.map((group) => [String(group.id), group]),
    );
}
