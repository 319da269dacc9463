import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { formatAddress, spanOf } from "../../../../src/core/addresses/ip";
import { FORMATS, type Format } from "../../../../src/core/ranges/formats/formats";
import type { View } from "../../../../src/core/ranges/formats/view";
import { type Cut, cutCells, networksOf } from "../../../../src/core/ranges/networks";
import { type Cell, readOktaRanges } from "../../../../src/core/ranges/oktaRanges";
import { parseRanges } from "../../../../src/ranges/rangesText";
import { addresses, cellsOf, snapshot, someCells, textsOf } from "../../../support/cells";

const CELLS = cellsOf({
    us_cell_1: ["203.0.113.8/31", "198.51.100.1/32", "198.51.100.2/32"],
    us_cell_2: ["198.51.100.1/32", "198.51.100.3/32"],
});

function viewOf(cells: readonly Cell[], cut: Cut = "published"): View {
    const command = "npx zonekeeper ranges --cell us_cell_1 us_cell_2";
    return { cells, cut, from: "https://example.com/ip_ranges.json", asOf: "2026-07-01", command };
}

const textOf = (format: Format, view: View) => FORMATS[format](view).text ?? assert.fail("there is no text");

/** All CIDRs of a text that are no part of a comment, in their order. */
function networksIn(text: string): string[] {
    const lines = text.split("\n").filter((line) => !line.startsWith("#"));
    return lines.flatMap((line) => line.match(/\d+\.\d+\.\d+\.\d+\/\d+/g) ?? []);
}

const NAMES = Object.keys(FORMATS) as Format[];
const BY_CELL: readonly Format[] = ["text", "json", "csv"];

describe("the format", () => {
    for (const format of NAMES) {
        it(`${format} is this, word for word`, () => {
            const golden = readFileSync(join(__dirname, `../../../fixtures/ranges/${format}.txt`), "utf8");
            assert.equal(textOf(format, viewOf(CELLS)), golden);
        });
    }

    for (const format of NAMES) {
        it(`${format} holds every network, and nothing else`, () => {
            fc.assert(
                fc.property(someCells, fc.constantFrom<Cut>("published", "aggregated"), (cells, cut) => {
                    const found = networksIn(textOf(format, viewOf(cells, cut)));
                    const isByCell = BY_CELL.includes(format) && !(format === "text" && cut === "aggregated");
                    const expected = isByCell
                        ? cutCells(cells, cut).flatMap(({ spans }) => textsOf(spans))
                        : textsOf(networksOf(cells, cut));
                    assert.deepEqual(found, expected);
                }),
            );
        });
    }

    it("json is read back as the same cells", () => {
        fc.assert(
            fc.property(someCells, (cells) => {
                assert.deepEqual(parseRanges(textOf("json", viewOf(cells))).cells, cutCells(cells, "published"));
            }),
        );
        const all = snapshot();
        assert.deepEqual(readOktaRanges(JSON.parse(textOf("json", viewOf(all)))), { cells: all, leftOut: [] });
    });

    it("csv has the first and the last address of each network", () => {
        for (const row of textOf("csv", viewOf(snapshot())).trim().split("\n").slice(1)) {
            const [, network = "", first, last] = row.split(",");
            const { low, high } = spanOf(network);
            assert.deepEqual([first, last], [formatAddress(low), formatAddress(high)]);
        }
    });

    it("aws-prefix-list is the input of a call of AWS", () => {
        const list = JSON.parse(textOf("aws-prefix-list", viewOf(cellsOf({ us_cell_7: addresses(436) }))));
        const { Entries, ...rest } = list;
        assert.deepEqual(rest, { PrefixListName: "okta-us_cell_7", AddressFamily: "IPv4", MaxEntries: 500 });
        assert.deepEqual([Entries.length, Entries[0]], [436, { Cidr: "10.0.0.0/32", Description: "Okta us_cell_7" }]);
    });

    for (const format of ["aws-prefix-list", "terraform"] as const) {
        it(`${format} takes as many as AWS does, and no more`, () => {
            const most = textOf(format, viewOf(cellsOf({ a: addresses(1000) })));
            assert.match(most, /max_?entries"?\s*[=:] 1000\b/i);
            const problem =
                "1001 networks are too many, since an AWS prefix list holds 1000: name fewer cells, or one list for each";
            assert.deepEqual(FORMATS[format](viewOf(cellsOf({ a: addresses(1001) }))), { problem });
        });
    }

    it("keeps a path or a command within its comment", () => {
        const view = { ...viewOf(CELLS), from: "a\nb", command: "x\r\n0.0.0.0/0" };
        for (const format of NAMES) assert.equal(networksIn(textOf(format, view)).includes("0.0.0.0/0"), false);
    });

    it("leaves out a date that is not known", () => {
        const text = textOf("haproxy", { ...viewOf(CELLS), asOf: undefined });
        assert.match(text, /^# 4 networks from https:\/\/example\.com\/ip_ranges\.json$/m);
    });
});
