import { type Refusal, refusal } from "./refusal";
import { type AccessSettings, isEligible } from "./settings/portalSettings";
import {
    type Approval,
    identityKey,
    isCalled,
    isLive,
    isSame,
    isWaiting,
    type Person,
    type PortalGrant,
    type PortalRequest,
} from "./types";

export interface Approving {
    readonly request: PortalRequest;
    /** Undefined where the settings have it no more. */
    readonly access: AccessSettings | undefined;
    readonly approver: Person;
    readonly note?: string | undefined;
    /** What is known of a person now, by their identityKey: groups may have changed since they asked or approved. */
    readonly people: ReadonlyMap<string, Person>;
    /** The grant that is to be extended. */
    readonly grant?: PortalGrant | undefined;
    readonly nowMs: number;
    readonly id: string;
}

export type ApprovalDecision =
    | { readonly result: "approved"; readonly request: PortalRequest; readonly grant: PortalGrant }
    /** One more approval, and others are missing. */
    | { readonly result: "noted"; readonly request: PortalRequest }
    /** The request is void: its holder came from elsewhere since, or may no longer have the access. */
    | { readonly result: "void"; readonly request: PortalRequest; readonly sentence: string }
    | Refusal;

/**
 * What becomes of an approval.
 *
 *   the approver                           result
 *   holds or made the request              refused, by whatever session or token they come
 *   is none of the access's approvers      refused
 *   approved it before                     refused: each counts once
 *   is one too few                         noted
 *   makes it enough                        approvers and holder are judged again by what is known now, then approved
 *
 * The holder has to be eligible still, and may not have come from another address since: an approval is for an address.
 */
export function decideApproval(approving: Approving): ApprovalDecision {
    const { request, access, approver, nowMs } = approving;
    const refused = refusedApproval(approving);
    if (refused !== undefined) return refused;
    const settings = access?.approval;
    if (access === undefined || settings === undefined) return refusal("conflict", "this access needs no approval now");
    const { iss, sub, user, name } = approver;
    const approval: Approval = { iss, sub, user, name, atMs: nowMs, ...(approving.note && { note: approving.note }) };
    const standing = request.approvals.filter((each) => isStill(each, approving, access));
    const approvals = [...standing, approval];
    if (approvals.length < settings.count) return { result: "noted", request: { ...request, approvals } };
    const voided = voidBecause(approving, access);
    if (voided !== undefined) {
        return {
            result: "void",
            request: { ...request, approvals: [], state: "withdrawn", note: voided },
            sentence: voided,
        };
    }
    return approved({ ...approving, request: { ...request, approvals } }, access);
}

function refusedApproval({ request, access, approver, nowMs }: Approving): Refusal | undefined {
    if (request.state !== "waiting") return refusal("conflict", `this request is ${request.state} already`);
    if (!isWaiting(request, nowMs)) return refusal("conflict", "the time to decide about this request is over");
    if (isOwn(request, approver)) return refusal("not-allowed", "nobody approves their own request");
    const settings = access?.approval;
    if (settings === undefined || !isEligible(settings.approvers, approver)) {
        return refusal("not-allowed", "you may not decide about this request");
    }
    const before = request.approvals.some((each) => isSame(each, approver) || each.user === approver.user);
    return before ? refusal("conflict", "you have approved this request already") : undefined;
}

/** By identity and by every name: one person may have two accounts at the provider, and one of them many sessions. */
export function isOwn({ holder, requestedBy }: PortalRequest, person: Person): boolean {
    const isRequester = requestedBy !== undefined && isSame(requestedBy, person);
    return isRequester || isSame(holder, person) || (holder.user !== undefined && isCalled(person, holder.user));
}

function isStill(approval: Approval, { people }: Approving, { approval: settings }: AccessSettings): boolean {
    const person = people.get(identityKey(approval));
    return person !== undefined && settings !== undefined && isEligible(settings.approvers, person);
}

function voidBecause({ request, people, grant, nowMs }: Approving, access: AccessSettings): string | undefined {
    const { holder, address, requestedBy } = request;
    const person = people.get(identityKey(holder));
    // Whom an admin asks for need not be eligible, and may never have been here.
    if (requestedBy === undefined && (person === undefined || !isEligible(access.eligible, person))) {
        return `${holder.name} may no longer have this access`;
    }
    if (request.extendsGrant !== undefined) {
        return grant !== undefined && isLive(grant, nowMs) ? undefined : "the grant to extend has ended";
    }
    const isElsewhere = requestedBy === undefined && person?.address !== undefined && person.address !== address;
    return isElsewhere ? `${holder.name} came from another address since: they have to request it again` : undefined;
}

/** The duration begins with the last approval, or at the later start that was asked for. */
function approved({ request, grant, nowMs, id }: Approving, access: AccessSettings): ApprovalDecision {
    const approvedBy = request.approvals.map(({ name }) => name);
    if (grant !== undefined) {
        const endMs = grant.startsAtMs + Math.min(request.durationMs, access.duration.maxMs);
        const expiresAtMs = Math.max(endMs, grant.expiresAtMs);
        const extended = { ...grant, expiresAtMs, approvedUntilMs: expiresAtMs, approvedBy };
        return { result: "approved", request: { ...request, state: "approved", grant: grant.id }, grant: extended };
    }
    const { holder, address, reason, ticket, requestedBy, startsAtMs: later } = request;
    const startsAtMs = later !== undefined && later > nowMs ? later : nowMs;
    const expiresAtMs = startsAtMs + Math.min(request.durationMs, access.duration.maxMs);
    const made: PortalGrant = {
        id,
        access: access.name,
        holder,
        addresses: [address],
        createdAtMs: nowMs,
        startsAtMs,
        expiresAtMs,
        approvedUntilMs: expiresAtMs,
        approvedBy,
        labels: access.labels,
        requestId: request.requestId,
        ...(startsAtMs > nowMs && requestedBy === undefined && { isUnconfirmed: true }),
        ...(reason !== undefined && { reason }),
        ...(ticket !== undefined && { ticket }),
        ...(requestedBy !== undefined && { grantedBy: requestedBy.name }),
    };
    return { result: "approved", request: { ...request, state: "approved", grant: id }, grant: made };
}
