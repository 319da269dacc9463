import type { Grant } from "./grants";

/** The moments at which time alone lets a grant in or ends it: sorted, each once, in milliseconds since 1970. */
export type Timetable = readonly number[];

/**
 * Made once for each document, so that nobody has to look through all grants at each moment.
 *
 * @param maxMs How long a grant may go on from now to be let in: one that lasts longer is let in when no more is left.
 */
export function timetableOf(grants: readonly Grant[], maxMs?: number): Timetable {
    const moments = new Set<number>();
    for (const { startsAtMs, expiresAtMs } of grants) {
        if (startsAtMs !== undefined) moments.add(startsAtMs);
        if (expiresAtMs !== undefined) moments.add(expiresAtMs);
        if (expiresAtMs !== undefined && maxMs !== undefined) moments.add(expiresAtMs - maxMs);
    }
    return Array.from(Float64Array.from(moments).sort());
}

/** The first moment after `nowMs`; undefined when time alone will change nothing more. */
export function momentAfter(timetable: Timetable, nowMs: number): number | undefined {
    let [low, high] = [0, timetable.length];
    while (low < high) {
        const middle = (low + high) >>> 1;
        if ((timetable[middle] ?? Infinity) <= nowMs) low = middle + 1;
        else high = middle;
    }
    return timetable[low];
}
