import { endedRowsOf } from "../../core/portal/endedSignIns";
import { ended } from "../../core/portal/recheck";
import type { Change, PortalState } from "../../core/portal/state";
import { isCalled, isLive, isSame, type Person, type PortalGrant, type PortalRequest } from "../../core/portal/types";
import { userNameProblem } from "../../core/portal/visible";
import { actorOf, type Caller, forHolder, toldOf } from "../callers";
import type { PortalContext } from "../context";
import { refuse } from "../problem";
import { auditSessions, endedRows, grantRows, sessionsWithNames } from "../sessions";
import { momentOf } from "../views";
import { type Answer, onceOf, transactOnce } from "./idempotency";

/**
 * Ends all grants, requests and sessions of a person, and asks the agents to end their sessions at Okta, which the portal itself
 * cannot do.
 *
 * @param name Their user, login or e-mail address.
 * @throws a problem; 404 where nobody of that name has been here or was granted anything, and 422 where nobody could be called so
 */
export async function revokePerson(
    context: PortalContext,
    caller: Caller,
    name: string,
    idempotencyKey?: string,
): Promise<Answer> {
    if (caller.kind !== "person" || !caller.isAdmin) {
        return refuse(403, "portal-not-allowed", "only admins end all access of a person");
    }
    const by = actorOf(caller);
    const because = `revoked by ${by.name}`;
    const [id, requestId] = [context.newId("v-"), context.newId("r-")];
    const once = onceOf(caller, idempotencyKey, { revoke: name });
    const { decided, answer } = await transactOnce(context, once, (state, nowMs) => {
        const whom = whomIn(state, name);
        const grants = whom.grants.filter((grant) => isLive(grant, nowMs)).map((grant) => ended(grant, because, nowMs));
        const requests = whom.requests.filter((request) => request.state === "waiting");
        const users = whom.users.map((user, at): Change => {
            const row = { user, atMs: nowMs, by: by.name, requestId };
            return ["revocations", at === 0 ? id : `${id}-${at}`, row];
        });
        const ending = { heardAtMs: nowMs, issuedAtS: Math.floor(nowMs / 1000) };
        // At once with the grants: a session that outlasts them for a moment could make another one.
        const sessions = sessionsWithNames(state, (_, each) => whom.people.some((one) => isSame(one, each)));
        const changes: Change[] = [
            ...grantRows(grants),
            ...endedRows(sessions),
            ...requests.map((each): Change => ["requests", each.id, { ...each, state: "denied", decidedBy: by.name }]),
            ...users,
            ...endedRowsOf([...whom.people, ...[name, ...whom.users].map((called) => ({ called }))], ending),
        ];
        const body = {
            user: whom.users[0] ?? name,
            grants: grants.map((grant) => grant.id),
            requests: requests.map((request) => request.id),
            sessions: sessions.length,
            oktaSessions: "pending",
            at: momentOf(nowMs),
            requestId,
        };
        return { changes, decided: { grants, sessions, users: whom.users }, answer: { status: 200, body } };
    });
    if (decided === undefined) return answer;
    const { grants, sessions, users } = decided;
    await auditSessions(context, sessions, because);
    const told = toldOf(caller);
    for (const user of users) await context.audit({ type: "portal.person-revoked", request: requestId, ...told, user });
    for (const { requestId: request, access, id: grant, holder } of grants) {
        const whom = { user: name, ...forHolder(holder, told.by) };
        await context.audit({ type: "portal.revoked", request, ...told, access, grant, ...whom, why: because });
    }
    return answer;
}

interface Whom {
    /** By what Okta knows them; at least one. */
    readonly users: readonly string[];
    readonly people: readonly Person[];
    readonly grants: readonly PortalGrant[];
    readonly requests: readonly PortalRequest[];
}

/** Everybody of a name: who is kept in must not depend on which of their names an admin knows. @throws a problem */
function whomIn({ people, grants, requests }: PortalState, name: string): Whom {
    const called = [...people.values()].filter((person) => isCalled(person, name));
    const names = new Set([name, ...called.flatMap(({ user, aliases = [] }) => [user, ...aliases])]);
    const isTheirs = ({ holder }: PortalGrant | PortalRequest) =>
        called.some((person) => isSame(person, holder)) ||
        (holder.user !== undefined && [...names].some((each) => isCalled({ user: each }, holder.user ?? "")));
    const found = { grants: [...grants.values()].filter(isTheirs), requests: [...requests.values()].filter(isTheirs) };
    if (called.length + found.grants.length + found.requests.length === 0) {
        // A name that the provider gave counts, whatever is in it; otherwise it looks like the name of another person.
        const unusable = userNameProblem(name);
        if (unusable !== undefined) return refuse(422, "portal-rules", `user ${unusable}`);
        return refuse(404, "portal-missing", `nobody called ${JSON.stringify(name.slice(0, 80))} is known here`);
    }
    const users = called.length > 0 ? called.map(({ user }) => user) : [name];
    return { users: [...new Set(users)], people: called, ...found };
}
