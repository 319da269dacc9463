import { durationText } from "./duration";
import { GRANT_ENDED } from "./extensionRequests";
import { type Refusal, refusal } from "./refusal";
import { type AccessSettings, type Eligible, isEligible } from "./settings/portalSettings";
import {
    type Approval,
    type Identity,
    identityKey,
    isCalled,
    isLive,
    isSame,
    isWaiting,
    type Person,
    type PortalGrant,
    type PortalRequest,
} from "./types";

/** What a request is judged by when enough approvers have agreed. */
export interface Judging {
    readonly request: PortalRequest;
    /** Undefined where the settings have it no more. */
    readonly access: AccessSettings | undefined;
    /** What is known of people, by their identityKey: groups may have changed since they asked or approved. */
    readonly people: ReadonlyMap<string, Person>;
    /** Who may ask for other people. */
    readonly admins: Eligible;
    /** How old identity and groups may be when something is granted. */
    readonly recheckMs: number;
    /** The grant that is to be extended. */
    readonly grant?: PortalGrant | undefined;
    readonly nowMs: number;
    readonly id: string;
}

export interface Approving extends Judging {
    /** With identity and groups of now. */
    readonly approver: Person;
    readonly note?: string | undefined;
}

export type ApprovalDecision =
    | { readonly result: "approved"; readonly request: PortalRequest; readonly grant: PortalGrant }
    /** More approvals are missing, or the provider has to be asked again about the people in `stale`. */
    | { readonly result: "noted"; readonly request: PortalRequest; readonly stale: readonly Identity[] }
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
 *   makes it enough                        requester and approvers are judged again, as by `decideCompletion`
 */
export function decideApproval(approving: Approving): ApprovalDecision {
    const { request, access, approver, nowMs } = approving;
    const refused = refusedApproval(approving);
    if (refused !== undefined) return refused;
    if (access?.approval === undefined) return refusal("conflict", "this access needs no approval now");
    const { iss, sub, user, name } = approver;
    const approval: Approval = { iss, sub, user, name, atMs: nowMs, ...(approving.note && { note: approving.note }) };
    return judged({ ...approving, request: { ...request, approvals: [...request.approvals, approval] } }, access);
}

/**
 * What becomes of a request that enough approvers have agreed to, once more is known of the people in it. Undefined where nobody
 * waits for that.
 *
 *   known of requester or approver         requester                     approver
 *   eligible, checked within `recheck`     approved                      the approval counts
 *   eligible, checked before that          noted: they sign in again     noted: they sign in again, unless others are enough
 *   refused by the provider                void                          the approval does not count
 *   not eligible, or not known             void                          the approval does not count
 *
 * The requester is the holder, or the admin who asked for them: whom an admin asks for need not be eligible. The holder may not have come
 * from another address since: an approval is for an address.
 */
export function decideCompletion(judging: Judging): Exclude<ApprovalDecision, Refusal> | undefined {
    const { request, access, nowMs } = judging;
    const { approval } = access ?? {};
    if (access === undefined || approval === undefined || !isWaiting(request, nowMs)) return undefined;
    return request.approvals.length < approval.count ? undefined : judged(judging, access);
}

function judged(judging: Judging, access: AccessSettings): Exclude<ApprovalDecision, Refusal> {
    const { request } = judging;
    const count = access.approval?.count ?? Infinity;
    const approvers = access.approval?.approvers ?? NOBODY;
    const approvals = request.approvals.filter((each) => standingOf(each, approvers, judging) !== "lost");
    const { waitsFor: _, ...rest } = request;
    const next = { ...rest, approvals };
    if (approvals.length < count) return { result: "noted", request: next, stale: [] };
    const voided = voidBecause(judging, access);
    if (voided !== undefined) {
        return {
            result: "void",
            request: { ...next, approvals: [], state: "withdrawn", note: voided },
            sentence: voided,
        };
    }
    const counting = approvals.filter((each) => standingOf(each, approvers, judging) === "eligible");
    const late = approvals.filter((each) => !counting.includes(each));
    const requester = requesterOf(request);
    const stale = [
        ...(standingOf(requester, eligibleOf(judging, access), judging) === "stale" ? [requester] : []),
        ...(counting.length < count ? late : []),
    ];
    if (stale.length > 0) {
        const names = stale.map(({ name }) => name).join(" and ");
        const waitsFor = `${names} ${stale.length === 1 ? "has" : "have"} to sign in again before this is granted: identity and groups were checked more than ${durationText(judging.recheckMs)} ago`;
        return { result: "noted", request: { ...next, waitsFor }, stale };
    }
    return approved({ ...judging, request: { ...next, approvals: counting } }, access);
}

const NOBODY: Eligible = { groups: [], users: [] };

function requesterOf({ holder, requestedBy }: PortalRequest): Identity & { readonly name: string } {
    return requestedBy ?? holder;
}

function eligibleOf({ request, admins }: Judging, access: AccessSettings): Eligible {
    return request.requestedBy === undefined ? access.eligible : admins;
}

/** `stale`: eligible by what the provider said last, and that is too long ago. */
function standingOf(
    identity: Identity,
    eligible: Eligible,
    { people, recheckMs, nowMs }: Judging,
): "eligible" | "stale" | "lost" {
    const person = people.get(identityKey(identity));
    if (person === undefined || person.refusedAtMs !== undefined || !isEligible(eligible, person)) return "lost";
    return nowMs - person.checkedAtMs <= recheckMs ? "eligible" : "stale";
}

function refusedApproval({ request, access, approver, nowMs }: Approving): Refusal | undefined {
    if (request.state !== "waiting") return refusal("conflict", `this request is ${request.state} already`);
    if (!isWaiting(request, nowMs)) return refusal("conflict", "the time to decide about this request is over");
    if (isOwn(request, approver)) return refusal("not-allowed", "nobody approves their own request");
    const settings = access?.approval;
    if (settings === undefined || !isEligible(settings.approvers, approver)) {
        return refusal("not-allowed", "you may not decide about this request");
    }
    const before = request.approvals.some((each) => isSame(each, approver) || isCalled(approver, each.user));
    return before ? refusal("conflict", "you have approved this request already") : undefined;
}

/** By identity and by every name: one person may have two accounts at the provider, and one of them many sessions. */
export function isOwn({ holder, requestedBy }: PortalRequest, person: Person): boolean {
    const isRequester = requestedBy !== undefined && isSame(requestedBy, person);
    return isRequester || isSame(holder, person) || (holder.user !== undefined && isCalled(person, holder.user));
}

function voidBecause(judging: Judging, access: AccessSettings): string | undefined {
    const { request, people, grant, nowMs } = judging;
    const { holder, address, requestedBy } = request;
    const requester = requesterOf(request);
    if (standingOf(requester, eligibleOf(judging, access), judging) === "lost") {
        return requestedBy === undefined
            ? `${holder.name} may no longer have this access`
            : `${requester.name} may no longer grant for others`;
    }
    if (request.extendsGrant !== undefined) {
        return grant !== undefined && isLive(grant, nowMs) ? undefined : GRANT_ENDED;
    }
    const person = people.get(identityKey(holder));
    const isElsewhere = requestedBy === undefined && person?.address !== undefined && person.address !== address;
    return isElsewhere ? `${holder.name} came from another address since: they have to request it again` : undefined;
}

/** The duration begins with the last approval, or at the later start that was asked for. */
function approved(
    { request, grant, nowMs, id }: Judging,
    access: AccessSettings,
): Extract<ApprovalDecision, { result: "approved" }> {
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
