import type { FastifyInstance } from "fastify";

import { missing } from "../http/errors";
import { bodyOf, paramsOf, queryOf, sendPage } from "../http/http";
import { pageOf } from "../http/paging";
import { findUser, loginOf } from "../people/findUser";
import { groupOf } from "../people/groups";
import { type Document, documentOf } from "../state/document";
import { stampOf } from "../state/stamp";
import type { World } from "../state/world";
import { appOf, showApp } from "./apps";

type Kind = "users" | "groups";

/** Which users and groups an app is assigned to. Source of the shapes: the Okta provider's recordings. */
export function assignmentRoutes(app: FastifyInstance, world: World): void {
    for (const kind of ["users", "groups"] as const) {
        const all = `/api/v1/apps/:id/${kind}`;
        app.get(all, (request, reply) => {
            const { id } = paramsOf(request);
            const rows = [...assigned(world, kind, id).values()].map((row) => ({ id: String(row.id), row }));
            const usual = kind === "users" ? 50 : 20;
            const most = kind === "users" ? 500 : 200;
            const self = `${world.url}/api/v1/apps/${id}/${kind}`;
            const { items, links } = pageOf(rows, queryOf(request), self, { usual, most });
            return sendPage(reply, { items: items.map(({ row }) => show(world, kind, id, row)), links });
        });
        app.get(`${all}/:other`, async (request) => {
            const { id, other } = paramsOf(request);
            return show(world, kind, id, assigned(world, kind, id).get(other) ?? absent(kind, other));
        });
        app.delete(`${all}/:other`, async (request, reply) => {
            const { id, other } = paramsOf(request);
            return assigned(world, kind, id).delete(other) ? reply.code(204).send() : absent(kind, other);
        });
    }
    app.get("/api/v1/groups/:id/apps", (request, reply) => {
        const { id } = paramsOf(request);
        groupOf(world.org, id);
        const found = [...world.org.apps.values()].filter(({ document }) =>
            world.org.appParts.groups.get(document.id)?.has(id),
        );
        const rows = found.map((each) => ({ id: each.document.id, each }));
        const self = `${world.url}/api/v1/groups/${id}/apps`;
        const { items, links } = pageOf(rows, queryOf(request), self, { usual: 20, most: 200 });
        return sendPage(reply, { items: items.map(({ each }) => showApp(each, world.org, world.url)), links });
    });
    app.put("/api/v1/apps/:id/groups/:other", async (request) => {
        const { id, other } = paramsOf(request);
        return show(world, "groups", id, assignGroup(world, id, other, documentOf(request.body)));
    });
    app.post("/api/v1/apps/:id/users", async (request) => {
        const { id } = paramsOf(request);
        const body = bodyOf(request);
        return show(world, "users", id, assignUser(world, id, String(body.id), body));
    });
    app.post("/api/v1/apps/:id/users/:other", async (request) => {
        // Okta's provider updates a user of a new app that it has not assigned, and passes its own test at Okta.
        const { id, other } = paramsOf(request);
        return show(world, "users", id, assignUser(world, id, other, bodyOf(request)));
    });
}

function absent(kind: Kind, id: string): never {
    return missing(id, kind === "users" ? "AppUser" : "ApplicationGroupAssignment");
}

/** The assignments of an app, by the id of the user or of the group; 404 where there is no such app. */
function assigned({ org }: World, kind: Kind, appId: string): Map<string, Document> {
    const parts = org.appParts[kind];
    const rows = parts.get(appOf(org, appId).document.id) ?? new Map<string, Document>();
    parts.set(appId, rows);
    return rows;
}

/** A group without a priority keeps the one that it has; the first one is 0 (recorded). */
function assignGroup(world: World, appId: string, groupId: string, body: Document): Document {
    groupOf(world.org, groupId);
    const rows = assigned(world, "groups", appId);
    const before = rows.get(groupId);
    const priority = typeof body.priority === "number" ? body.priority : Number(before?.priority ?? 0);
    const row = { id: groupId, lastUpdated: stampOf(world.now()), priority, profile: documentOf(body.profile) };
    rows.set(groupId, row);
    return row;
}

function assignUser(world: World, appId: string, userId: string, body: Document): Document {
    const user = findUser(world.org, userId);
    const now = stampOf(world.now());
    const before = assigned(world, "users", appId).get(userId);
    const { userName } = documentOf(body.credentials);
    const { firstName, lastName, email } = documentOf(user.profile);
    // Apps of other protocols have a profile of their own, of which nothing is known here.
    const isOpenId = appOf(world.org, appId).document.signOnMode === "OPENID_CONNECT";
    const usual = { given_name: firstName, family_name: lastName, name: `${firstName} ${lastName}`, email };
    const row = {
        id: userId,
        externalId: null,
        created: now,
        statusChanged: now,
        passwordChanged: null,
        scope: "USER",
        status: "ACTIVE",
        syncState: "DISABLED",
        ...before,
        lastUpdated: now,
        credentials: { userName: userName ?? documentOf(before?.credentials).userName ?? loginOf(user) },
        profile: {
            ...(isOpenId && usual),
            ...documentOf(before?.profile),
            ...documentOf(body.profile),
        },
    };
    assigned(world, "users", appId).set(userId, row);
    return row;
}

function show({ url }: World, kind: Kind, appId: string, row: Document): Document {
    const app = { href: `${url}/api/v1/apps/${appId}` };
    if (kind === "users") {
        const user = { href: `${url}/api/v1/users/${row.id}` };
        return { ...row, _links: { app, user } };
    }
    const self = { href: `${url}/api/v1/apps/${appId}/groups/${row.id}` };
    return { ...row, _links: { app, self, group: { href: `${url}/api/v1/groups/${row.id}` } } };
}
