import type { FastifyInstance } from "fastify";

import { missing } from "../http/errors";
import { paramsOf } from "../http/http";
import type { Document } from "../state/document";
import type { Nursery } from "../state/nursery";
import type { Org } from "../state/org";
import type { World } from "../state/world";

/** What Okta's console calls the roles that are met here. */
const LABELS: Readonly<Record<string, string>> = {
    SUPER_ADMIN: "Super Administrator",
    ORG_ADMIN: "Organization Administrator",
    READ_ONLY_ADMIN: "Read-Only Administrator",
    APP_ADMIN: "Application Administrator",
};

/** The admin roles of users and of service apps. Source of the paths and the shape: Okta's reference, role assignments. */
export function roleRoutes(app: FastifyInstance, world: World): void {
    app.get("/api/v1/users/:id/roles", async (request) => rolesOf(world, "users", paramsOf(request).id));
    app.get("/oauth2/v1/clients/:id/roles", async (request) => rolesOf(world, "clients", paramsOf(request).id));
}

function rolesOf({ org, url }: World, kind: "users" | "clients", id: string): Document[] {
    if (!org[kind].has(id)) missing(id, kind === "users" ? "User" : "PublicClientApp");
    const href = kind === "users" ? `${url}/api/v1/users/${id}` : `${url}/oauth2/v1/clients/${id}`;
    return (org.roles.get(id) ?? []).map((role) => ({ ...role, _links: { assignee: { href } } }));
}

/**
 * The roles of the seed; who has none there gets one that goes with what its
 * tokens may do.
 *
 *   may                        role
 *   write, or has no tokens    SUPER_ADMIN
 *   only read                  READ_ONLY_ADMIN
 */
export function freshRoles(
    { seed, now }: Nursery,
    { users, tokens, clients }: Pick<Org, "users" | "tokens" | "clients">,
) {
    const readers = [...users.keys()].filter((id) => {
        const own = [...tokens.values()].filter(({ document }) => document.userId === id);
        return own.length > 0 && own.every(({ access }) => access === "read-only");
    });
    const apps = [...clients.values()].filter(({ access }) => access === "read-only").map(({ clientId }) => clientId);
    const isReader = new Set([...readers, ...apps]);
    return new Map(
        [...users.keys(), ...clients.keys()].map((id) => {
            const types = seed.roles[id] ?? [isReader.has(id) ? "READ_ONLY_ADMIN" : "SUPER_ADMIN"];
            const assignmentType = users.has(id) ? "USER" : "CLIENT";
            return [id, types.map((type, index) => roleFrom(type, `ra${index}${id.slice(3)}`, assignmentType, now))];
        }),
    );
}

function roleFrom(type: string, id: string, assignmentType: string, now: string): Document {
    const label = LABELS[type] ?? type;
    return { id, label, type, status: "ACTIVE", created: now, lastUpdated: now, assignmentType };
}
