import type { Span } from "./ip";
import { firstReaching, mergeSpans, subtractSpans } from "./spans";

/** A span and the time until which it is covered, in milliseconds; Infinity for no end. */
export interface Cover extends Span {
    readonly untilMs: number;
}

/** The addresses of a span that are not covered until a time. */
export type Coverage = (span: Span, untilMs: number) => readonly Span[];

/**
 * An index over covers that may overlap, for many queries. A query takes as long for an address that thousands of covers
 * share as for one of its own.
 *
 * @example
 * coverageOf([{ ...spanOf("203.0.113.0/31"), untilMs: 5 }])(spanOf("203.0.113.0/30"), 4)   // 203.0.113.2/31
 */
export function coverageOf(covers: readonly Cover[]): Coverage {
    const longest = longestCovers(covers);
    return (span, untilMs) => {
        const holding: Span[] = [];
        for (let index = firstReaching(longest, span.low); index < longest.length; index++) {
            const cover = longest[index];
            if (cover === undefined || cover.low > span.high) break;
            if (cover.untilMs >= untilMs) holding.push(cover);
        }
        return subtractSpans(span, mergeSpans(holding));
    };
}

/**
 * The same addresses without overlaps, in order, each until the latest time of its covers.
 *
 *   203.0.113.0/30 until 5, 203.0.113.1/32 until 9   ->   .0 until 5, .1 until 9, .2-.3 until 5
 */
function longestCovers(covers: readonly Cover[]): Cover[] {
    const bounds = Float64Array.from(new Set(covers.flatMap(({ low, high }) => [low, high + 1]))).sort();
    const places = new Map<number, number>();
    for (const [place, bound] of bounds.entries()) places.set(bound, place);
    const untils = new Float64Array(bounds.length);
    // The next place from each one on that has no time yet, so that no place is visited for each of its covers.
    const free = Int32Array.from(bounds.keys());
    const latestFirst = [...covers].sort((a, b) => Number(a.untilMs < b.untilMs) - Number(a.untilMs > b.untilMs));
    for (const { low, high, untilMs } of latestFirst) {
        const end = places.get(high + 1) ?? 0;
        for (let place = firstFree(free, places.get(low) ?? 0); place < end; place = firstFree(free, place)) {
            untils[place] = untilMs;
            free[place] = place + 1;
        }
    }
    return joined(bounds, untils, (place) => free[place] !== place);
}

/** The next free place from one on. Shortens all steps on the way, for the next time. */
function firstFree(free: Int32Array, from: number): number {
    let last = from;
    while (stepFrom(free, last) !== last) last = stepFrom(free, last);
    for (let place = from; place !== last; ) {
        const next = stepFrom(free, place);
        free[place] = last;
        place = next;
    }
    return last;
}

function stepFrom(free: Int32Array, place: number): number {
    return free[place] ?? place;
}

/** The places that have a time, as spans; neighbours with the same time are one. */
function joined(bounds: Float64Array, untils: Float64Array, isCovered: (place: number) => boolean): Cover[] {
    const covers: Cover[] = [];
    for (let place = 0; place + 1 < bounds.length; place++) {
        if (!isCovered(place)) continue;
        const [low = 0, next = 0, untilMs = 0] = [bounds[place], bounds[place + 1], untils[place]];
        const before = covers.at(-1);
        if (before !== undefined && before.high + 1 === low && before.untilMs === untilMs) {
            covers[covers.length - 1] = { low: before.low, high: next - 1, untilMs };
        } else covers.push({ low, high: next - 1, untilMs });
    }
    return covers;
}
