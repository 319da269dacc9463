import { type Claim, claimsBefore, countsAs, withClaim, withoutClaim } from "../core/claims";
import type { Purpose } from "../core/pace";

/** Who waits for a turn to ask an org, and who hears that it has come. */
export interface Turns {
    /** For what a request counts, and how many of others come before it. */
    rank(member: string, purpose: Purpose): { readonly counted: Purpose; readonly before: number };
    claim(member: string, purpose: Purpose): void;
    /** Takes back a claim, and tells those that may go now: their sleep was calculated with that claim. */
    drop(member: string): void;
    /** Calls `onTurn` when a request may be made for which the member has waited. @returns how to stop that */
    hear(member: string, onTurn: () => void): () => void;
}

/** @param mayGo Whether a request of a member may be made now. */
export function openTurns(elapsedMs: () => number, mayGo: (member: string, purpose: Purpose) => boolean): Turns {
    let claims: readonly Claim[] = [];
    const heard = new Map<string, () => void>();
    return {
        rank: (member, purpose) => ({
            counted: countsAs(claims, member, purpose, elapsedMs()),
            before: claimsBefore(claims, member, purpose, elapsedMs()),
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
                // One that takes its place, by a new configuration, may hear already.
                if (heard.get(member) === onTurn) heard.delete(member);
            };
        },
    };
}
