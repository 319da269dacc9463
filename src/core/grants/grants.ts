import type { Span } from "../addresses/ip";

/** A person's right to come from some addresses until a moment. */
export interface Grant {
    readonly id: string;
    /** Okta login or user id. */
    readonly user?: string;
    readonly spans: readonly Span[];
    /** Milliseconds since 1970 in UTC; the grant is active from this moment on, inclusive. */
    readonly startsAtMs?: number;
    /**
     * Milliseconds since 1970 in UTC; the grant is no longer active at this moment. Undefined for a permanent grant.
     */
    readonly expiresAtMs?: number;
    readonly reason?: string;
    readonly labels: Readonly<Record<string, string>>;
    /** The id of the portal request that created it, in the ledgers of both. */
    readonly request?: string;
}

/** `startsAt <= now < expiresAt` */
export function isActive({ startsAtMs, expiresAtMs }: Grant, nowMs: number): boolean {
    return (startsAtMs ?? -Infinity) <= nowMs && nowMs < (expiresAtMs ?? Infinity);
}

/** Whether time alone ended the grant. */
export function isExpired({ expiresAtMs }: Grant, nowMs: number): boolean {
    return (expiresAtMs ?? Infinity) <= nowMs;
}

/** When time alone ends it, in milliseconds; Infinity for a permanent grant. */
export function endOf({ expiresAtMs = Infinity }: Grant): number {
    return expiresAtMs;
}

/** When time alone next starts or ends a grant; undefined when it never will. */
export function nextChangeMs(grants: readonly Grant[], nowMs: number): number | undefined {
    let next = Infinity;
    for (const { startsAtMs = -Infinity, expiresAtMs = Infinity } of grants) {
        if (startsAtMs > nowMs) next = Math.min(next, startsAtMs);
        else if (expiresAtMs > nowMs) next = Math.min(next, expiresAtMs);
    }
    return next === Infinity ? undefined : next;
}
