import { decideApproval } from "../../core/portal/decideApproval";
import { isEligible } from "../../core/portal/settings/portalSettings";
import type { Change, PortalState } from "../../core/portal/state";
import { isSame, isWaiting, type PortalGrant, type PortalRequest } from "../../core/portal/types";
import { actorOf, type Caller, holderOf, type PersonCaller } from "../callers";
import type { PortalContext } from "../context";
import { noticeRows } from "../notices";
import { asError, ofRefusal, refuse } from "../problem";
import { showGrant, showRequest } from "../views";
import type { Answer } from "./idempotency";
import { auditGrant, grantedNotice } from "./requestGrant";

export interface DecisionBody {
    readonly decision: "approve" | "deny" | "withdraw";
    readonly note?: string | undefined;
}

/** @returns 200 the request, with the grant that came of it @throws a problem */
export async function decideRequest(
    context: PortalContext,
    caller: Caller,
    id: string,
    body: DecisionBody,
): Promise<Answer> {
    if (body.decision === "withdraw") return withdraw(context, caller, id);
    if (caller.kind !== "person") return refuse(403, "portal-not-allowed", "only people decide about requests");
    return body.decision === "approve" ? approve(context, caller, id, body) : deny(context, caller, id, body);
}

async function approve(
    context: PortalContext,
    caller: PersonCaller,
    id: string,
    { note }: DecisionBody,
): Promise<Answer> {
    const nowMs = context.now();
    const newId = context.newId("g-");
    const decision = await context.store.transact((state) => {
        const request = knownRequest(context, state, caller, id);
        const { extendsGrant } = request;
        const made = decideApproval({
            request,
            access: accessNamed(context, request.access),
            approver: caller.person,
            note,
            people: state.people,
            grant: extendsGrant === undefined ? undefined : state.grants.get(extendsGrant),
            nowMs,
            id: newId,
        });
        if (made.result === "refused") throw asError(ofRefusal(made));
        const changes: Change[] = [["requests", id, made.request]];
        if (made.result === "approved") {
            changes.push(["grants", made.grant.id, made.grant], ...grantedNotice(context, made.grant));
        }
        return { changes, result: made };
    });
    const type = ({ approved: "portal.approved", noted: "portal.approval-noted", void: "portal.voided" } as const)[
        decision.result
    ];
    await tell(context, caller, type, decision.request, note);
    if (decision.result === "void") return refuse(409, "portal-conflict", decision.sentence);
    const grant = decision.result === "approved" ? decision.grant : undefined;
    if (grant !== undefined) await auditGrant(context, actorOf(caller), grant, grant.addresses[0] ?? "");
    return answerOf(context, decision.request, grant, nowMs);
}

async function deny(context: PortalContext, caller: PersonCaller, id: string, { note }: DecisionBody): Promise<Answer> {
    const nowMs = context.now();
    const request = await context.store.transact((state) => {
        const found = knownRequest(context, state, caller, id);
        const approvers = accessNamed(context, found.access)?.approval?.approvers;
        if (approvers === undefined || !isEligible(approvers, caller.person)) {
            return refuse(403, "portal-not-allowed", "you may not decide about this request");
        }
        requireWaiting(found, nowMs);
        const denied: PortalRequest = {
            ...found,
            state: "denied",
            decidedBy: caller.person.name,
            ...(note !== undefined && note !== "" && { note }),
        };
        const text = `${caller.person.name} denied ${found.holder.name} ${found.access}${note ? `: ${note}` : ""}`;
        const notices = noticeRows(context, "denied", text, { access: found.access, request: id });
        return { changes: [["requests", id, denied], ...notices], result: denied };
    });
    await tell(context, caller, "portal.denied", request, note);
    return answerOf(context, request, undefined, nowMs);
}

async function withdraw(context: PortalContext, caller: Caller, id: string): Promise<Answer> {
    const nowMs = context.now();
    const request = await context.store.transact((state) => {
        const found = state.requests.get(id);
        const mine = holderOf(caller);
        const isOwn = [found?.holder, found?.requestedBy].some((each) => each !== undefined && isSame(each, mine));
        if (found === undefined || !isOwn) return missing(id);
        requireWaiting(found, nowMs);
        const withdrawn: PortalRequest = { ...found, state: "withdrawn" };
        return { changes: [["requests", id, withdrawn]], result: withdrawn };
    });
    await tell(context, caller, "portal.withdrawn", request, undefined);
    return answerOf(context, request, undefined, nowMs);
}

function requireWaiting(request: PortalRequest, nowMs: number): void {
    if (request.state !== "waiting") refuse(409, "portal-conflict", `this request is ${request.state} already`);
    if (!isWaiting(request, nowMs)) refuse(409, "portal-conflict", "the time to decide about this request is over");
}

/** A request that the caller may know of: as its holder, as an approver of its access, or as an admin. */
function knownRequest(context: PortalContext, state: PortalState, caller: PersonCaller, id: string): PortalRequest {
    const found = state.requests.get(id);
    return found !== undefined && mayKnowRequest(context, caller, found) ? found : missing(id);
}

export function mayKnowRequest(
    context: PortalContext,
    { person, isAdmin }: PersonCaller,
    request: PortalRequest,
): boolean {
    const approvers = accessNamed(context, request.access)?.approval?.approvers;
    const isApprover = approvers !== undefined && isEligible(approvers, person);
    return isAdmin || isApprover || isSame(request.holder, person);
}

export function accessNamed({ settings }: PortalContext, name: string) {
    return settings.accesses.find((access) => access.name === name);
}

function answerOf(
    context: PortalContext,
    request: PortalRequest,
    grant: PortalGrant | undefined,
    nowMs: number,
): Answer {
    const shown = showRequest(request, accessNamed(context, request.access), nowMs);
    const made = grant === undefined ? {} : { grantMade: showGrant(grant, context.reports(), nowMs) };
    return { status: 200, body: { ...shown, ...made } };
}

async function tell(
    context: PortalContext,
    caller: Caller,
    type: "portal.approved" | "portal.approval-noted" | "portal.voided" | "portal.denied" | "portal.withdrawn",
    { requestId, access, id, holder }: PortalRequest,
    note: string | undefined,
): Promise<void> {
    await context.audit({
        type,
        request: requestId,
        by: actorOf(caller),
        address: caller.address,
        access,
        grant: id,
        ...(holder.user !== undefined && { user: holder.user }),
        ...(note !== undefined && note !== "" && { why: note }),
    });
}

function missing(id: string): never {
    return refuse(404, "portal-missing", `there is no request ${JSON.stringify(id.slice(0, 80))} for you`);
}
