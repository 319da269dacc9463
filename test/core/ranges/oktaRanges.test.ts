import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { formatSpan } from "../../../src/core/addresses/ip";
import { hasCode } from "../../../src/core/errors/errors";
import { readOktaRanges } from "../../../src/core/ranges/oktaRanges";

const cell = (...entries: readonly unknown[]) => ({ us_cell_1: { ip_ranges: entries } });

function read(document: unknown) {
    const { cells, leftOut } = readOktaRanges(document);
    return { cells: Object.fromEntries(cells.map(({ name, spans }) => [name, spans.map(formatSpan)])), leftOut };
}

describe("readOktaRanges", () => {
    const GOOD: readonly (readonly [what: string, document: unknown, cells: Record<string, string[]>])[] = [
        ["a cell as Okta publishes it", cell("1.2.3.4/32"), { us_cell_1: ["1.2.3.4/32"] }],
        ["a cell as we print it", { cells: { us_cell_1: ["1.2.3.4/32"] } }, { us_cell_1: ["1.2.3.4/32"] }],
        ["an address without a prefix", cell("1.2.3.4"), { us_cell_1: ["1.2.3.4/32"] }],
        [
            "an entry twice, and one within another",
            cell("1.2.3.4/32", "1.2.3.4/30", "1.2.3.4/32"),
            { us_cell_1: ["1.2.3.4/30"] },
        ],
        ["neighbours, each by itself", cell("1.2.3.5/32", "1.2.3.4/32"), { us_cell_1: ["1.2.3.4/32", "1.2.3.5/32"] }],
        [
            "a cell without entries, beside one that has some",
            { us_cell_1: { ip_ranges: [] }, us_cell_2: { ip_ranges: ["1.2.3.4/32"] } },
            { us_cell_1: [], us_cell_2: ["1.2.3.4/32"] },
        ],
        [
            "cells in the order that people count in",
            { us_cell_10: { ip_ranges: ["1.2.3.4/32"] }, us_cell_2: { ip_ranges: [] } },
            { us_cell_2: [], us_cell_10: ["1.2.3.4/32"] },
        ],
        [
            "a cell that is called cells",
            { cells: { ip_ranges: ["1.2.3.4/32"], note: "more" } },
            { cells: ["1.2.3.4/32"] },
        ],
        ["the widest network that it takes", cell("10.0.0.0/8"), { us_cell_1: ["10.0.0.0/8"] }],
    ];
    for (const [what, document, cells] of GOOD) {
        it(`reads ${what}`, () => {
            const found = read(document);
            assert.deepEqual(found, { cells, leftOut: [] });
            assert.deepEqual(Object.keys(found.cells), Object.keys(cells));
        });
    }

    it("leaves IPv6 out, and reports it", () => {
        assert.deepEqual(read(cell("2001:db8::/32", "1.2.3.4/32", "::1")), {
            cells: { us_cell_1: ["1.2.3.4/32"] },
            leftOut: [
                { cell: "us_cell_1", entry: "2001:db8::/32" },
                { cell: "us_cell_1", entry: "::1" },
            ],
        });
    });

    const many = (count: number, entries: readonly string[]) =>
        Object.fromEntries(Array.from({ length: count }, (_, index) => [`cell_${index}`, { ip_ranges: entries }]));

    const noList = (name: string) =>
        `the cell "${name}" has no list "ip_ranges": it has to be Okta's document of ranges`;

    const BAD: readonly (readonly [document: unknown, says: string])[] = [
        [[], "it is a list and not an object of cells"],
        ["no", 'it is "no" and not an object of cells'],
        [null, "it is null and not an object of cells"],
        [{}, "it lists no address at all"],
        [cell(), "it lists no address at all"],
        [cell("2001:db8::/32"), "it lists no address at all"],
        [{ cells: {} }, "it lists no address at all"],
        [{ us_cell_1: ["1.2.3.4/32"] }, noList("us_cell_1")],
        [{ us_cell_1: { ip_ranges: "1.2.3.4/32" } }, noList("us_cell_1")],
        [{ us_cell_1: null }, noList("us_cell_1")],
        [{ error: "AccessDenied" }, noList("error")],
        [{ "us cell\n1": { ip_ranges: [] } }, '"us cell\\n1" is not the name of a cell, such as us_cell_1'],
        [
            cell("1.2.3.4/32", "1.2.3.4/24"),
            'cell us_cell_1, entry 2: "1.2.3.4/24" has host bits; write 1.2.3.0/24 or 1.2.3.4/32',
        ],
        [cell("1.2.3.4/33"), 'cell us_cell_1, entry 1: "1.2.3.4/33" has a prefix longer than 32 bits'],
        [cell("1.2.3.4-1.2.3.9"), 'cell us_cell_1, entry 1: "1.2.3.4-1.2.3.9" is not an address or a CIDR'],
        [cell(7), "cell us_cell_1, entry 1: 7 is not an address or a CIDR"],
        [cell(["1.2.3.4/32"]), "cell us_cell_1, entry 1: a list is not an address or a CIDR"],
        [cell("okta.com"), 'cell us_cell_1, entry 1: "okta.com" is not an IPv4 address, CIDR or range'],
        [cell("1.2.3.4:443"), 'cell us_cell_1, entry 1: "1.2.3.4:443" is not an IPv4 address, CIDR or range'],
        [cell("0.0.0.0/0"), 'cell us_cell_1, entry 1: "0.0.0.0/0" is wider than a /8'],
        [cell("10.0.0.0/7"), 'cell us_cell_1, entry 1: "10.0.0.0/7" is wider than a /8'],
        [many(1001, ["1.2.3.4/32"]), "it has 1001 cells, more than 1000"],
        [many(601, Array(100).fill("1.2.3.4/32")), "it has 60100 entries, more than 60000"],
    ];
    for (const [document, says] of BAD) {
        it(`refuses it where ${says.slice(0, 90)}`, () => {
            assert.throws(
                () => readOktaRanges(document),
                (error) => hasCode(error, "ranges-unreadable") && error.message === says,
            );
        });
    }

    it("reads all of Okta's file of July 2026", () => {
        const path = join(__dirname, "../../fixtures/okta_ip_ranges.json");
        const { cells, leftOut } = readOktaRanges(JSON.parse(readFileSync(path, "utf8")));
        const counts = Object.fromEntries(cells.map(({ name, spans }) => [name, spans.length]));
        assert.deepEqual([cells.length, leftOut], [24, []]);
        assert.deepEqual(
            [counts.us_cell_1, counts.us_cell_7, counts.us_cell_17, counts.emea_cell_1, counts.preview_pam_cell_1],
            [464, 436, 1, 405, 18],
        );
        assert.equal(
            Object.values(counts).reduce((sum, count) => sum + count, 0),
            4791,
        );
    });
});
