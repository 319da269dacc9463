import { ended } from "../../core/portal/recheck";
import type { Change } from "../../core/portal/state";
import { isLive } from "../../core/portal/types";
import { actorOf, type Caller } from "../callers";
import type { PortalContext } from "../context";
import { refuse } from "../problem";
import { endSessions, grantRows } from "../sessions";
import { momentOf } from "../views";
import type { Answer } from "./idempotency";

/** Ends all grants, requests and sessions of a user. Okta's sessions are ended by the agent, where it clears sessions. @throws a problem */
export async function revokePerson(context: PortalContext, caller: Caller, user: string): Promise<Answer> {
    if (caller.kind !== "person" || !caller.isAdmin) {
        return refuse(403, "portal-not-allowed", "only admins end all access of a person");
    }
    const nowMs = context.now();
    const by = actorOf(caller);
    const found = await context.store.transact((state) => {
        const grants = [...state.grants.values()]
            .filter((grant) => grant.holder.user === user && isLive(grant, nowMs))
            .map((grant) => ended(grant, `revoked by ${by.name}`, nowMs));
        const requests = [...state.requests.values()].filter(
            ({ holder, state: now }) => holder.user === user && now === "waiting",
        );
        const changes: Change[] = [
            ...grantRows(grants),
            ...requests.map((each): Change => ["requests", each.id, { ...each, state: "denied", decidedBy: by.name }]),
        ];
        const people = [...state.people.values()].filter((person) => person.user === user);
        return { changes, result: { grants, requests, people } };
    });
    const { grants, requests, people } = found;
    const sessions = await endSessions(
        context,
        (_, { iss, sub }) => people.some((person) => person.iss === iss && person.sub === sub),
        `revoked by ${by.name}`,
    );
    for (const { requestId: request, access, id: grant } of grants) {
        await context.audit({ type: "portal.revoked", request, by, address: caller.address, access, grant, user });
    }
    return {
        status: 200,
        body: {
            user,
            grants: grants.map(({ id }) => id),
            requests: requests.map(({ id }) => id),
            sessions,
            at: momentOf(nowMs),
        },
    };
}
