import { compareSpans, type Span } from "./ip";
import { mergeSpans, subtractSpans } from "./spans";

/** A span and the time until which it is covered, in milliseconds; Infinity for no end. */
export interface Cover extends Span {
    readonly untilMs: number;
}

/** The addresses of a span that are not covered until a time. */
export type Coverage = (span: Span, untilMs: number) => readonly Span[];

/**
 * An index over covers that may overlap, for many queries.
 *
 * @example
 * coverageOf([{ ...spanOf("203.0.113.0/31"), untilMs: 5 }])(spanOf("203.0.113.0/30"), 4)   // 203.0.113.2/31
 */
export function coverageOf(covers: readonly Cover[]): Coverage {
    const sorted = [...covers].sort(compareSpans);
    // The highest end of all up to each one: how far back an overlap can begin.
    const reach: number[] = [];
    for (const { high } of sorted) reach.push(Math.max(high, reach.at(-1) ?? -1));
    return (span, untilMs) => {
        const holding: Span[] = [];
        for (let index = lastBegun(sorted, span.high); index >= 0 && (reach[index] ?? -1) >= span.low; index--) {
            const cover = sorted[index];
            if (cover !== undefined && cover.high >= span.low && cover.untilMs >= untilMs) holding.push(cover);
        }
        return subtractSpans(span, mergeSpans(holding));
    };
}

/** The index of the last one that begins at `address` or before it; -1 for none. */
function lastBegun(sorted: readonly Span[], address: number): number {
    let [low, high] = [0, sorted.length];
    while (low < high) {
        const middle = (low + high) >>> 1;
        if ((sorted[middle]?.low ?? 0) <= address) low = middle + 1;
        else high = middle;
    }
    return low - 1;
}
