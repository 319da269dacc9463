import { reportUnusable } from "../../../core/grants/grantsDocument";
import type { AgentView, GrantView, MembershipView, ZoneView } from "../../status/view";

/**
 * Which grants a status shows.
 *
 *   all      every one that the agent knows
 *   active   the active ones: pending, accepted, effective, refused, waiting or denied
 *   none     none, for clients that need only the zones
 */
export type GrantsShown = "all" | "active" | "none";

/** Grants in one piece of the text: some ten kilobytes, the most that a slow reader keeps in memory. */
const PER_PIECE = 200;

/**
 * The text of `GET /api/status` in pieces, made as the reader consumes them, as
 * 100,000 grants are thirty megabytes. Unknown values are null, so that all
 * documented keys are always there.
 */
export function* statusDocument(
    view: AgentView,
    memberships: readonly MembershipView[],
    shown: GrantsShown,
    now: string,
    version: string,
): Generator<string> {
    const { zones, grants, source, okta, lastError, clock } = view;
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
    yield* grantsText(grants, shown);
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
        yield* grantsText(membership.grants, shown);
        yield "}";
    }
    yield "]}\n";
}

/** `"grants":[…]` */
function* grantsText(grants: readonly GrantView[], shown: GrantsShown): Generator<string> {
    yield '"grants":[';
    let separator = "";
    for (let start = 0; start < grants.length && shown !== "none"; start += PER_PIECE) {
        const piece = grants.slice(start, start + PER_PIECE).filter((grant) => shown === "all" || isActive(grant));
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
