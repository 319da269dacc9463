import { hasCode } from "../../core/errors/errors";
import { decideCompletion } from "../../core/portal/decideApproval";
import type { PortalState } from "../../core/portal/state";
import { isSame, type Person, type PortalRequest } from "../../core/portal/types";
import { forHolder } from "../callers";
import type { PortalContext } from "../context";
import { problemOf } from "../problem";
import { recheckPeople } from "../recheck";
import { judgingOf, rowsOf } from "./decideRequest";
import { auditGrant } from "./requestGrant";

/**
 * Grants what enough approvers agreed to before, and what waited for a person to sign in again: the provider has confirmed this person
 * now. What cannot be granted yet waits on, and keeps nobody from what they came for.
 */
export async function completeRequests(context: PortalContext, person: Person): Promise<void> {
    const state = await context.store.read(AbortSignal.timeout(10_000));
    for (const request of [...state.requests.values()].filter((each) => concerns(each, person))) {
        await complete(context, person, request.id).catch((error: unknown) => {
            if (problemOf(error) === undefined && !hasCode(error, "ledger-unwritable")) throw error;
        });
    }
}

function concerns({ state, holder, requestedBy, approvals, waitsFor }: PortalRequest, person: Person): boolean {
    if (state !== "waiting" || waitsFor === undefined) return false;
    return [requestedBy ?? holder, ...approvals].some((each) => isSame(each, person));
}

/** @throws a problem where the provider cannot be asked about the others */
async function complete(context: PortalContext, { iss, sub, name }: Person, id: string): Promise<void> {
    await context.requireLedger();
    const newId = context.newId("g-");
    const decide = (state: PortalState) => {
        const request = state.requests.get(id);
        return request && decideCompletion({ ...judgingOf(context, state, request, context.now()), id: newId });
    };
    const look = decide(await context.store.read(AbortSignal.timeout(10_000)));
    if (look?.result === "noted") await recheckPeople(context, look.stale);
    const made = await context.store.transact((state) => {
        const decided = decide(state);
        return { changes: decided === undefined ? [] : rowsOf(context, decided), result: decided };
    });
    if (made === undefined || made.result === "noted") return;
    const { requestId, access, holder } = made.request;
    const by = { iss, sub, name };
    const user = forHolder(holder, by);
    if (made.result === "void") {
        const why = made.sentence;
        await context.audit({ type: "portal.voided", request: requestId, by, access, grant: id, ...user, why });
        return;
    }
    await context.audit({ type: "portal.approved", request: requestId, by, access, grant: id, ...user });
    await auditGrant(context, { by, address: made.grant.addresses[0] ?? "" }, made.grant);
}
