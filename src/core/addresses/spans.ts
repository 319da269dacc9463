import { compareSpans, type Span } from "./ip";

/**
 * The fewest spans with exactly these addresses: sorted, disjoint and not
 * adjacent. Overlapping and adjacent spans are merged.
 *
 *   203.0.113.4/32, 203.0.113.5/32, 203.0.113.6/31   ->   203.0.113.4/30
 */
export function mergeSpans(spans: readonly Span[]): Span[] {
    return join(spans, 1);
}

/** Sorted and disjoint; only overlapping spans are merged, and adjacent ones are not. */
export function separateSpans(spans: readonly Span[]): Span[] {
    return join(spans, 0);
}

/** Merges spans that overlap, or with `gap` 1 are adjacent. */
function join(spans: readonly Span[], gap: 0 | 1): Span[] {
    const joined: Span[] = [];
    let last: Span | undefined;
    for (const span of inOrder(spans)) {
        if (last !== undefined && span.low <= last.high + gap) {
            if (span.high > last.high) joined[joined.length - 1] = last = { low: last.low, high: span.high };
        } else {
            joined.push(span);
            last = span;
        }
    }
    return joined;
}

/** Sorted by first address. A number per span that also contains the index sorts much faster than the spans. */
function inOrder(spans: readonly Span[]): readonly Span[] {
    const count = spans.length;
    if (count < FEW || count > MOST_NUMBERED) return count < 2 ? spans : [...spans].sort(compareSpans);
    const numbers = new Float64Array(count);
    spans.forEach(({ low }, place) => {
        numbers[place] = low * count + place;
    });
    numbers.sort();
    const sorted: Span[] = [];
    for (const number of numbers) sorted.push(spans[number % count] as Span);
    return sorted;
}

const FEW = 32;

/** A number of 53 bits has room for an address of 32 bits and the index of so many spans. */
const MOST_NUMBERED = 2 ** 21;

/** A span without other spans. @param taken Sorted and disjoint. */
export function subtractSpans(span: Span, taken: readonly Span[]): Span[] {
    const left: Span[] = [];
    let { low } = span;
    for (let index = firstReaching(taken, span.low); index < taken.length; index++) {
        const next = taken[index];
        if (next === undefined || next.low > span.high) break;
        if (next.low > low) left.push({ low, high: next.low - 1 });
        low = next.high + 1;
    }
    if (low <= span.high) left.push({ low, high: span.high });
    return left;
}

/** The intersection of a span with a list. @param list Sorted and disjoint. */
export function intersectSpan(span: Span, list: readonly Span[]): Span[] {
    return subtractSpans(span, subtractSpans(span, list));
}

/** Whether the list contains every address of the span. @param list Sorted and disjoint. */
export function coversSpan(list: readonly Span[], { low, high }: Span): boolean {
    let missing = low;
    for (let index = firstReaching(list, low); missing <= high; index++) {
        const next = list[index];
        if (next === undefined || next.low > missing) return false;
        missing = next.high + 1;
    }
    return true;
}

/** Whether the span shares an address with the list. @param list Sorted and disjoint. */
export function overlapsSpan(list: readonly Span[], span: Span): boolean {
    const next = list[firstReaching(list, span.low)];
    return next !== undefined && next.low <= span.high;
}

/** Whether both lists have the same addresses, however they are divided into spans. */
export function sameAddresses(a: readonly Span[], b: readonly Span[]): boolean {
    const [x, y] = [mergeSpans(a), mergeSpans(b)];
    return (
        x.length === y.length && x.every((span, index) => compareSpans(span, y[index] ?? { low: -1, high: -1 }) === 0)
    );
}

/** The fewest CIDRs with exactly the addresses of a span, for formats without ranges. */
export function cidrsOf({ low, high }: Span): Span[] {
    const cidrs: Span[] = [];
    for (let start = low; start <= high; ) {
        let size = 1;
        while (start % (size * 2) === 0 && start + size * 2 - 1 <= high && size < 2 ** 32) size *= 2;
        cidrs.push({ low: start, high: start + size - 1 });
        start += size;
    }
    return cidrs;
}

/** The index of the first span that ends at `address` or after it. */
export function firstReaching(sorted: readonly Span[], address: number): number {
    let [low, high] = [0, sorted.length];
    while (low < high) {
        const middle = (low + high) >>> 1;
        if ((sorted[middle]?.high ?? 0) < address) low = middle + 1;
        else high = middle;
    }
    return low;
}
