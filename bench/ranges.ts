import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { mergeCidr } from "cidr-tools";
import { merge } from "fast-cidr-tools";

import { formatSpan } from "../src/core/addresses/ip";
import { networksOf } from "../src/core/ranges/networks";
import { parseRanges } from "../src/ranges/rangesText";
import { measure } from "./measure";
import { sameResult, versionOf } from "./merging";
import { type Bench, FIGURES, figures, type Section, thousands } from "./section";

const RUNS = { warmups: 5, runs: 15 };

/** How long it takes from Okta's file, all cells of it, to the fewest CIDRs, beside two packages. */
export async function ranges({ directory, now }: Bench): Promise<Section> {
    const text = await readFile(join(directory, "test", "fixtures", "okta_ip_ranges.json"), "utf8");
    const ways: readonly (readonly [name: string, work: () => readonly string[]])[] = [
        ["zonekeeper, every entry checked", () => networksOf(parseRanges(text).cells, "aggregated").map(formatSpan)],
        [`JSON.parse, cidr-tools ${await versionOf(directory, "cidr-tools")}`, () => mergeCidr(entriesIn(text))],
        [`JSON.parse, fast-cidr-tools ${await versionOf(directory, "fast-cidr-tools")}`, () => merge(entriesIn(text))],
    ];
    const result = sameResult(ways);
    const rows: string[][] = [];
    for (const [name, work] of ways) {
        rows.push([name, ...figures(await measure({ ...RUNS, now, prepare: () => undefined, work }))]);
    }
    const entries = thousands(entriesIn(text).length);
    return {
        title: `Okta's file of ranges, ${entries} entries, into ${thousands(result.length)} CIDRs, in milliseconds`,
        headings: ["by", ...FIGURES],
        rows,
        note: [`From the file's text to texts, ${RUNS.runs} runs; all three gave the same list.`],
    };
}

function entriesIn(text: string): string[] {
    const cells = Object.values(JSON.parse(text) as Record<string, { readonly ip_ranges: readonly string[] }>);
    return cells.flatMap(({ ip_ranges }) => ip_ranges);
}
