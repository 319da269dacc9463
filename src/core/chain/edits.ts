import { parseSpan, type Span, sizeOf } from "../addresses/ip";
import { mergeSpans, subtractSpans } from "../addresses/spans";
import type { NamedZone } from "./access";

/** One edit of a zone under Security > Networks. An added entry is a single address. */
export type Edit =
    | {
          readonly zoneId: string;
          readonly do: "add" | "remove";
          readonly list: "gateways" | "proxies";
          readonly entry: string;
      }
    | { readonly zoneId: string; readonly do: "activate" };

/** The zones after the edits. All occurrences of a removed entry are removed. */
export function applyEdits(zones: readonly NamedZone[], edits: readonly Edit[]): NamedZone[] {
    return zones.map((zone) => edits.filter(({ zoneId }) => zoneId === zone.id).reduce(applyEdit, zone));
}

function applyEdit(zone: NamedZone, edit: Edit): NamedZone {
    if (edit.do === "activate") return { ...zone, status: "ACTIVE" };
    const { list, entry } = edit;
    const kept = zone[list].filter((other) => edit.do === "add" || other !== entry);
    return { ...zone, [list]: edit.do === "add" ? [...kept, entry] : kept };
}

/**
 * The smallest of several changes that have the same effect on a request. In this order:
 *
 *   fewer edits
 *   both readings of the chain have the same result
 *   less reach (see reachOf)
 *   fewer addresses that leave a list
 *   the first one
 */
export function smallestOf(
    changes: readonly (readonly Edit[])[],
    isAgreed: (edits: readonly Edit[]) => boolean,
    zones: readonly NamedZone[],
): readonly Edit[] | undefined {
    const fewest = Math.min(...changes.map(({ length }) => length));
    const ranked = changes
        .filter(({ length }) => length === fewest)
        .map((edits) => ({ edits, rank: [Number(!isAgreed(edits)), reachOf(edits, zones), lostBy(edits, zones)] }));
    ranked.sort((a, b) => a.rank.map((figure, at) => figure - (b.rank[at] ?? 0)).find((more) => more !== 0) ?? 0);
    return ranked[0]?.edits;
}

/**
 * The effect on other requests:
 *
 *   little   an additional trusted proxy admits only requests from a gateway; a removed gateway affects only
 *            requests from it; an additional exempt address, or a removed blocked one, refuses no request
 *   more     an additional gateway or blocked address, a removed trusted proxy or exempt address
 *   most     a zone that is activated
 */
function reachOf(edits: readonly Edit[], zones: readonly NamedZone[]): number {
    const reaches = edits.map((edit) => {
        if (edit.do === "activate") return 2;
        const isExempt = zones.some(({ id, isExempt }) => id === edit.zoneId && isExempt);
        const isLittle = (edit.do === "add") === (edit.list === "proxies" || isExempt);
        return isLittle ? 0 : 1;
    });
    return sum(reaches);
}

/** How many addresses are removed from lists, without those that another entry still contains. */
export function lostBy(edits: readonly Edit[], zones: readonly NamedZone[]): number {
    const after = applyEdits(zones, edits);
    const lists = ["gateways", "proxies"] as const;
    return sum(zones.flatMap((zone, index) => lists.map((list) => missing(zone[list], after[index]?.[list] ?? []))));
}

function missing(before: readonly string[], after: readonly string[]): number {
    if (after.length >= before.length) return 0;
    const left = spansOf(after);
    const gone = spansOf(before).flatMap((span) => subtractSpans(span, left));
    return sum(gone.map(sizeOf));
}

function sum(figures: readonly number[]): number {
    return figures.reduce((total, figure) => total + figure, 0);
}

/** Sorted and disjoint; entries that are not IPv4 are left out. */
export function spansOf(entries: readonly string[]): Span[] {
    return mergeSpans(entries.flatMap((entry) => parseSpan(entry, "clear").span ?? []));
}
