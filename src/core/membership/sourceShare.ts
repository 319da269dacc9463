import { type Judgement, type SourceShare, unconfirmed } from "./brake";

/** What a membership adds to the removals of its source as a whole. */
export function shareOf(
    { active, recent, losses }: Pick<Judgement, "active" | "recent" | "losses">,
    confirmed: ReadonlySet<string> | undefined,
): SourceShare {
    return { memberships: 1, active, recent, losses: unconfirmed(losses, confirmed) };
}

export function sumOfShares(shares: readonly SourceShare[]): SourceShare {
    const sum = (of: keyof SourceShare) => shares.reduce((total, share) => total + share[of], 0);
    return { memberships: sum("memberships"), active: sum("active"), losses: sum("losses"), recent: sum("recent") };
}
