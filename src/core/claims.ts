import type { Purpose } from "./pace";

/** A membership that waits for a request to Okta. Times are elapsed time, in milliseconds. */
export interface Claim {
    readonly member: string;
    readonly purpose: Purpose;
    /** Since when it has waited. */
    readonly sinceMs: number;
    /** When the claim was last renewed; a membership that has ended does not renew it. */
    readonly renewedAtMs: number;
}

/** A claim that was not renewed for this long is dropped; a membership that waits renews it at least every 15 s. */
const FORGOTTEN_MS = 20_000;

/** A claim of this age has priority over every newer one, so that none starves. */
const AGED_MS = 30_000;

const RANKS: Readonly<Record<Purpose, number>> = { remove: 0, add: 1, look: 2 };

/** The claims with a new or renewed one of a membership; those that were not renewed are left out. */
export function withClaim(claims: readonly Claim[], member: string, purpose: Purpose, nowMs: number): readonly Claim[] {
    const known = claims.find((claim) => claim.member === member);
    return [
        ...withoutClaim(claims, member).filter(({ renewedAtMs }) => nowMs - renewedAtMs < FORGOTTEN_MS),
        { member, purpose, sinceMs: known?.sinceMs ?? nowMs, renewedAtMs: nowMs },
    ];
}

export function withoutClaim(claims: readonly Claim[], member: string): readonly Claim[] {
    return claims.filter((claim) => claim.member !== member);
}

/**
 * The purpose as which a request counts: if others wait too, a request that has waited for long counts as a removal.
 */
export function countsAs(claims: readonly Claim[], member: string, purpose: Purpose, nowMs: number): Purpose {
    const known = claims.find((claim) => claim.member === member);
    const isAged = known !== undefined && claims.length > 1 && nowMs - known.sinceMs >= AGED_MS;
    return isAged ? "remove" : purpose;
}

/**
 * How many requests of other memberships have priority over one of this membership.
 *
 *   another claim                                          has priority
 *   is aged, and this one's is not, or is younger          yes
 *   is for something more urgent                           yes
 *   is for the same, and has waited for longer             yes
 *   anything else                                          no
 */
export function claimsBefore(claims: readonly Claim[], member: string, purpose: Purpose, nowMs: number): number {
    const sinceMs = claims.find((claim) => claim.member === member)?.sinceMs ?? nowMs;
    const own = rankOf(purpose, sinceMs, nowMs);
    return claims.filter((claim) => {
        if (claim.member === member || nowMs - claim.renewedAtMs >= FORGOTTEN_MS) return false;
        const rank = rankOf(claim.purpose, claim.sinceMs, nowMs);
        return rank < own || (rank === own && claim.sinceMs < sinceMs);
    }).length;
}

function rankOf(purpose: Purpose, sinceMs: number, nowMs: number): number {
    return nowMs - sinceMs >= AGED_MS ? -1 : RANKS[purpose];
}
