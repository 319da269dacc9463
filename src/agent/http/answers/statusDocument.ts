import { reportUnusable } from "../../../core/grants/grantsDocument";
import { grantPieces } from "../../status/gathered";
import type { AgentView, GrantView, MembershipView, ZoneView } from "../../status/view";

/**
 * Which grants a status shows.
 *
 *   all      every one that the agent knows
 *   active   the active ones: pending, accepted, effective, refused, waiting or denied
 *   none     none, for clients that need only the zones
 */
export type GrantsShown = "all" | "active" | "none";

/**
 * The text of `GET /api/status` in pieces, made as the reader consumes them, as
 * 100,000 grants are thirty megabytes: a slow reader keeps one piece in memory, and between
 * the pieces timers and other requests run. Unknown values are null, so that all
 * documented keys are always there.
 */
export async function* statusDocument(
    view: AgentView,
    memberships: readonly MembershipView[],
    shown: GrantsShown,
    now: string,
    version: string,
): AsyncGenerator<string> {
    const { zones, source, okta, lastError, clock } = view;
    const { isLeading, held, holds, heldBecause, refused, unusable, clearings, notReady, lastSuccessAt } = view;
    const before = {
        now,
        version,
        isReady: notReady.length === 0,
        isLeading,
        zones: zones.map(zoneOf),
        ...(view.group !== undefined && { group: view.group }),
    };
    yield `${JSON.stringify(before).slice(0, -1)},`;
    yield* grantsText(view, shown);
    const after = {
        source: { ...source, lastReadAt: source.lastReadAt ?? null },
        okta: { rateLimit: okta.rateLimit ?? null },
        clock: clock ?? null,
        lastError: lastError ?? null,
        lastSuccessAt: lastSuccessAt ?? null,
        notReady,
        held,
        holds,
        heldBecause: heldBecause ?? null,
        refused: refused.map(({ id, reason }) => ({ id, reason })),
        unusable: reportUnusable(unusable),
        clearings,
    };
    yield `,${JSON.stringify(after).slice(1, -1)},"memberships":[`;
    for (const [index, membership] of memberships.entries()) {
        yield `${index === 0 ? "" : ","}${JSON.stringify(membershipOf(membership)).slice(0, -1)},`;
        yield* grantsText(membership, shown);
        yield "}";
    }
    yield "]}\n";
}

/** `"grants":[…]` */
async function* grantsText(view: AgentView, shown: GrantsShown): AsyncGenerator<string> {
    yield '"grants":[';
    let separator = "";
    for await (const all of shown === "none" ? [] : grantPieces(view)) {
        const piece = all.filter((grant) => shown === "all" || isActive(grant));
        if (piece.length === 0) continue;
        yield separator + piece.map((grant) => JSON.stringify(grantOf(grant))).join(",");
        separator = ",";
    }
    yield "]";
}

function membershipOf({
    name,
    org,
    zones,
    group,
    source,
    held,
    heldBecause,
    notReady,
    lastError,
    lastSuccessAt,
}: MembershipView) {
    return {
        name,
        org,
        isReady: notReady.length === 0,
        zones: zones.map(zoneOf),
        ...(group !== undefined && { group }),
        source: { ...source, lastReadAt: source.lastReadAt ?? null },
        held,
        heldBecause: heldBecause ?? null,
        lastError: lastError ?? null,
        lastSuccessAt: lastSuccessAt ?? null,
        notReady,
    };
}

function isActive({ state }: GrantView): boolean {
    return ["pending", "accepted", "effective", "refused", "waiting", "denied"].includes(state);
}

function zoneOf(zone: ZoneView): object {
    const { inForceSince = null, acceptedAt = null, effectiveAt = null } = zone;
    return { ...zone, inForceSince, acceptedAt, effectiveAt };
}

function grantOf(grant: GrantView): object {
    const { id, user = null, ip, startsAt = null, expiresAt = null, reason = null, state, why, membership } = grant;
    return {
        ...(membership !== undefined && { membership }),
        id,
        user,
        ip,
        startsAt,
        expiresAt,
        reason,
        state,
        ...(why !== undefined && { why }),
    };
}
