import type { FastifyInstance, FastifyRequest } from "fastify";

import { invalid, missing } from "../http/errors";
import { bodyOf, paramsOf } from "../http/http";
import { type Document, stringsOf } from "../state/document";
import type { World } from "../state/world";
import { customRoleOf } from "./customRoles";
import { HOLDER_KINDS, HOLDERS, type Holder } from "./holders";
import { resourceSetOf } from "./resourceSets";
import { addRole, removeRole } from "./roles";

const BINDINGS = "/api/v1/iam/resource-sets/:id/bindings";

interface Binding {
    readonly setId: string;
    readonly roleId: string;
}

interface Member {
    readonly kind: Holder;
    readonly holderId: string;
    readonly assignment: Document;
}

/**
 * The bindings of a resource set: who has which custom role for it. A member of a binding and a role assignment of type CUSTOM are
 * the same thing, and have the same id; a binding is there while it has members.
 *
 * Source of the paths and shapes: Okta's reference, resource set bindings, and the client of Okta's provider; nothing of it is
 * recorded.
 */
export function bindingRoutes(app: FastifyInstance, world: World): void {
    const show = (binding: Binding) => showBinding(binding, world.url);
    app.get(BINDINGS, async (request) => {
        const { id } = resourceSetOf(world.org, paramsOf(request).id);
        const bound = [...world.org.roles.values()].flat().filter((role) => role["resource-set"] === id);
        const roles = [...new Set(bound.map(({ role }) => String(role)))];
        return { roles: roles.map((roleId) => show({ setId: id, roleId })), _links: {} };
    });
    app.post(BINDINGS, async (request) => {
        const { role, members } = bodyOf(request);
        const { id } = resourceSetOf(world.org, paramsOf(request).id);
        const binding = { setId: id, roleId: customRoleOf(world.org, String(role)).id };
        addMembers(world, binding, members);
        return show(binding);
    });
    app.get(`${BINDINGS}/:other`, async (request) => show(bindingOf(world, request)));
    app.delete(`${BINDINGS}/:other`, async (request, reply) => {
        for (const member of membersOf(world, bindingOf(world, request))) {
            removeRole(world, member.holderId, String(member.assignment.id));
        }
        return reply.code(204).send();
    });
    memberRoutes(app, world);
}

function memberRoutes(app: FastifyInstance, world: World): void {
    const path = `${BINDINGS}/:other/members`;
    const find = (request: FastifyRequest) => {
        const { member = "" } = request.params as { member?: string };
        const found = membersOf(world, bindingOf(world, request)).find(({ assignment }) => assignment.id === member);
        return found ?? missing(member, "ResourceSetBindingMember");
    };
    app.get(path, async (request) => {
        const binding = bindingOf(world, request);
        const members = membersOf(world, binding).map((member) => showMember(member, world));
        return { members, _links: { binding: { href: showBinding(binding, world.url)._links.self.href } } };
    });
    app.patch(path, async (request) => {
        const binding = bindingOf(world, request);
        addMembers(world, binding, bodyOf(request).additions);
        return showBinding(binding, world.url);
    });
    app.get(`${path}/:member`, async (request) => showMember(find(request), world));
    app.delete(`${path}/:member`, async (request, reply) => {
        const { holderId, assignment } = find(request);
        removeRole(world, holderId, String(assignment.id));
        return reply.code(204).send();
    });
}

/** The binding that a path names, or 404. */
function bindingOf(world: World, request: FastifyRequest): Binding {
    const { id, other } = paramsOf(request);
    const binding = { setId: resourceSetOf(world.org, id).id, roleId: customRoleOf(world.org, other).id };
    return membersOf(world, binding).length > 0 ? binding : missing(other, "ResourceSetBinding");
}

function membersOf({ org }: World, { setId, roleId }: Binding): Member[] {
    return [...org.roles].flatMap(([holderId, roles]) =>
        roles
            .filter((role) => role.role === roleId && role["resource-set"] === setId)
            .map((assignment) => {
                const kind = HOLDER_KINDS.find((each) => HOLDERS[each].by === assignment.assignmentType) ?? "users";
                return { kind, holderId, assignment };
            }),
    );
}

/** Members are named by their URLs; who is one already stays one. */
function addMembers(world: World, binding: Binding, members: unknown): void {
    const urls = stringsOf(members);
    if (urls.length === 0) invalid("members", "The field cannot be left blank");
    const isIn = new Set(membersOf(world, binding).map(({ holderId }) => holderId));
    for (const written of urls) {
        const kind = HOLDER_KINDS.find((each) => written.includes(`${HOLDERS[each].path}/`));
        const id = written.split("/").at(-1) ?? "";
        if (kind === undefined) {
            invalid("members", `${written} is no user, group or client.`);
        }
        const body = { type: "CUSTOM", role: binding.roleId, "resource-set": binding.setId };
        const assignment = isIn.has(id) ? undefined : addRole(world, kind, id, body);
        if (assignment !== undefined) world.org.memberUrls.set(String(assignment.id), written);
    }
}

function showBinding({ setId, roleId }: Binding, url: string) {
    const set = `${url}/api/v1/iam/resource-sets/${setId}`;
    const self = `${set}/bindings/${roleId}`;
    const links = { self: { href: self }, members: { href: `${self}/members` }, "resource-set": { href: set } };
    return { id: roleId, _links: links };
}

/** A member shows as `self` what was written, as its resources do: a client behind a proxy has another address of the emulator. */
function showMember({ kind, holderId, assignment }: Member, { org, url }: World): Document {
    const { id, created, lastUpdated } = assignment;
    const href = org.memberUrls.get(String(id)) ?? `${url}${HOLDERS[kind].path}/${holderId}`;
    return { id, created, lastUpdated, _links: { self: { href } } };
}
