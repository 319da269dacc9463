import type { FastifyInstance } from "fastify";

import { missing } from "../http/errors";
import { type Caller, paramsOf, queryOf, sendPage } from "../http/http";
import { pageOf } from "../http/paging";
import { logEvent } from "../logs/events";
import type { Document } from "../state/document";
import type { Org } from "../state/org";
import { stampOf } from "../state/stamp";
import type { World } from "../state/world";
import { findUser, loginOf } from "./findUser";
import { excludeFromGroupRules } from "./followGroupRules";
import { groupOf, nameOf, ownGroup, showGroup } from "./groups";
import { showUserInList } from "./showUser";

/** Who is in which group. Everyone has every user, and nobody is put into it or taken out. */
export function memberRoutes(app: FastifyInstance, world: World, callerOf: (request: object) => Caller): void {
    const address = () => `${world.url}/api/v1`;
    app.get("/api/v1/groups/:id/users", (request, reply) => {
        const group = groupOf(world.org, paramsOf(request).id);
        const users = membersOf(world.org, group).map((user) => ({ id: String(user.id), user }));
        const self = `${address()}/groups/${group.id}/users`;
        const { items, links } = pageOf(users, queryOf(request), self, { usual: 1000, most: 1000 });
        return sendPage(reply, { items: items.map(({ user }) => showUserInList(user, world.url)), links });
    });
    for (const [method, event] of [
        ["put", "group.user_membership.add"],
        ["delete", "group.user_membership.remove"],
    ] as const) {
        app[method]("/api/v1/groups/:id/users/:other", async (request, reply) => {
            const { id, other } = paramsOf(request);
            const group = ownGroup(world.org, id);
            const user = world.org.users.get(other) ?? missing(other, "User");
            if (method === "delete") excludeFromGroupRules(world.org, id, other);
            if (setMember(world, id, other, method === "put")) {
                logEvent(world, event, { id: other, name: loginOf(user) }, callerOf(request), [
                    { id, type: "UserGroup", displayName: nameOf(group) },
                ]);
            }
            return reply.code(204).send();
        });
    }
    app.get("/api/v1/users/:id/groups", (request, reply) => {
        const user = findUser(world.org, paramsOf(request).id);
        const groups = [...world.org.groups.values()]
            .filter((group) => isMember(world.org, group, String(user.id)))
            .map((group) => ({ id: String(group.id), group }));
        const self = `${address()}/users/${user.id}/groups`;
        const { items, links } = pageOf(groups, queryOf(request), self, { usual: 200, most: 200 });
        return sendPage(reply, { items: items.map(({ group }) => showGroup(group, world.url)), links });
    });
}

/** The users of a group, in the order in which the organisation has them. */
function membersOf(org: Org, group: Document): Document[] {
    return [...org.users.values()].filter((user) => isMember(org, group, String(user.id)));
}

function isMember({ members }: Org, { id, type }: Document, userId: string): boolean {
    return type === "BUILT_IN" || members.get(String(id))?.has(userId) === true;
}

/** @returns whether that changed anything */
function setMember({ org, now }: World, groupId: string, userId: string, isIn: boolean): boolean {
    const members = org.members.get(groupId) ?? new Set();
    if (members.has(userId) === isIn) return false;
    if (isIn) members.add(userId);
    else members.delete(userId);
    org.members.set(groupId, members);
    const lastMembershipUpdated = stampOf(now());
    org.groups.set(groupId, { ...groupOf(org, groupId), lastMembershipUpdated });
    return true;
}
