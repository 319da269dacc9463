import type { FastifyInstance } from "fastify";

import { invalid, missing, refuse } from "../http/errors";
import { bodyOf, paramsOf } from "../http/http";
import type { Document } from "../state/document";
import type { Nursery } from "../state/nursery";
import type { Org } from "../state/org";
import { stampOf } from "../state/stamp";
import type { World } from "../state/world";

/** What Okta's console calls the roles that are met here. */
const LABELS: Readonly<Record<string, string>> = {
    SUPER_ADMIN: "Super Administrator",
    ORG_ADMIN: "Organization Administrator",
    READ_ONLY_ADMIN: "Read-Only Administrator",
    APP_ADMIN: "Application Administrator",
    USER_ADMIN: "Group Administrator",
    HELP_DESK_ADMIN: "Help Desk Administrator",
};

type Holder = "users" | "groups" | "clients";

/** How Okta calls a holder that it does not have, and where holders are. */
const HOLDERS: Readonly<Record<Holder, { readonly kind: string; readonly path: string; readonly by: string }>> = {
    users: { kind: "User", path: "/api/v1/users", by: "USER" },
    groups: { kind: "UserGroup", path: "/api/v1/groups", by: "GROUP" },
    clients: { kind: "PublicClientApp", path: "/oauth2/v1/clients", by: "CLIENT" },
};

/** The admin roles of users, groups and service apps. Source of the paths and the shape: Okta's reference, role assignments. */
export function roleRoutes(app: FastifyInstance, world: World): void {
    for (const [kind, path] of [
        ["users", "/api/v1/users/:id/roles"],
        ["groups", "/api/v1/groups/:id/roles"],
        ["clients", "/oauth2/v1/clients/:id/roles"],
    ] as const) {
        app.get(path, async (request) => rolesOf(world, kind, paramsOf(request).id));
        app.post(path, async (request, reply) => {
            const { id } = paramsOf(request);
            const role = addRole(world, kind, id, bodyOf(request).type);
            return reply.code(kind === "clients" ? 200 : 201).send(role);
        });
        app.get(`${path}/:other`, async (request) => {
            const { id, other } = paramsOf(request);
            return rolesOf(world, kind, id).find((role) => role.id === other) ?? missing(other, "RoleAssignment");
        });
        app.delete(`${path}/:other`, async (request, reply) => {
            const { id, other } = paramsOf(request);
            if (!rolesOf(world, kind, id).some((role) => role.id === other)) missing(other, "RoleAssignment");
            const left = (world.org.roles.get(id) ?? []).filter((role) => role.id !== other);
            world.org.roles.set(id, left);
            return reply.code(204).send();
        });
    }
}

/** The assignment as Okta shows it; one that is there already is refused. */
function addRole(world: World, kind: Holder, id: string, type: unknown): Document | undefined {
    const before = rolesOf(world, kind, id);
    if (typeof type !== "string" || !/^[A-Z_]+$/.test(type)) return invalid("type", "A type of a role is needed.");
    if (before.some((role) => role.type === type)) {
        refuse(409, "E0000090", "Duplicate role assignment exception.");
    }
    const role = roleFrom(type, world.ids.id("ra1"), HOLDERS[kind].by, stampOf(world.now()));
    world.org.roles.set(id, [...(world.org.roles.get(id) ?? []), role]);
    return rolesOf(world, kind, id).at(-1);
}

function rolesOf({ org, url }: World, kind: Holder, id: string): Document[] {
    if (!org[kind].has(id)) missing(id, HOLDERS[kind].kind);
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
