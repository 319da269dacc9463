import type { Span } from "../addresses/ip";
import { cidrsOf, mergeSpans, separateSpans, subtractSpans } from "../addresses/spans";
import type { Cell } from "./oktaRanges";

/** How to cut a list: as published, each network once; or in the fewest CIDRs. Both hold the same addresses. */
export type Cut = "published" | "aggregated";

/** The networks of all cells together, as CIDRs in address order that do not overlap. */
export function networksOf(cells: readonly Cell[], cut: Cut): Span[] {
    const spans = cells.flatMap((cell) => cell.spans);
    return cut === "aggregated" ? mergeSpans(spans).flatMap(cidrsOf) : separateSpans(spans);
}

/** Each cell by itself, cut that way. */
export function cutCells(cells: readonly Cell[], cut: Cut): Cell[] {
    return cells.map((cell) => ({ name: cell.name, spans: networksOf([cell], cut) }));
}

export interface RangesDiff {
    /** Added networks, as CIDRs, in the cut of the new list. */
    readonly added: readonly Span[];
    /** Removed networks, as CIDRs, in the cut of the old list. */
    readonly removed: readonly Span[];
}

/** The difference between the addresses of two lists of cells, whatever their cells. */
export function diffCells(before: readonly Cell[], after: readonly Cell[], cut: Cut): RangesDiff {
    return { added: beyond(after, before, cut), removed: beyond(before, after, cut) };
}

function beyond(these: readonly Cell[], those: readonly Cell[], cut: Cut): Span[] {
    const others = mergeSpans(those.flatMap(({ spans }) => spans));
    return networksOf(these, cut).flatMap((network) => subtractSpans(network, others).flatMap(cidrsOf));
}
