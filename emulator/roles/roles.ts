import type { FastifyInstance } from "fastify";

import { invalid, missing, refuse } from "../http/errors";
import { bodyOf, paramsOf } from "../http/http";
import type { Document } from "../state/document";
import type { Nursery } from "../state/nursery";
import type { Org } from "../state/org";
import { stampOf } from "../state/stamp";
import type { World } from "../state/world";
import { HOLDER_KINDS, HOLDERS, type Holder, isHolder } from "./holders";

/** What Okta's console calls the roles that are met here. */
const LABELS: Readonly<Record<string, string>> = {
    SUPER_ADMIN: "Super Administrator",
    ORG_ADMIN: "Organization Administrator",
    READ_ONLY_ADMIN: "Read-Only Administrator",
    APP_ADMIN: "Application Administrator",
    USER_ADMIN: "Group Administrator",
    HELP_DESK_ADMIN: "Help Desk Administrator",
    GROUP_MEMBERSHIP_ADMIN: "Group Membership Administrator",
};

/** Source of the paths and the shape: Okta's reference, role assignments; of the statuses: the Okta provider's recordings. */
export function roleRoutes(app: FastifyInstance, world: World): void {
    for (const kind of HOLDER_KINDS) {
        const path = `${HOLDERS[kind].path}/:id/roles`;
        app.get(path, async (request) => rolesOf(world, kind, paramsOf(request).id));
        app.post(path, async (request, reply) => {
            const { id } = paramsOf(request);
            return reply.code(201).send(addRole(world, kind, id, bodyOf(request)));
        });
        app.get(`${path}/:other`, async (request) => {
            const { id, other } = paramsOf(request);
            return roleOf(world, kind, id, other);
        });
        app.delete(`${path}/:other`, async (request, reply) => {
            const { id, other } = paramsOf(request);
            roleOf(world, kind, id, other);
            removeRole(world, id, other);
            return reply.code(204).send();
        });
    }
}

/**
 * Gives a role. One of type CUSTOM names a custom role and a resource set, and is a member of that binding.
 *
 * @returns the assignment as Okta shows it; one that is there already is refused
 */
export function addRole(world: World, kind: Holder, id: string, body: Document): Document | undefined {
    const before = rolesOf(world, kind, id);
    const { type } = body;
    if (typeof type !== "string" || !/^[A-Z_]+$/.test(type)) return invalid("type", "A type of a role is needed.");
    const custom = type === "CUSTOM" ? readCustom(world.org, body) : {};
    const isSame = (role: Document) =>
        role.type === type && role.role === custom.role && role["resource-set"] === custom["resource-set"];
    if (before.some(isSame)) refuse(409, "E0000090", "Duplicate role assignment exception.");
    const prefix = type === "CUSTOM" ? "irb" : "ra1";
    const role = { ...roleFrom(type, world.ids.id(prefix), HOLDERS[kind].by, stampOf(world.now())), ...custom };
    world.org.roles.set(id, [...(world.org.roles.get(id) ?? []), role]);
    return rolesOf(world, kind, id).at(-1);
}

export function removeRole({ org }: World, holderId: string, roleId: string): void {
    const left = (org.roles.get(holderId) ?? []).filter((role) => role.id !== roleId);
    org.roles.set(holderId, left);
    org.roleTargets.delete(roleId);
    org.memberUrls.delete(roleId);
}

function readCustom({ customRoles, resourceSets }: Org, body: Document): Document {
    const { role, "resource-set": set } = body;
    const known = customRoles.get(String(role)) ?? missing(String(role), "Role");
    if (!resourceSets.has(String(set))) missing(String(set), "ResourceSet");
    return { role, "resource-set": set, label: known.label };
}

/** The assignment of a holder with this id, or 404. */
export function roleOf(world: World, kind: Holder, id: string, roleId: string): Document {
    return rolesOf(world, kind, id).find((role) => role.id === roleId) ?? missing(roleId, "RoleAssignment");
}

function rolesOf({ org, url }: World, kind: Holder, id: string): Document[] {
    if (!isHolder(org, kind, id)) missing(id, HOLDERS[kind].kind);
    const href = `${url}${HOLDERS[kind].path}/${id}`;
    return (org.roles.get(id) ?? []).map((role) => ({ ...role, _links: { assignee: { href } } }));
}

/**
 * The roles of the seed; who has none there gets one that goes with what its
 * tokens may do.
 *
 *   may                        role
 *   write, or has no tokens    SUPER_ADMIN
 *   only read                  READ_ONLY_ADMIN
 *   is a group                 none
 */
export function freshRoles(
    { seed, now }: Nursery,
    { users, groups, tokens, clients }: Pick<Org, "users" | "groups" | "tokens" | "clients">,
) {
    const readers = [...users.keys()].filter((id) => {
        const own = [...tokens.values()].filter(({ document }) => document.userId === id);
        return own.length > 0 && own.every(({ access }) => access === "read-only");
    });
    const apps = [...clients.values()].filter(({ access }) => access === "read-only").map(({ clientId }) => clientId);
    const isReader = new Set([...readers, ...apps]);
    return new Map(
        [...users.keys(), ...groups.keys(), ...clients.keys()].map((id) => {
            const usual = groups.has(id) ? [] : [isReader.has(id) ? "READ_ONLY_ADMIN" : "SUPER_ADMIN"];
            const types = seed.roles[id] ?? usual;
            const assignmentType = users.has(id) ? "USER" : groups.has(id) ? "GROUP" : "CLIENT";
            return [id, types.map((type, index) => roleFrom(type, `ra${index}${id.slice(3)}`, assignmentType, now))];
        }),
    );
}

function roleFrom(type: string, id: string, assignmentType: string, now: string): Document {
    const label = LABELS[type] ?? type;
    return { id, label, type, status: "ACTIVE", created: now, lastUpdated: now, assignmentType };
}
