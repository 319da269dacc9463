import type { FastifyInstance, FastifyRequest } from "fastify";

import { appOf } from "../apps/apps";
import { invalid, missing } from "../http/errors";
import { paramsOf, queryOf, sendPage } from "../http/http";
import { pageOf } from "../http/paging";
import { groupOf, showGroup } from "../people/groups";
import type { Document } from "../state/document";
import type { RoleTargets } from "../state/org";
import type { World } from "../state/world";
import { HOLDER_KINDS, HOLDERS, type Holder } from "./holders";
import { roleOf } from "./roles";

/** Which roles may be limited to groups. Source: Okta's reference, role targets. */
const BY_GROUPS = ["USER_ADMIN", "HELP_DESK_ADMIN", "GROUP_MEMBERSHIP_ADMIN"];

const NONE: RoleTargets = { groups: [], apps: [] };

/**
 * The groups and apps that an admin role is limited to; without any it is for all.
 *
 * Source of the paths, shapes and statuses: the Okta provider's recordings GroupRole_admin_crud and
 * AdminRoleTargets_crud; that the last target stays: Okta's reference, role targets. Its words for that are not known.
 */
export function roleTargetRoutes(app: FastifyInstance, world: World): void {
    for (const kind of HOLDER_KINDS) {
        const path = `${HOLDERS[kind].path}/:id/roles/:other/targets`;
        groupTargetRoutes(app, world, { kind, path });
        appTargetRoutes(app, world, { kind, path });
    }
}

interface Place {
    readonly kind: Holder;
    readonly path: string;
}

function groupTargetRoutes(app: FastifyInstance, world: World, { kind, path }: Place): void {
    const checked = (request: FastifyRequest) => {
        const roleId = checkedRole(world, kind, request, BY_GROUPS);
        return { roleId, id: groupOf(world.org, targetOf(request, "group")).id as string };
    };
    app.get(`${path}/groups`, (request, reply) => {
        const rows = targetsOf(world, checkedRole(world, kind, request)).groups.flatMap((id) => {
            const group = world.org.groups.get(id);
            return group === undefined ? [] : [{ id, group }];
        });
        const { items, links } = pageOf(rows, queryOf(request), selfOf(world, request), { usual: 20, most: 200 });
        return sendPage(reply, { items: items.map(({ group }) => showGroup(group, world.url)), links });
    });
    app.put(`${path}/groups/:group`, async (request, reply) => {
        const { roleId, id } = checked(request);
        add(world, roleId, "groups", id);
        return reply.code(204).send();
    });
    app.delete(`${path}/groups/:group`, async (request, reply) => {
        const { roleId, id } = checked(request);
        remove(world, roleId, "groups", id);
        return reply.code(204).send();
    });
}

/** An app is named by its kind alone, which stands for all apps of that kind, or by its kind and its id. */
function appTargetRoutes(app: FastifyInstance, world: World, { kind, path }: Place): void {
    const all = `${path}/catalog/apps`;
    app.get(all, (request, reply) => {
        const targets = targetsOf(world, checkedRole(world, kind, request)).apps;
        const rows = targets.map((target) => ({ id: target, target }));
        const { items, links } = pageOf(rows, queryOf(request), selfOf(world, request), { usual: 20, most: 200 });
        return sendPage(reply, { items: items.flatMap(({ target }) => showApp(world, target)), links });
    });
    for (const each of [`${all}/:name`, `${all}/:name/:app`]) {
        const checked = (request: FastifyRequest) => {
            const roleId = checkedRole(world, kind, request, ["APP_ADMIN"]);
            const id = targetOf(request, "app");
            if (id !== "") appOf(world.org, id);
            return { roleId, target: id === "" ? targetOf(request, "name") : id };
        };
        app.put(each, async (request, reply) => {
            const { roleId, target } = checked(request);
            add(world, roleId, "apps", target);
            return reply.code(204).send();
        });
        app.delete(each, async (request, reply) => {
            const { roleId, target } = checked(request);
            remove(world, roleId, "apps", target);
            return reply.code(204).send();
        });
    }
}

/**
 * The id of the assignment that a path names.
 *
 * @param types those that may have such targets; any role has a list of them, if an empty one
 */
function checkedRole(world: World, kind: Holder, request: FastifyRequest, types?: readonly string[]): string {
    const { id, other } = paramsOf(request);
    const { type } = roleOf(world, kind, id, other);
    if (types !== undefined && !types.includes(String(type))) {
        invalid("type", `Only a role of the type ${types.join(", ")} has such targets.`);
    }
    return other;
}

function targetOf(request: FastifyRequest, name: "group" | "app" | "name"): string {
    return (request.params as Readonly<Record<string, string | undefined>>)[name] ?? "";
}

function selfOf({ url }: World, request: FastifyRequest): string {
    return `${url}${request.url.split("?")[0]}`;
}

function targetsOf({ org }: World, roleId: string): RoleTargets {
    return org.roleTargets.get(roleId) ?? NONE;
}

function add(world: World, roleId: string, part: keyof RoleTargets, id: string): void {
    const before = targetsOf(world, roleId);
    world.org.roleTargets.set(roleId, { ...before, [part]: [...before[part].filter((each) => each !== id), id] });
}

/** The last target cannot go: the role would be for all. */
function remove(world: World, roleId: string, part: keyof RoleTargets, id: string): void {
    const before = targetsOf(world, roleId);
    if (!before[part].includes(id)) missing(id, "RoleTarget");
    if (before[part].length === 1) invalid("targets", "The last target of a role cannot be removed.");
    world.org.roleTargets.set(roleId, { ...before, [part]: before[part].filter((each) => each !== id) });
}

/** Okta calls an instance by its label (recorded), and no longer shows one that is gone. */
function showApp({ org, url }: World, target: string): Document[] {
    const document = org.apps.get(target)?.document;
    if (document !== undefined) {
        const { id, label, status } = document;
        return [{ name: label, status, id, _links: { self: { href: `${url}/api/v1/apps/${id}` } } }];
    }
    if (target.startsWith("0oa")) return [];
    const links = { self: { href: `${url}/api/v1/catalog/apps/${target}` } };
    return [{ name: target, displayName: target, status: "ACTIVE", _links: links }];
}
