import type { Span } from "../addresses/ip";
import { compareSpans } from "../addresses/ip";
import { finish, visitEach, type Work } from "../work";
import type { Grant } from "./grants";
import { sortedColumn } from "./sortedColumn";

/**
 * One row for each span of each grant, in address order, as columns of numbers: a scan of a hundred thousand rows reads
 * adjacent numbers, and the columns of a later list of grants copy all but the rows that changed.
 */
export interface Columns {
    readonly lows: Float64Array;
    readonly highs: Float64Array;
    /** The highest address of all rows up to this one: how far back an overlap can begin. */
    readonly reach: Float64Array;
    /** When the grant starts and ends, in milliseconds; -Infinity and Infinity where it has no start or end. */
    readonly starts: Float64Array;
    readonly ends: Float64Array;
    readonly grants: readonly Grant[];
}

interface Row extends Span {
    readonly grant: Grant;
}

export function columnsOf(grants: readonly Grant[]): Columns {
    return finish(columnsWork(grants));
}

/** The columns of a list, in slices. */
export function* columnsWork(grants: readonly Grant[]): Work<Columns> {
    const rows: Row[] = [];
    yield* visitEach(grants, 0.3, (grant) => {
        for (const { low, high } of grant.spans) rows.push({ low, high, grant });
    });
    const places = yield* placesInOrder(rows);
    const columns = emptyColumns(rows.length);
    const holders: Grant[] = [];
    yield* visitEach(places, 0.3, (place, index) => {
        const row = rows[place] as Row;
        put(columns, index, row);
        holders.push(row.grant);
    });
    return withReach(columns, holders);
}

/** The places of rows, by lowest address. A number per row that also contains its place sorts much faster than the rows. */
function* placesInOrder(rows: readonly Row[]): Work<ArrayLike<number>> {
    const count = rows.length;
    if (count > MOST_NUMBERED) {
        return [...rows.keys()].sort((one, other) => compareSpans(rows[one] as Row, rows[other] as Row));
    }
    const numbers = new Float64Array(count);
    yield* visitEach(rows, 0.02, ({ low }, place) => {
        numbers[place] = low * count + place;
    });
    const sorted = yield* sortedColumn(numbers);
    yield* visitEach(sorted, 0.02, (number, index) => {
        sorted[index] = number % count;
    });
    return sorted;
}

/** A number of 53 bits has room for an address of 32 bits and the index of so many rows. */
const MOST_NUMBERED = 2 ** 21;

/** The columns without the rows of some grants, and with those of others. */
export function columnsAfter(before: Columns, gone: readonly Grant[], come: readonly Grant[]): Columns {
    const dropped = rowsIn(before, gone);
    const added = rowsOf(come).sort(compareSpans);
    const rows = before.grants.length - dropped.length + added.length;
    const next = emptyColumns(rows);
    const pieces: Grant[][] = [];
    let [from, to] = [0, 0];
    const copyUntil = (end: number) => {
        if (end <= from) return;
        for (const name of COPIED) next[name].set(before[name].subarray(from, end), to);
        pieces.push(before.grants.slice(from, end));
        to += end - from;
        from = end;
    };
    let at = 0;
    for (const row of added) {
        const place = firstAbove(before.lows, row.low);
        for (; (dropped[at] ?? Infinity) < place; at++) {
            copyUntil(dropped[at] ?? 0);
            from = (dropped[at] ?? 0) + 1;
        }
        copyUntil(place);
        put(next, to++, row);
        pieces.push([row.grant]);
    }
    for (; at < dropped.length; at++) {
        copyUntil(dropped[at] ?? 0);
        from = (dropped[at] ?? 0) + 1;
    }
    copyUntil(before.grants.length);
    // Concatenates whole pieces, which is much faster than row by row.
    return withReach(next, ([] as Grant[]).concat(...pieces));
}

const COPIED = ["lows", "highs", "starts", "ends"] as const;

function rowsOf(grants: readonly Grant[]): Row[] {
    return grants.flatMap((grant) => grant.spans.map(({ low, high }) => ({ low, high, grant })));
}

/** The rows of some grants, in order. */
export function rowsIn({ lows, highs, grants }: Columns, some: readonly Grant[]): readonly number[] {
    const rows = new Set<number>();
    for (const grant of some) {
        for (const { low, high } of grant.spans) {
            let row = firstAbove(lows, low) - 1;
            while (row >= 0 && !(grants[row] === grant && highs[row] === high && !rows.has(row))) row--;
            rows.add(row);
        }
    }
    return [...rows].sort((one, other) => one - other);
}

function emptyColumns(rows: number) {
    const column = () => new Float64Array(rows);
    return { lows: column(), highs: column(), reach: column(), starts: column(), ends: column() };
}

function put(columns: Omit<Columns, "grants">, index: number, { low, high, grant }: Row): void {
    columns.lows[index] = low;
    columns.highs[index] = high;
    columns.starts[index] = grant.startsAtMs ?? -Infinity;
    columns.ends[index] = grant.expiresAtMs ?? Infinity;
}

function withReach(columns: Omit<Columns, "grants">, grants: readonly Grant[]): Columns {
    const { highs, reach } = columns;
    let highest = -1;
    for (let row = 0; row < highs.length; row++) {
        const high = highs[row] as number;
        if (high > highest) highest = high;
        reach[row] = highest;
    }
    return { ...columns, grants };
}

/**
 * The spans of active grants, sorted and disjoint: overlaps are merged, adjacent spans are not.
 *
 * @param without Rows that do not count, in order.
 */
export function activeSpansIn(
    { lows, highs, starts, ends }: Columns,
    nowMs: number,
    without: readonly number[] = [],
): Span[] {
    const spans: Span[] = [];
    let [low, high, left] = [-1, -1, 0];
    for (let row = 0; row < lows.length; row++) {
        if (row === without[left]) {
            left++;
            continue;
        }
        if ((starts[row] as number) > nowMs || nowMs >= (ends[row] as number)) continue;
        const rowLow = lows[row] as number;
        const rowHigh = highs[row] as number;
        if (low >= 0 && rowLow <= high) {
            if (rowHigh > high) high = rowHigh;
            continue;
        }
        if (low >= 0) spans.push({ low, high });
        low = rowLow;
        high = rowHigh;
    }
    if (low >= 0) spans.push({ low, high });
    return spans;
}

/** The grants that share an address with one of these spans. */
export function grantsTouching({ lows, highs, reach, grants }: Columns, spans: readonly Span[]): ReadonlySet<Grant> {
    const found = new Set<Grant>();
    for (const { low, high } of spans) {
        for (let row = firstAbove(lows, high) - 1; row >= 0 && (reach[row] as number) >= low; row--) {
            const grant = grants[row];
            if (grant !== undefined && (highs[row] as number) >= low) found.add(grant);
        }
    }
    return found;
}

/** The index of the first number above this one, in a sorted column. */
export function firstAbove(sorted: Float64Array, number: number): number {
    let [low, high] = [0, sorted.length];
    while (low < high) {
        const middle = (low + high) >>> 1;
        if ((sorted[middle] as number) <= number) low = middle + 1;
        else high = middle;
    }
    return low;
}
