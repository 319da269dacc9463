import { type Span, sizeOf } from "../addresses/ip";
import { diffCells, networksOf } from "./networks";
import type { Cell } from "./oktaRanges";

/** A loss that is not suspicious, whatever its share of a cell: one address is all of `us_cell_17`. */
const HARMLESS = 10;

/**
 * Why a file is suspicious in comparison with the last good one, as the end of a
 * sentence; undefined if it is not.
 *
 *   the new file                          strange?  because
 *   lost 18 of a cell's 464, has 40 more  no        the worst days of June 2026 were so
 *   lost half of a cell's addresses       no        a file that is a month old may be so far behind
 *   lost more than half of a cell's       yes       a file that was cut, or written while it was made, looks so
 *   has no such cell any more             yes       the same
 *   lost more than half of them all       yes       the same, spread over small cells
 *   lost ten or fewer                     no        that may be all of a small cell
 *   is larger                             no        new cells come with new regions
 */
export function shrinkage(before: readonly Cell[], after: readonly Cell[]): string | undefined {
    const now = new Map(after.map((cell) => [cell.name, cell]));
    for (const cell of before) {
        const found = now.get(cell.name);
        const lost = lossOf([cell], found === undefined ? [] : [found]);
        if (lost === undefined) continue;
        return found === undefined ? `the cell ${cell.name} is gone` : `the cell ${cell.name} lost ${lost}`;
    }
    const lost = lossOf(before, after);
    return lost === undefined ? undefined : `it lost ${lost}`;
}

/** `300 of its 464 addresses`, if that is too many. */
function lossOf(before: readonly Cell[], after: readonly Cell[]): string | undefined {
    const lost = addressesIn(diffCells(before, after, "aggregated").removed);
    const had = addressesIn(networksOf(before, "aggregated"));
    return lost > HARMLESS && lost > had / 2 ? `${lost} of its ${had} addresses` : undefined;
}

function addressesIn(spans: readonly Span[]): number {
    return spans.reduce((sum, span) => sum + sizeOf(span), 0);
}
