import { type ApprovalDecision, decideApproval } from "../../core/portal/decideApproval";
import { approvedText, deniedText } from "../../core/portal/noticeText";
import { isEligible } from "../../core/portal/settings/portalSettings";
import type { Change, PortalState } from "../../core/portal/state";
import { isSame, isWaiting, type PortalGrant, type PortalRequest } from "../../core/portal/types";
import { actorOf, type Caller, forHolder, holderOf, type PersonCaller, toldOf } from "../callers";
import type { PortalContext } from "../context";
import { noticeRows, titleOf } from "../notices";
import { asError, ofRefusal, refuse } from "../problem";
import { recheckPeople } from "../recheck";
import { showGrant, showRequest } from "../views";
import { type Answer, answeredBefore, type Once, onceOf, transactOnce } from "./idempotency";
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
    idempotencyKey?: string,
): Promise<Answer> {
    if (body.decision !== "withdraw" && caller.kind !== "person") {
        return refuse(403, "portal-not-allowed", "only people decide about requests");
    }
    const once = onceOf(caller, idempotencyKey, { request: id, ...body });
    if (caller.kind !== "person" || body.decision === "withdraw") return withdraw(context, caller, id, once);
    return body.decision === "approve"
        ? approve(context, caller, id, body, once)
        : deny(context, caller, id, body, once);
}

async function approve(
    context: PortalContext,
    caller: PersonCaller,
    id: string,
    { note }: DecisionBody,
    once: Once,
): Promise<Answer> {
    await context.requireLedger();
    const newId = context.newId("g-");
    const decide = (state: PortalState, nowMs: number) => {
        const request = knownRequest(context, state, caller, id);
        const made = decideApproval({
            ...judgingOf(context, state, request, nowMs),
            approver: caller.person,
            note,
            id: newId,
        });
        if (made.result === "refused") throw asError(ofRefusal(made));
        return made;
    };
    const look = await lookAhead(context, once, decide);
    if (look?.result === "noted") await recheckPeople(context, look.stale);
    const { decided, answer } = await transactOnce(context, once, (state, nowMs) => {
        const made = decide(state, nowMs);
        const changes = rowsOf(context, made);
        const grant = made.result === "approved" ? made.grant : undefined;
        const answer = answerOf(context, made.request, grant, nowMs);
        return { changes, decided: made, answer, isFinal: made.result !== "void" };
    });
    if (decided === undefined) return answer;
    await tell(context, caller, EVENT_OF[decided.result], decided.request, note);
    if (decided.result === "void") return refuse(409, "portal-conflict", decided.sentence);
    if (decided.result === "approved") {
        const { grant } = decided;
        await auditGrant(context, { ...toldOf(caller), address: grant.addresses[0] ?? "" }, grant);
    }
    return answer;
}

const EVENT_OF = { approved: "portal.approved", noted: "portal.approval-noted", void: "portal.voided" } as const;

/** What would be decided now; undefined where the same was asked before and has its answer. @throws what `decide` throws */
async function lookAhead<T>(
    context: PortalContext,
    once: Once,
    decide: (state: PortalState, nowMs: number) => T,
): Promise<T | undefined> {
    const state = await context.store.read(AbortSignal.timeout(10_000));
    return answeredBefore(state, once) === undefined ? decide(state, context.now()) : undefined;
}

/** What `decideApproval` and `decideCompletion` need, but for a name. */
export function judgingOf({ settings }: PortalContext, state: PortalState, request: PortalRequest, nowMs: number) {
    const { extendsGrant } = request;
    return {
        request,
        access: settings.accesses.find(({ name }) => name === request.access),
        people: state.people,
        admins: settings.admins,
        recheckMs: settings.session.recheckMs,
        grant: extendsGrant === undefined ? undefined : state.grants.get(extendsGrant),
        nowMs,
    };
}

export function rowsOf(context: PortalContext, made: Exclude<ApprovalDecision, { result: "refused" }>): Change[] {
    const changes: Change[] = [["requests", made.request.id, made.request]];
    if (made.result !== "approved") return changes;
    const notices = [
        ...noticeRows(context, "approved", approvedText(made.request, titleOf(context, made.request.access))),
        ...grantedNotice(context, made.grant),
    ];
    return [...changes, ["grants", made.grant.id, made.grant], ...notices];
}

async function deny(
    context: PortalContext,
    caller: PersonCaller,
    id: string,
    { note }: DecisionBody,
    once: Once,
): Promise<Answer> {
    const { decided, answer } = await transactOnce(context, once, (state, nowMs) => {
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
        const notices = noticeRows(context, "denied", deniedText(denied, titleOf(context, denied.access)));
        const changes: Change[] = [["requests", id, denied], ...notices];
        return { changes, decided: denied, answer: answerOf(context, denied, undefined, nowMs) };
    });
    if (decided !== undefined) await tell(context, caller, "portal.denied", decided, note);
    return answer;
}

async function withdraw(context: PortalContext, caller: Caller, id: string, once: Once): Promise<Answer> {
    const { decided, answer } = await transactOnce(context, once, (state, nowMs) => {
        const found = state.requests.get(id);
        const mine = holderOf(caller);
        const isOwn = [found?.holder, found?.requestedBy].some((each) => each !== undefined && isSame(each, mine));
        if (found === undefined || !isOwn) return missing(id);
        requireWaiting(found, nowMs);
        const withdrawn: PortalRequest = { ...found, state: "withdrawn" };
        const changes: Change[] = [["requests", id, withdrawn]];
        return { changes, decided: withdrawn, answer: answerOf(context, withdrawn, undefined, nowMs) };
    });
    if (decided !== undefined) await tell(context, caller, "portal.withdrawn", decided, undefined);
    return answer;
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
        ...toldOf(caller),
        access,
        grant: id,
        ...forHolder(holder, actorOf(caller)),
        ...(note !== undefined && note !== "" && { why: note }),
    });
}

function missing(id: string): never {
    return refuse(404, "portal-missing", `there is no request ${JSON.stringify(id.slice(0, 80))} for you`);
}
