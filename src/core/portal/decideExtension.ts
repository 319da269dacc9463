import { durationText } from "./duration";
import { type Refusal, refusal } from "./refusal";
import { type AccessSettings, isEligible } from "./settings/portalSettings";
import { isLive, type PortalGrant, type PortalRequest } from "./types";

export interface Extending {
    readonly grant: PortalGrant;
    /** Undefined where the settings have it no more. */
    readonly access: AccessSettings | undefined;
    /** From `startsAt` to the new end. */
    readonly durationMs: number;
    /** Of the owner. */
    readonly groups: readonly string[];
    /** For a workload: whether the settings still name the access, and the longest grant that it may have. */
    readonly workload?: { readonly isAllowed: boolean; readonly mostMs: number } | undefined;
    readonly requests: Iterable<PortalRequest>;
    readonly nowMs: number;
    readonly id: string;
    readonly requestId: string;
}

export type ExtensionDecision =
    | { readonly result: "changed"; readonly grant: PortalGrant }
    | { readonly result: "waits"; readonly request: PortalRequest; readonly replaces: readonly PortalRequest[] }
    | Refusal;

/**
 * What becomes of a new duration of a grant, which always counts from its start, so that no sequence of small steps goes further than
 * one large step would.
 *
 *   new end                                     result
 *   longer than `max` after the start           refused
 *   past, or not after the start                refused
 *   earlier than the present end                changed: giving back a part needs nobody
 *   later, and the access is not extendable     refused
 *   later, and the owner is no longer eligible  refused
 *   later, up to what approvers agreed to       changed
 *   later than that                             waits for a new approval, until the present end at most; the grant keeps that end
 */
export function decideExtension(extending: Extending): ExtensionDecision {
    const { grant, access, durationMs, nowMs } = extending;
    if (!isLive(grant, nowMs)) return refusal("conflict", "this grant has ended");
    const expiresAtMs = grant.startsAtMs + durationMs;
    if (expiresAtMs <= nowMs) return refusal("rules", "the new end has passed: revoke the grant to end it now");
    if (expiresAtMs <= grant.expiresAtMs) return { result: "changed", grant: { ...grant, expiresAtMs } };
    if (access === undefined) return refusal("not-allowed", "this access is no longer offered");
    return refusedExtension(extending, access) ?? extended(extending, access, expiresAtMs);
}

function refusedExtension(
    { grant, durationMs, groups, workload }: Extending,
    access: AccessSettings,
): Refusal | undefined {
    const { maxMs, isExtendable } = access.duration;
    const mostMs = Math.min(
        workload?.mostMs ?? Infinity,
        grant.isBreakGlass ? (access.breakGlass?.durationMs ?? 0) : maxMs,
    );
    if (!isExtendable) return refusal("rules", `${access.title} cannot be extended`);
    if (durationMs > mostMs) {
        return refusal(
            "rules",
            `the duration is longer than ${durationText(mostMs)} from the start, which is the most`,
        );
    }
    const eligible = grant.isBreakGlass === true ? access.breakGlass?.eligible : access.eligible;
    const isAllowed =
        workload?.isAllowed ??
        (eligible !== undefined && isEligible(eligible, { groups, user: grant.holder.user ?? "" }));
    return isAllowed ? undefined : refusal("not-allowed", "you may no longer have this access");
}

function extended(extending: Extending, access: AccessSettings, expiresAtMs: number): ExtensionDecision {
    const { grant, durationMs, nowMs, id, requestId } = extending;
    const needsNobody = access.approval === undefined || grant.isBreakGlass === true;
    if (needsNobody || expiresAtMs <= (grant.approvedUntilMs ?? -Infinity)) {
        return { result: "changed", grant: { ...grant, expiresAtMs } };
    }
    const request: PortalRequest = {
        id,
        access: grant.access,
        holder: grant.holder,
        address: grant.addresses[0] ?? "",
        durationMs,
        createdAtMs: nowMs,
        decideByMs: Math.min(nowMs + access.approval.requestTimeoutMs, grant.expiresAtMs),
        approvals: [],
        state: "waiting",
        extendsGrant: grant.id,
        requestId,
        ...(grant.reason !== undefined && { reason: grant.reason }),
        ...(grant.ticket !== undefined && { ticket: grant.ticket }),
    };
    const replaces = [...extending.requests].filter(
        (each) => each.state === "waiting" && each.extendsGrant === grant.id,
    );
    return { result: "waits", request, replaces };
}
