import { fail, hasCode } from "../core/errors/errors";
import type { GroupFacts } from "../core/group/groupKind";
import type { OktaUser } from "../core/group/users";
import { listRoles } from "./admins";
import { fieldsOf, textOf, textsOf } from "./exchange/fields";
import { isMissing } from "./exchange/refused";
import { unexpected } from "./exchange/unexpected";
import type { OktaHttp } from "./http";
import { readPages } from "./pages";
import { readPerson } from "./people";

/** Okta's answer to a change of one member, for the ledger. */
export interface MemberChanged {
    readonly status: number;
    readonly requestId?: string;
}

/** A group and its members. */
export interface GroupStore {
    /**
     * The facts that decide whether the group can be used for a membership. @throws `okta-*`; `group-unfit` if there
     * is no such group
     */
    facts(groupId: string, signal: AbortSignal): Promise<GroupFacts>;
    /** All members; reads every page. @throws `okta-*` */
    members(groupId: string, signal: AbortSignal): Promise<readonly OktaUser[]>;
    /** Adds a user; idempotent. @throws `okta-*` */
    add(groupId: string, userId: string, signal: AbortSignal): Promise<MemberChanged>;
    /** Removes a user; idempotent. @throws `okta-*` */
    remove(groupId: string, userId: string, signal: AbortSignal): Promise<MemberChanged>;
    /**
     * @param name An id, a login, or a login's short name where only one user has it
     * @throws `okta-refused` if there is no such user; `bad-input` for a text that cannot be a name; `okta-*`
     */
    findUser(name: string, signal: AbortSignal): Promise<OktaUser>;
}

/** Okta's most for a page of members. Source: Okta's reference, list group users. */
const MEMBERS_A_PAGE = 1000;
/** Okta's most for a page of group rules and of a group's apps. */
const A_PAGE = 200;

/**
 * Groups over Okta's management API. Scopes: okta.groups.manage, okta.users.read, okta.apps.read, okta.roles.read.
 *
 * @param http For everything but members.
 * @param membersHttp For members, which have a rate limit of their own.
 */
export function httpGroups(http: OktaHttp, membersHttp: OktaHttp): GroupStore {
    const pathOf = (groupId: string) => `/api/v1/groups/${encodeURIComponent(groupId)}`;
    async function change(method: "PUT" | "DELETE", groupId: string, userId: string, signal: AbortSignal) {
        if (!/^[\w-]+$/.test(userId)) fail("bad-input", `"${userId}" is not the id of a user`);
        const path = `${pathOf(groupId)}/users/${userId}`;
        // Both are idempotent.
        const { status, headers } = await membersHttp.request(method, path, { signal, repeatable: true });
        const requestId = headers.get("x-okta-request-id");
        return { status, ...(requestId !== null && { requestId }) };
    }
    return {
        async facts(groupId, signal) {
            const { body } = await http.request("GET", pathOf(groupId), { signal }).catch((error: unknown) => {
                if (!isMissing(error)) throw error;
                return fail("group-unfit", `there is no group ${groupId} in ${http.orgUrl}: check the id and the org`);
            });
            const { type, profile } = fieldsOf(body);
            const rules = await readPages(http, `/api/v1/groups/rules?limit=${A_PAGE}`, signal);
            const apps = await readPages(http, `${pathOf(groupId)}/apps?limit=${A_PAGE}`, signal);
            return {
                id: groupId,
                name: textOf(fieldsOf(profile).name) ?? groupId,
                type: textOf(type) ?? "unknown",
                rules: rules.map(fieldsOf).flatMap((rule) => (targetsOf(rule).includes(groupId) ? nameOf(rule) : [])),
                apps: apps.map((app) => textOf(fieldsOf(app).label) ?? textOf(fieldsOf(app).id) ?? ""),
                roles: await rolesOf(http, groupId, signal),
            };
        },
        async members(groupId, signal) {
            const path = `${pathOf(groupId)}/users?limit=${MEMBERS_A_PAGE}`;
            const items = await readPages(membersHttp, path, signal);
            return items.map((item) => {
                const { id, status, profile } = fieldsOf(item);
                const found = textOf(id) ?? unexpected(path, "a list of users");
                return { id: found, login: textOf(fieldsOf(profile).login), status: textOf(status) };
            });
        },
        add: (groupId, userId, signal) => change("PUT", groupId, userId, signal),
        remove: (groupId, userId, signal) => change("DELETE", groupId, userId, signal),
        findUser: (name, signal) => readPerson(http, name, signal),
    };
}

function targetsOf({ actions }: ReturnType<typeof fieldsOf>): readonly string[] {
    return textsOf(fieldsOf(fieldsOf(actions).assignUserToGroups).groupIds);
}

function nameOf({ name, id }: ReturnType<typeof fieldsOf>): string {
    return textOf(name) ?? textOf(id) ?? "";
}

/**
 * The admin roles of a group. A credential that may not read roles may not change the members of a group with roles
 * either: Okta reserves that for super administrators.
 */
async function rolesOf(http: OktaHttp, groupId: string, signal: AbortSignal): Promise<readonly string[] | undefined> {
    try {
        return await listRoles(http, `/api/v1/groups/${encodeURIComponent(groupId)}/roles`, signal);
    } catch (error) {
        if (hasCode(error, "okta-forbidden")) return undefined;
        throw error;
    }
}
