import type { FastifyInstance, FastifyRequest } from "fastify";

import { invalid, missing, refuse } from "../http/errors";
import { bodyOf, paramsOf } from "../http/http";
import { type Document, documentOf, stringsOf } from "../state/document";
import type { CustomRole, Org } from "../state/org";
import { stampOf } from "../state/stamp";
import type { World } from "../state/world";

const ROLES = "/api/v1/iam/roles";

/**
 * Custom admin roles and their permissions; no permission has an effect on what a caller may do here.
 *
 * Source of the paths, shapes and statuses: Okta's description of its API and the Okta provider's recordings AdminRoleCustom_crud
 * and AdminRoleCustom_read. Okta's words for a label that is taken are not known.
 */
export function customRoleRoutes(app: FastifyInstance, world: World): void {
    const show = (role: CustomRole) => showRole(role, world.url);
    const keep = (role: CustomRole) => {
        world.org.customRoles.set(role.id, role);
        return show(role);
    };
    app.get(ROLES, async () => ({ roles: [...world.org.customRoles.values()].map(show), _links: {} }));
    app.post(ROLES, async (request) => {
        const { permissions } = bodyOf(request);
        if (stringsOf(permissions).length === 0) return invalid("permissions", "The field cannot be left blank");
        const created = stampOf(world.now());
        const id = world.ids.id("cr0");
        const granted = new Map(stringsOf(permissions).map((label) => [label, { label, created, conditions: null }]));
        return keep({ id, ...readRole(world.org, request, undefined), created, lastUpdated: created, granted });
    });
    app.get(`${ROLES}/:id`, async (request) => show(customRoleOf(world.org, paramsOf(request).id)));
    app.put(`${ROLES}/:id`, async (request) => {
        const before = customRoleOf(world.org, paramsOf(request).id);
        return keep({ ...before, ...readRole(world.org, request, before.id), lastUpdated: stampOf(world.now()) });
    });
    app.delete(`${ROLES}/:id`, async (request, reply) => {
        const { id } = customRoleOf(world.org, paramsOf(request).id);
        const isUsed = [...world.org.roles.values()].some((roles) => roles.some(({ role }) => role === id));
        if (isUsed) invalid("role", "The role is assigned, and cannot be deleted.");
        world.org.customRoles.delete(id);
        return reply.code(204).send();
    });
    permissionRoutes(app, world);
}

function permissionRoutes(app: FastifyInstance, world: World): void {
    const path = `${ROLES}/:id/permissions`;
    const find = (request: FastifyRequest) => {
        const { id, other } = paramsOf(request);
        const role = customRoleOf(world.org, id);
        return { role, permission: role.granted.get(other) ?? missing(other, "Permission") };
    };
    app.get(path, async (request) => {
        const role = customRoleOf(world.org, paramsOf(request).id);
        return { permissions: [...role.granted.values()].map((each) => showPermission(each, role, world.url)) };
    });
    app.get(`${path}/:other`, async (request) => {
        const { role, permission } = find(request);
        return showPermission(permission, role, world.url);
    });
    app.post(`${path}/:other`, async (request, reply) => {
        const { id, other } = paramsOf(request);
        const conditions = documentOf(request.body).conditions ?? null;
        customRoleOf(world.org, id).granted.set(other, { label: other, created: stampOf(world.now()), conditions });
        return reply.code(204).send();
    });
    app.put(`${path}/:other`, async (request) => {
        const { role, permission } = find(request);
        const changed = { ...permission, conditions: bodyOf(request).conditions ?? null };
        role.granted.set(String(permission.label), changed);
        return showPermission(changed, role, world.url);
    });
    app.delete(`${path}/:other`, async (request, reply) => {
        const { role, permission } = find(request);
        role.granted.delete(String(permission.label));
        return reply.code(204).send();
    });
}

/** By id or by label, or 404. */
export function customRoleOf({ customRoles }: Org, key: string): CustomRole {
    return customRoles.get(key) ?? [...customRoles.values()].find(({ label }) => label === key) ?? missing(key, "Role");
}

function readRole({ customRoles }: Org, request: FastifyRequest, ownId: string | undefined) {
    const { label, description } = bodyOf(request);
    if (typeof label !== "string" || label === "") return invalid("label", "The field cannot be left blank");
    if (typeof description !== "string") return invalid("description", "The field cannot be left blank");
    const isTaken = [...customRoles.values()].some((role) => role.label === label && role.id !== ownId);
    if (isTaken) refuse(409, "E0000010", "A role with this label exists.");
    return { label, description };
}

function showRole({ granted: _granted, ...role }: CustomRole, url: string): Document {
    const self = `${url}${ROLES}/${role.id}`;
    return { ...role, _links: { permissions: { href: `${self}/permissions` }, self: { href: self } } };
}

function showPermission(permission: Document, { id }: CustomRole, url: string): Document {
    const role = `${url}${ROLES}/${id}`;
    const self = `${role}/permissions/${permission.label}`;
    return { ...permission, _links: { role: { href: role }, self: { href: self } } };
}
