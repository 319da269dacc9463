import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { mergeCidr } from "cidr-tools";
import { merge } from "fast-cidr-tools";

import { formatSpan, type Span, spanOf } from "../src/core/addresses/ip";
import { cidrsOf, mergeSpans } from "../src/core/addresses/spans";
import { measure } from "./measure";
import { type Bench, FIGURES, figures, type Section, thousands } from "./section";

const TEXTS = 100_000;

const RUNS = { warmups: 2, runs: 7 };

/** How long it takes to bring addresses and CIDRs to the fewest CIDRs, beside two packages that do the same. */
export async function merging({ directory, now }: Bench): Promise<Section> {
    const texts = textsToMerge();
    const ways: readonly (readonly [name: string, merge: () => readonly string[]])[] = [
        ["zonekeeper", () => cidrTexts(mergeSpans(texts.map(spanOf)))],
        [`cidr-tools ${await versionOf(directory, "cidr-tools")}`, () => mergeCidr(texts)],
        [`fast-cidr-tools ${await versionOf(directory, "fast-cidr-tools")}`, () => merge(texts)],
    ];
    const result = sameResult(ways);
    const spans = texts.map(spanOf);
    const merged = mergeSpans(spans);
    const parts: readonly (readonly [name: string, part: () => unknown])[] = [
        ["zonekeeper: reading the texts", () => texts.map(spanOf)],
        ["zonekeeper: mergeSpans", () => mergeSpans(spans)],
        ["zonekeeper: writing the CIDRs", () => cidrTexts(merged)],
    ];
    const rows: string[][] = [];
    for (const [name, work] of [...ways, ...parts]) {
        rows.push([name, ...figures(await measure({ ...RUNS, now, prepare: () => undefined, work }))]);
    }
    return {
        title: `Merging ${thousands(TEXTS)} addresses and CIDRs into ${thousands(result.length)} CIDRs, in milliseconds`,
        headings: ["by", ...FIGURES],
        rows,
        note: [`From texts to texts, ${RUNS.runs} runs; all three gave the same list. Below them, the parts of ours.`],
    };
}

/** What every way gives, in whatever order. */
export function sameResult(
    ways: readonly (readonly [name: string, merge: () => readonly string[]])[],
): readonly string[] {
    const [ours = [], ...others] = ways.map(([, work]) => [...work()].sort());
    for (const [index, other] of others.entries()) {
        const name = ways[index + 1]?.[0];
        const differs = other.length !== ours.length || other.some((cidr, at) => cidr !== ours[at]);
        if (differs) throw new Error(`${name} merges to other CIDRs than zonekeeper; they cannot be compared`);
    }
    return ours;
}

function cidrTexts(spans: readonly Span[]): string[] {
    return spans.flatMap(cidrsOf).map(formatSpan);
}

/** Single addresses, and a CIDR of 4 to 16 addresses for every third, over some 500,000 addresses; the same each time. */
function textsToMerge(): string[] {
    let state = 20_261_123;
    const next = (below: number) => {
        state ^= state << 13;
        state ^= state >>> 17;
        state ^= state << 5;
        return (state >>> 0) % below;
    };
    return Array.from({ length: TEXTS }, (_, index) => {
        const address = 10 * 2 ** 24 + next(500_000);
        const bits = index % 3 === 0 ? 2 + next(3) : 0;
        const low = address - (address % 2 ** bits);
        const text = formatSpan({ low, high: low + 2 ** bits - 1 });
        return bits === 0 ? text.replace("/32", "") : text;
    });
}

export async function versionOf(directory: string, name: string): Promise<string> {
    const { version } = JSON.parse(await readFile(join(directory, "node_modules", name, "package.json"), "utf8"));
    return String(version);
}
