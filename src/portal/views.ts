import { type AgentReport, DOUBT_TEXT, grantState } from "../core/portal/agentReport";
import { formatDuration } from "../core/portal/duration";
import { type AccessSettings, isEligible } from "../core/portal/settings/portalSettings";
import { isWaiting, type Person, type PortalGrant, type PortalRequest } from "../core/portal/types";

/** A grant as the API has it. */
export function showGrant(grant: PortalGrant, reports: readonly AgentReport[], nowMs: number) {
    const { state, acceptedAtMs, effectiveAtMs, doubt, ...shown } = grantState(grant, reports, nowMs);
    const why = shown.why ?? (doubt && DOUBT_TEXT[doubt]);
    const { id, access, holder, addresses, reason, ticket, isBreakGlass, endedAtMs, endedBecause } = grant;
    return {
        id,
        access,
        ...(holder.user !== undefined && { user: holder.user }),
        ...(holder.workload !== undefined && { workload: holder.workload, run: holder.run }),
        name: holder.name,
        addresses,
        startsAt: momentOf(grant.startsAtMs),
        expiresAt: momentOf(grant.expiresAtMs),
        state,
        confirmed: doubt === undefined,
        ...(acceptedAtMs !== undefined && { acceptedAt: momentOf(acceptedAtMs) }),
        ...(effectiveAtMs !== undefined && { effectiveAt: momentOf(effectiveAtMs) }),
        ...(why !== undefined && { why }),
        ...(grant.isUnconfirmed === true && { needsConfirmation: true }),
        ...(reason !== undefined && { reason }),
        ...(ticket !== undefined && { ticket }),
        ...(isBreakGlass === true && { breakGlass: true, signedOffBy: grant.signedOffBy ?? null }),
        ...(endedAtMs !== undefined && { endedAt: momentOf(endedAtMs), endedBecause }),
        ...(grant.approvedBy !== undefined && { approvedBy: grant.approvedBy }),
        ...(grant.grantedBy !== undefined && { grantedBy: grant.grantedBy }),
        requestId: grant.requestId,
    };
}

/** A request as the API has it; one that nobody decided about in time is `expired`. */
export function showRequest(request: PortalRequest, access: AccessSettings | undefined, nowMs: number) {
    const { id, holder, address, durationMs, startsAtMs, reason, ticket, approvals, decidedBy, note, grant } = request;
    return {
        id,
        access: request.access,
        ...(holder.user !== undefined && { user: holder.user }),
        name: holder.name,
        address,
        duration: formatDuration(durationMs),
        ...(startsAtMs !== undefined && { startsAt: momentOf(startsAtMs) }),
        ...(reason !== undefined && { reason }),
        ...(ticket !== undefined && { ticket }),
        createdAt: momentOf(request.createdAtMs),
        decideBy: momentOf(request.decideByMs),
        state: request.state === "waiting" && !isWaiting(request, nowMs) ? "expired" : request.state,
        approvals: approvals.map(({ user, name, atMs }) => ({ user, name, at: momentOf(atMs) })),
        approvalsNeeded: access?.approval?.count ?? 0,
        ...(request.extendsGrant !== undefined && { extends: request.extendsGrant }),
        ...(decidedBy !== undefined && { decidedBy }),
        ...(note !== undefined && { note }),
        ...(request.state === "waiting" && request.waitsFor !== undefined && { waitsFor: request.waitsFor }),
        ...(grant !== undefined && { grant }),
        requestId: request.requestId,
    };
}

/** An access as it is shown to a person who may request or approve it. */
export function showAccess(access: AccessSettings, person: Pick<Person, "groups" | "user">) {
    const { name, title, duration, reason, ticket, approval, breakGlass } = access;
    const mayBreakGlass = breakGlass !== undefined && isEligible(breakGlass.eligible, person);
    return {
        name,
        title,
        mayRequest: isEligible(access.eligible, person),
        mayApprove: approval !== undefined && isEligible(approval.approvers, person),
        duration: {
            default: formatDuration(duration.usualMs),
            max: formatDuration(duration.maxMs),
            extendable: duration.isExtendable,
        },
        reason,
        ticket: ticket === undefined ? null : ticket.source,
        approval: approval === undefined ? null : { count: approval.count },
        breakGlass: mayBreakGlass ? { duration: formatDuration(breakGlass.durationMs) } : null,
    };
}

/** Whether a person may know that there is such an access. */
export function mayKnow(access: AccessSettings, person: Pick<Person, "groups" | "user">): boolean {
    const { eligible, approval, breakGlass } = access;
    return [eligible, approval?.approvers, breakGlass?.eligible].some((who) => who && isEligible(who, person));
}

export function momentOf(ms: number): string {
    return new Date(ms).toISOString();
}
