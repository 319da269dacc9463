import type { PortalSession } from "./types";

/** A process asks the provider for so long, with its answer written, before others take it for dead. */
export const RENEWAL_MS = 15_000;

/**
 * Who renews a session by its refresh token, which may be good once, where several portals share a store.
 *
 *   the session in the store                          result
 *   is not there                                      gone
 *   was checked since, or has another token           renewed
 *   another process is at it, and its time lasts      busy
 *   anything else                                     ours
 *
 * @param seen The session as this process knows it.
 */
export function renewalOf(
    session: PortalSession | undefined,
    seen: PortalSession,
    by: string,
    nowMs: number,
): "gone" | "renewed" | "busy" | "ours" {
    if (session === undefined) return "gone";
    if (session.refresh !== seen.refresh || session.checkedAtMs > seen.checkedAtMs) return "renewed";
    const { renewing } = session;
    return renewing !== undefined && renewing.by !== by && nowMs < renewing.untilMs ? "busy" : "ours";
}

/**
 * What a session says while a process renews it.
 *
 *   the claim of before         result
 *   there is none               one that lasts `RENEWAL_MS`
 *   of this process, lasts      the same one: the answer is kept for as long
 *   its time is over            a new one, and the answer of before may be lost with its refresh token: the process died, or could
 *                               not write it
 */
export function claimOf(
    { renewing }: PortalSession,
    by: string,
    nowMs: number,
): Pick<PortalSession, "renewing" | "isRenewalLost"> {
    const next = { by, untilMs: nowMs + RENEWAL_MS };
    if (renewing === undefined) return { renewing: next };
    if (nowMs < renewing.untilMs) return { renewing };
    return { renewing: next, isRenewalLost: true };
}
