import { fieldsOf, textOf } from "./exchange/fields";
import { unexpected } from "./exchange/unexpected";
import type { OktaHttp } from "./http";
import { readPages } from "./pages";
import { pathOfUser } from "./sessions";

/** A user as Okta has them. */
export interface Person {
    readonly id: string;
    readonly login: string | undefined;
    /** Such as `ACTIVE`, `LOCKED_OUT` or `SUSPENDED`. */
    readonly status: string | undefined;
}

/**
 * Scope: okta.users.read.
 *
 * @param user An id, a login, or a login's short name where only one user has it
 * @throws `okta-refused` if there is no such user; `bad-input` for what is none
 */
export async function readPerson(http: OktaHttp, user: string, signal: AbortSignal): Promise<Person> {
    const path = pathOfUser(user);
    const { id, status, profile } = fieldsOf((await http.request("GET", path, { signal })).body);
    const found = textOf(id) ?? unexpected(path, "a user");
    return { id: found, login: textOf(fieldsOf(profile).login), status: textOf(status) };
}

/** Ids of the groups that a user is in. Scopes: okta.users.read and okta.groups.read. @throws `okta-*` */
export async function readGroupIds(http: OktaHttp, userId: string, signal: AbortSignal): Promise<readonly string[]> {
    const groups = await readPages(http, `${pathOfUser(userId)}/groups`, signal);
    return groups.flatMap((group) => textOf(fieldsOf(group).id) ?? []);
}

export interface EventsAsked {
    /** In Okta's filter language. */
    readonly filter: string;
    readonly sinceMs: number;
    readonly untilMs: number;
    readonly limit: number;
}

/**
 * Events of the System Log, the latest first, one page of them. @throws `okta-*`; `okta-forbidden` without
 * okta.logs.read
 */
export async function readEvents(http: OktaHttp, asked: EventsAsked, signal: AbortSignal): Promise<readonly unknown[]> {
    const query = new URLSearchParams({
        since: new Date(asked.sinceMs).toISOString(),
        until: new Date(asked.untilMs).toISOString(),
        filter: asked.filter,
        sortOrder: "DESCENDING",
        limit: String(asked.limit),
    });
    const { body } = await http.request("GET", `/api/v1/logs?${query}`, { signal });
    return Array.isArray(body) ? body : [];
}
