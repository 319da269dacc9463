import { decideAddress } from "../../core/portal/decideAddress";
import { decideExtension } from "../../core/portal/decideExtension";
import { ended } from "../../core/portal/recheck";
import { type AccessSettings, isEligible } from "../../core/portal/settings/portalSettings";
import type { Change, PortalState } from "../../core/portal/state";
import { isCalled, isLive, isSame, type PortalGrant } from "../../core/portal/types";
import { actorOf, type Caller, forHolder, holderOf, toldOf } from "../callers";
import type { PortalContext } from "../context";
import { asError, ofRefusal, refuse } from "../problem";
import { momentOf, showGrant, showRequest } from "../views";
import { type Answer, onceOf, requireSession, transactOnce } from "./idempotency";
import { waitingRows } from "./requestGrant";

/**
 * Sets the end of a grant to its start and the duration.
 *
 * @returns 200 the grant, 202 a request that waits
 * @throws a problem
 */
export async function extendGrant(
    context: PortalContext,
    caller: Caller,
    id: string,
    durationMs: number,
    idempotencyKey?: string,
): Promise<Answer> {
    await context.requireLedger();
    const { newId, reports } = context;
    const names = { id: newId("q-"), requestId: newId("r-") };
    const once = onceOf(caller, idempotencyKey, { extend: id, durationMs });
    const { decided, answer } = await transactOnce(context, once, (state, nowMs) => {
        const grant = ownGrant(state, caller, id);
        const access = accessOf(context, grant);
        const decision = decideExtension({
            ...names,
            grant,
            access,
            durationMs,
            groups: caller.kind === "person" ? caller.person.groups : [],
            ...(caller.kind === "workload" && {
                workload: {
                    isAllowed: caller.workload.accesses.includes(grant.access),
                    mostMs: caller.workload.maxDurationMs,
                },
            }),
            requests: state.requests.values(),
            nowMs,
        });
        if (decision.result === "refused") throw asError(ofRefusal(decision));
        const changes: Change[] =
            decision.result === "changed"
                ? [["grants", id, decision.grant]]
                : waitingRows(decision.request, decision.replaces);
        const answer =
            decision.result === "changed"
                ? { status: 200, body: showGrant(decision.grant, reports(), nowMs) }
                : { status: 202, body: showRequest(decision.request, access, nowMs) };
        return { changes, decided: { decision, grant }, answer };
    });
    if (decided === undefined) return answer;
    const { decision, grant } = decided;
    await context.audit({
        type: decision.result === "changed" ? "portal.changed" : "portal.requested",
        request: decision.result === "changed" ? grant.requestId : decision.request.requestId,
        ...toldOf(caller),
        access: grant.access,
        grant: id,
        until: momentOf(grant.startsAtMs + durationMs),
        why: decision.result === "changed" ? "extended" : "to be extended",
    });
    return answer;
}

/** Adds the present address, or confirms it for a grant that has started. @throws a problem */
export async function addAddress(context: PortalContext, caller: Caller, id: string): Promise<Answer> {
    await context.requireLedger();
    const { settings, now, reports } = context;
    if (caller.kind !== "person") return refuse(403, "portal-not-allowed", "a workload's grant has one address");
    const nowMs = now();
    const grant = await context.store.transact((state) => {
        requireSession(state, caller.visitor.key);
        const found = ownGrant(state, caller, id);
        const decision = decideAddress({
            grant: found,
            access: accessOf(context, found),
            groups: caller.person.groups,
            address: caller.address,
            addressProblem: caller.addressProblem,
            signIn: { address: caller.session.signInAddress, atMs: caller.session.signedInAtMs },
            grants: state.grants.values(),
            maxAddresses: settings.maxAddresses,
            nowMs,
        });
        if (decision.result === "refused") throw asError(ofRefusal(decision));
        return { changes: [["grants", id, decision.grant]], result: decision.grant };
    });
    const { requestId: request, access } = grant;
    await context.audit({
        type: "portal.changed",
        request,
        ...toldOf(caller),
        access,
        grant: id,
        why: grant.addresses.length > 1 ? "this address added" : "address confirmed",
    });
    return { status: 200, body: showGrant(grant, reports(), nowMs) };
}

/** Ends a grant: its holder may, and every admin. Ending it twice changes nothing. @throws a problem */
export async function revokeGrant(context: PortalContext, caller: Caller, id: string): Promise<Answer> {
    const nowMs = context.now();
    const { grant, isNew } = await context.store.transact((state) => {
        const isAdmin = caller.kind === "person" && caller.isAdmin;
        const found = isAdmin ? (state.grants.get(id) ?? missing(id)) : ownGrant(state, caller, id);
        if (!isLive(found, nowMs)) return { changes: [], result: { grant: found, isNew: false } };
        const own = isSame(found.holder, holderOf(caller));
        const by = actorOf(caller).name;
        const revoked = ended(found, own ? "given back" : `revoked by ${by}`, nowMs);
        return { changes: [["grants", id, revoked]], result: { grant: revoked, isNew: true } };
    });
    if (isNew) {
        const { requestId: request, access, endedBecause: why = "" } = grant;
        const whom = forHolder(grant.holder, actorOf(caller));
        await context.audit({ type: "portal.revoked", request, ...toldOf(caller), access, grant: id, ...whom, why });
    }
    return { status: 200, body: showGrant(grant, context.reports(), nowMs) };
}

/** Closes the review of a break-glass grant: approvers of the access may, and admins, and never its holder. @throws a problem */
export async function signOff(
    context: PortalContext,
    caller: Caller,
    id: string,
    idempotencyKey?: string,
): Promise<Answer> {
    if (caller.kind !== "person") return refuse(403, "portal-not-allowed", "only people sign off");
    const { person, isAdmin } = caller;
    const once = onceOf(caller, idempotencyKey, { signOff: id });
    const { decided, answer } = await transactOnce(context, once, (state, nowMs) => {
        const found = state.grants.get(id) ?? missing(id);
        const approvers = accessOf(context, found)?.approval?.approvers;
        const may = isAdmin || (approvers !== undefined && isEligible(approvers, person));
        if (!may) return missing(id);
        const { user } = found.holder;
        if (isSame(found.holder, person) || (user !== undefined && isCalled(person, user))) {
            return refuse(403, "portal-not-allowed", "nobody signs off their own break-glass grant");
        }
        if (found.isBreakGlass !== true) return refuse(409, "portal-conflict", "this grant was no break-glass");
        const isNew = found.signedOffBy === undefined;
        const signed = isNew ? { ...found, signedOffBy: person.name, signedOffAtMs: nowMs } : found;
        return {
            changes: isNew ? [["grants", id, signed]] : [],
            decided: { ...signed, isNew },
            answer: { status: 200, body: showGrant(signed, context.reports(), nowMs) },
        };
    });
    if (decided?.isNew) {
        const { requestId: request, access, holder } = decided;
        const whom = forHolder(holder, actorOf(caller));
        await context.audit({ type: "portal.signed-off", request, ...toldOf(caller), access, grant: id, ...whom });
    }
    return answer;
}

/** A grant of the caller; one of another person is answered as if it did not exist. */
function ownGrant(state: PortalState, caller: Caller, id: string): PortalGrant {
    const found = state.grants.get(id);
    return found !== undefined && isSame(found.holder, holderOf(caller)) ? found : missing(id);
}

function accessOf({ settings }: PortalContext, { access }: PortalGrant): AccessSettings | undefined {
    return settings.accesses.find(({ name }) => name === access);
}

export function missing(id: string): never {
    return refuse(404, "portal-missing", `there is no grant ${JSON.stringify(id.slice(0, 80))} of yours`);
}
