import type { FastifyInstance } from "fastify";

import { invalid, missing } from "../http/errors";
import { parseFilter } from "../http/filter";
import { bodyOf, type Caller, paramsOf, type Query, queryOf, sendPage, valueAt } from "../http/http";
import { pageOf, withQuery } from "../http/paging";
import { logEvent } from "../logs/events";
import { type Document, documentOf } from "../state/document";
import type { Org } from "../state/org";
import { stampOf } from "../state/stamp";
import type { World } from "../state/world";
import { findUser, loginOf } from "./findUser";
import { showUser, showUserInList } from "./showUser";
import { credentialsOf, hasPassword, profileOf } from "./userBody";
import { removeUser, turnUser } from "./userLifecycle";

/** What `filter` knows; `search` knows every field of a user and of its profile. */
const FILTERED = [
    "status",
    "lastUpdated",
    "id",
    "profile.login",
    "profile.email",
    "profile.firstName",
    "profile.lastName",
];
const PAGE = { usual: 200, most: 200 };

/** Users whom `q` finds at most, where the query names no limit. */
const FOUND = 10;

/** Okta's users. */
export function userRoutes(app: FastifyInstance, world: World, callerOf: (request: object) => Caller): void {
    const show = (user: Document) => showUser(user, world.org, world.url);
    app.get("/api/v1/users", (request, reply) => sendPage(reply, listUsers(world, queryOf(request))));
    app.post("/api/v1/users", async (request) => show(createUser(world, bodyOf(request), queryOf(request))));
    app.get("/api/v1/users/:id", async (request) => {
        const { id } = paramsOf(request);
        if (id !== "me") return show(findUser(world.org, id));
        return showUserInList(findUser(world.org, callerOf(request).userId ?? id), world.url);
    });
    for (const method of ["post", "put"] as const) {
        app[method]("/api/v1/users/:id", async (request) => {
            const before = findUser(world.org, paramsOf(request).id);
            return show(changeUser(world, before, bodyOf(request), method === "post"));
        });
    }
    app.delete("/api/v1/users/:id", async (request, reply) => {
        removeUser(world, findUser(world.org, paramsOf(request).id));
        return reply.code(204).send();
    });
    app.delete("/api/v1/users/:id/sessions", async (request, reply) => {
        const { id } = paramsOf(request);
        const user = world.org.users.get(id) ?? missing(id, "User");
        logEvent(world, "user.session.clear", { id, name: loginOf(user) });
        return reply.code(204).send();
    });
}

/** Users who were deactivated are left out, unless a filter or a search is given. */
function listUsers({ org, url }: World, query: Query) {
    const { q, filter, search } = query;
    const passes =
        search === undefined
            ? filter === undefined
                ? undefined
                : parseFilter(String(filter), FILTERED)
            : parseFilter(String(search), isField, true);
    const start = String(q ?? "").toLowerCase();
    const found = [...org.users.values()].filter((user) => {
        if (passes !== undefined) return passes((field) => valueAt(user, field));
        const { firstName, lastName, email } = documentOf(user.profile);
        const names = [firstName, lastName, email].map((name) => String(name ?? "").toLowerCase());
        return user.status !== "DEPROVISIONED" && names.some((name) => name.startsWith(start));
    });
    const asked = Object.fromEntries(Object.entries({ q, filter, search }).filter(([, value]) => value !== undefined));
    const rows = found.map((user) => ({ id: String(user.id), user }));
    const page = q === undefined ? PAGE : { ...PAGE, usual: FOUND };
    const self = Object.keys(asked).length === 0 ? `${url}/api/v1/users` : withQuery(`${url}/api/v1/users`, asked);
    const { items, links } = pageOf(rows, query, self, page);
    return { items: items.map(({ user }) => showUserInList(user, url)), links };
}

function isField(field: string): boolean {
    return /^(id|status|created|activated|statusChanged|lastUpdated|type\.id|profile\.\w+)$/.test(field);
}

/**
 *   activate    password    status
 *   false       any         STAGED
 *   else        none        PROVISIONED: the user gets a mail, and chooses one
 *   else        one         ACTIVE
 */
function createUser(world: World, body: Document, { activate }: Query): Document {
    const now = stampOf(world.now());
    const user: Document = {
        id: world.ids.id("00u"),
        status: "STAGED",
        created: now,
        activated: null,
        statusChanged: null,
        lastLogin: null,
        lastUpdated: now,
        passwordChanged: hasPassword(body.credentials) ? now : null,
        type: { id: typeIn(world.org, body.type) ?? [...world.org.userTypes.keys()][0] },
        profile: profileOf(world.org, body.profile, {}, "newUser"),
        credentials: credentialsOf(body.credentials, {}),
    };
    const id = String(user.id);
    const groups = Array.isArray(body.groupIds) ? body.groupIds.map(String) : [];
    for (const group of groups) if (!world.org.groups.has(group)) missing(group, "UserGroup");
    world.org.users.set(id, user);
    if (hasPassword(body.credentials)) world.org.passwords.add(id);
    for (const group of groups) world.org.members.get(group)?.add(id);
    logEvent(world, "user.lifecycle.create", { id, name: loginOf(user) });
    return activate === "false" ? user : turnUser(world, user, "activate");
}

/** A POST adds to what there is; a PUT replaces the profile, or the credentials, or both. */
function changeUser(world: World, before: Document, body: Document, isPartial: boolean): Document {
    const id = String(before.id);
    const [hasProfile, hasCredentials] = [body.profile !== undefined, body.credentials !== undefined];
    if (!isPartial && !hasProfile && !hasCredentials) return invalid("profile", "The field cannot be left blank");
    const now = stampOf(world.now());
    const setsPassword = hasPassword(body.credentials);
    const user: Document = {
        ...before,
        type: { id: typeIn(world.org, body.type) ?? documentOf(before.type).id },
        profile: profileOf(world.org, body.profile, isPartial || !hasProfile ? documentOf(before.profile) : {}, id),
        credentials: credentialsOf(body.credentials, documentOf(before.credentials)),
        lastUpdated: now,
        ...(setsPassword && { passwordChanged: now }),
    };
    world.org.users.set(id, user);
    if (setsPassword) world.org.passwords.add(id);
    logEvent(world, "user.account.update_profile", { id, name: loginOf(user) });
    return user;
}

function typeIn({ userTypes }: Org, type: unknown): unknown {
    const { id } = documentOf(type);
    if (id !== undefined && !userTypes.has(String(id))) missing(String(id), "UserType");
    return id;
}
