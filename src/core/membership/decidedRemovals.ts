import type { Span } from "../addresses/ip";
import type { Judgement } from "./brake";
import type { Unknown } from "./firstContact";
import { mostRemovals } from "./limits";
import { isRemoval, type Loss } from "./losses";
import type { Confirmation, Removal } from "./memory";
import type { Rules } from "./rules";

/** What a confirmation released, and who confirmed. */
export interface Released {
    readonly spans: readonly Span[];
    readonly by: string;
}

/** The losses that the removal brake holds. */
export function heldLosses({ verdict, losses }: Judgement): readonly Loss[] {
    return verdict === "held" ? losses.filter(isRemoval) : [];
}

/** The removals of this decision that count within the window; confirmed ones do not. */
export function removalsOf(
    { verdict, losses, deliberate }: Judgement,
    { counted }: Unknown,
    confirmation: Confirmation | undefined,
    atMs: number,
): Removal[] {
    const accepted = verdict === "accepted" ? losses.filter(isRemoval) : [];
    const confirmed = new Set(confirmation?.items);
    const unconfirmed = accepted.filter(({ item }) => !confirmed.has(item));
    return [
        ...[...unconfirmed.map(({ item }) => item), ...counted].map((item) => ({
            item,
            atMs,
            how: "counted" as const,
        })),
        ...deliberate.map(({ item }) => ({ item, atMs, how: "named" as const })),
    ];
}

/** The limit, if removals by name within the window exceed it; undefined otherwise. */
export function namedAboveLimit(
    { deliberate, active }: Judgement,
    removals: readonly Removal[],
    { maxRemovals }: Rules,
) {
    if (deliberate.length === 0) return undefined;
    // A share of the grants that were active when the window began.
    const most = mostRemovals(maxRemovals, active + removals.filter(({ how }) => how === "named").length);
    return removals.length > most ? most : undefined;
}

/** What a confirmation releases with this decision, and who confirmed; undefined if it releases nothing. */
export function releasedBy(
    confirmation: Confirmation | undefined,
    { verdict, losses }: Judgement,
    spans: readonly Span[],
): Released | undefined {
    if (confirmation === undefined) return undefined;
    const items = new Set(confirmation.items);
    const confirmed = verdict === "accepted" ? losses.filter(({ item }) => items.has(item)) : [];
    const released = [...confirmed.flatMap((loss) => loss.spans), ...spans];
    return released.length === 0 ? undefined : { spans: released, by: confirmation.by };
}
