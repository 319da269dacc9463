import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";

import { formatSpan, type Span, spanOf } from "../../src/core/addresses/ip";
import { cidrsOf, separateSpans } from "../../src/core/addresses/spans";
import type { Cell } from "../../src/core/ranges/oktaRanges";
import { parseRanges } from "../../src/ranges/rangesText";

/** Okta's file of 1 July 2026. */
export const SNAPSHOT = join(__dirname, "../fixtures/okta_ip_ranges.json");

export function snapshot(): readonly Cell[] {
    return parseRanges(readFileSync(SNAPSHOT, "utf8")).cells;
}

/** Cells with these networks. */
export function cellsOf(networks: Readonly<Record<string, readonly string[]>>): Cell[] {
    return Object.entries(networks).map(([name, texts]) => ({ name, spans: separateSpans(texts.map(spanOf)) }));
}

/** Okta's file with these networks, as text. */
export function fileOf(networks: Readonly<Record<string, readonly string[]>>): string {
    const cells = Object.entries(networks).map(([name, texts]) => [name, { ip_ranges: texts }]);
    return JSON.stringify(Object.fromEntries(cells));
}

/** That many single addresses, no two of them neighbours. */
export function addresses(count: number, start = "10.0.0.0"): string[] {
    const { low } = spanOf(start);
    return Array.from({ length: count }, (_, index) => formatSpan({ low: low + 2 * index, high: low + 2 * index }));
}

/** CIDRs among 64 addresses, so that they collide. */
const cidr = fc.tuple(fc.nat(63), fc.nat(4)).map(([at, bits]): Span => {
    const low = 0x0a000000 + at - (at % 2 ** bits);
    return { low, high: low + 2 ** bits - 1 };
});

/** One to three cells with an address at least in the first. */
export const someCells: fc.Arbitrary<Cell[]> = fc
    .tuple(
        fc.array(cidr, { minLength: 1, maxLength: 12 }),
        fc.array(fc.array(cidr, { maxLength: 8 }), { maxLength: 2 }),
    )
    .map(([first, others]) =>
        [first, ...others].map((spans, index) => ({
            name: `cell_${index + 1}`,
            spans: separateSpans(spans).flatMap(cidrsOf),
        })),
    );

/** The networks as texts. */
export function textsOf(spans: readonly Span[]): string[] {
    return spans.map(formatSpan);
}
