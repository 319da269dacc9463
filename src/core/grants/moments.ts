import { finish, visitEach, type Work } from "../work";
import { firstAbove } from "./columns";
import type { Grant } from "./grants";
import { sortedColumn } from "./sortedColumn";

/**
 * The starts and ends of grants, each column sorted, in milliseconds since 1970; one number for each
 * grant. A grant that ends before it starts is never active, and has no moments.
 */
export interface Moments {
    readonly starts: Float64Array;
    readonly ends: Float64Array;
    /** How many grants have no start, and count as started. */
    readonly begun: number;
}

export function momentsOf(grants: readonly Grant[]): Moments {
    return finish(momentsWork(grants));
}

/** The moments of a list, in slices. */
export function* momentsWork(grants: readonly Grant[]): Work<Moments> {
    const [starts, ends] = [new Float64Array(grants.length), new Float64Array(grants.length)];
    let [started, ended, begun] = [0, 0, 0];
    yield* visitEach(grants, 0.05, (grant) => {
        if (!isEverActive(grant)) return;
        if (grant.startsAtMs === undefined) begun++;
        else starts[started++] = grant.startsAtMs;
        if (grant.expiresAtMs !== undefined) ends[ended++] = grant.expiresAtMs;
    });
    return {
        starts: yield* sortedColumn(starts.slice(0, started)),
        ends: yield* sortedColumn(ends.slice(0, ended)),
        begun,
    };
}

/** The moments without those of some grants, and with those of others. */
export function momentsAfter(before: Moments, gone: readonly Grant[], come: readonly Grant[]): Moments {
    const [less, more] = [momentsOf(gone), momentsOf(come)];
    return {
        starts: sortedAfter(before.starts, less.starts, more.starts),
        ends: sortedAfter(before.ends, less.ends, more.ends),
        begun: before.begun - less.begun + more.begun,
    };
}

/** How many grants are active: they have started, and not ended. */
export function countActive({ starts, ends, begun }: Moments, nowMs: number): number {
    return begun + firstAbove(starts, nowMs) - firstAbove(ends, nowMs);
}

/**
 * The first moment after `nowMs` at which time alone changes what is active, or what is let in; undefined when it changes
 * nothing more.
 *
 * @param maxMs How long a grant may go on from now to be let in: one that lasts longer is let in when no more is left.
 */
export function nextMoment({ starts, ends }: Moments, nowMs: number, maxMs?: number): number | undefined {
    const first = Math.min(
        starts[firstAbove(starts, nowMs)] ?? Infinity,
        ends[firstAbove(ends, nowMs)] ?? Infinity,
        maxMs === undefined ? Infinity : (ends[firstAbove(ends, nowMs + maxMs)] ?? Infinity) - maxMs,
    );
    return first === Infinity ? undefined : first;
}

/** How many starts and ends fall on this moment, and, with `maxMs`, how many grants are let in at it. */
export function countAt({ starts, ends }: Moments, ms: number, maxMs?: number): number {
    const late = maxMs === undefined ? 0 : equalTo(ends, ms + maxMs);
    return equalTo(starts, ms) + equalTo(ends, ms) + late;
}

/** How many numbers of a sorted column are this one. */
function equalTo(sorted: Float64Array, number: number): number {
    let at = firstAbove(sorted, number);
    const end = at;
    while (at > 0 && sorted[at - 1] === number) at--;
    return end - at;
}

function isEverActive({ startsAtMs = -Infinity, expiresAtMs = Infinity }: Grant): boolean {
    return startsAtMs < expiresAtMs;
}

/** A sorted column with some numbers removed, once each, and others added. All arguments are sorted. */
function sortedAfter(before: Float64Array, less: Float64Array, more: Float64Array): Float64Array {
    if (less.length === 0 && more.length === 0) return before;
    const next = new Float64Array(before.length - less.length + more.length);
    let [from, to, at] = [0, 0, 0];
    const copyUntil = (end: number) => {
        if (end <= from) return;
        next.set(before.subarray(from, end), to);
        to += end - from;
        from = end;
    };
    const leaveOutUntil = (most: number) => {
        while (at < less.length && (less[at] as number) <= most) {
            const count = countOf(less, at);
            copyUntil(firstAbove(before, less[at] as number) - count);
            from += count;
            at += count;
        }
    };
    for (const number of more) {
        leaveOutUntil(number);
        copyUntil(firstAbove(before, number));
        next[to++] = number;
    }
    leaveOutUntil(Infinity);
    copyUntil(before.length);
    return next;
}

/** How many times the number at an index of a sorted column occurs from there on. */
function countOf(sorted: Float64Array, from: number): number {
    let count = 1;
    while (sorted[from + count] === sorted[from]) count++;
    return count;
}
