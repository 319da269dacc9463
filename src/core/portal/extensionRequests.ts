import type { Change, PortalState } from "./state";
import type { PortalGrant, PortalRequest } from "./types";

/**
 * What changes of grants mean for the waiting requests to extend them, as rows that replace those requests.
 *
 *   the grant                                      the request
 *   is ended by a person or a rule                 withdrawn
 *   gets an end before the request's `decideBy`    is decided by that end, or not at all
 *   changes otherwise                              waits on
 *
 * A request that the same changes decide is left to them.
 *
 * @param changes What is about to be kept on top of the state.
 */
export function extensionRequests(state: PortalState, changes: readonly Change[]): PortalRequest[] {
    const grants = new Map<string, PortalGrant>();
    const decided = new Set<string>();
    for (const [table, key, row] of changes) {
        if (table === "grants" && row !== null) grants.set(key, row);
        if (table === "requests") decided.add(key);
    }
    if (grants.size === 0) return [];
    return [...state.requests.values()].flatMap((request): PortalRequest[] => {
        const grant = request.extendsGrant === undefined ? undefined : grants.get(request.extendsGrant);
        if (grant === undefined || request.state !== "waiting" || decided.has(request.id)) return [];
        if (grant.endedAtMs !== undefined) return [{ ...request, state: "withdrawn", note: GRANT_ENDED }];
        return grant.expiresAtMs < request.decideByMs ? [{ ...request, decideByMs: grant.expiresAtMs }] : [];
    });
}

/** Why an extension comes to nothing. */
export const GRANT_ENDED = "the grant to extend has ended";
