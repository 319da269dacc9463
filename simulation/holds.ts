import { addressesOf } from "./addresses";
import type { Trace } from "./trace";

/** A time in which a process held something back until somebody confirms it, as its ledger says. */
export interface Hold {
    readonly process: number;
    readonly fromMs: number;
    readonly toMs: number;
    /** Why the removal brake holds a reading; undefined where it holds none. */
    readonly why: string | undefined;
    readonly addresses: ReadonlySet<number>;
    /** The known grants that hold the addresses; an address that nobody holds is not among theirs. */
    readonly grants: readonly string[];
    /** The hold of the same reading, or of one before it, that this one follows without a break. */
    readonly before: Hold | undefined;
    /** When the first of the holds of a reading began that follow each other without a break. */
    readonly sinceMs: number;
}

export function holdsOf({ ledgers, terms }: Trace): readonly Hold[] {
    return ledgers.flatMap(({ lines }) => {
        const holds: (Hold & { toMs: number })[] = [];
        for (const { atMs, process, event } of lines) {
            if (!ENDS.includes(event.type)) continue;
            const before = holds.findLast((hold) => hold.process === process && hold.toMs >= atMs);
            if (before !== undefined) before.toMs = atMs;
            if (event.type !== "removals.held") continue;
            const { why, held, grants } = event;
            const term = terms.find((each) => each.process === process && each.fromMs <= atMs && atMs <= each.toMs);
            const goesOn = before?.why !== undefined && why !== undefined;
            holds.push({
                process,
                fromMs: atMs,
                toMs: term?.toMs ?? atMs,
                why,
                addresses: addressesOf(held),
                grants: grants.map(({ id }) => id),
                before: goesOn ? before : undefined,
                sinceMs: goesOn ? before.sinceMs : atMs,
            });
        }
        return holds;
    });
}

/** A line may have waited for the disk until the next time of leading, which begins without a hold. */
const ENDS: readonly string[] = [
    "removals.held",
    "removals.released",
    "removals.confirmed",
    "leader.lost",
    "leader.gained",
];
