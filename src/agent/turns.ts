import { type Claim, claimsBefore, countsAs, withClaim, withoutClaim } from "../core/claims";
import type { Purpose } from "../core/pace";

/** The memberships that wait for requests to an org. */
export interface Turns {
    /**
     * The purpose as which a request counts, and how many requests of others have priority.
     *
     * @param nowMs Elapsed time, in milliseconds.
     */
    rank(member: string, purpose: Purpose, nowMs: number): { readonly counted: Purpose; readonly before: number };
    claim(member: string, purpose: Purpose): void;
    /** Withdraws a claim, and wakes the members that may go now: their sleep was computed with that claim. */
    drop(member: string): void;
    /** Calls `onTurn` when a request may be made for which the member has waited. @returns a function that stops it */
    hear(member: string, onTurn: () => void): () => void;
}

/** @param mayGo Whether a request of a member may be made now. */
export function openTurns(elapsedMs: () => number, mayGo: (member: string, purpose: Purpose) => boolean): Turns {
    let claims: readonly Claim[] = [];
    const heard = new Map<string, () => void>();
    return {
        rank: (member, purpose, nowMs) => ({
            counted: countsAs(claims, member, purpose, nowMs),
            before: claimsBefore(claims, member, purpose, nowMs),
        }),
        claim(member, purpose) {
            claims = withClaim(claims, member, purpose, elapsedMs());
        },
        drop(dropped) {
            claims = withoutClaim(claims, dropped);
            for (const { member, purpose } of claims) if (mayGo(member, purpose)) heard.get(member)?.();
        },
        hear(member, onTurn) {
            heard.set(member, onTurn);
            return () => {
                // A member of the new configuration with the same name may be registered already.
                if (heard.get(member) === onTurn) heard.delete(member);
            };
        },
    };
}
