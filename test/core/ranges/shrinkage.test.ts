import { strict as assert } from "node:assert";

import { shrinkage } from "../../../src/core/ranges/shrinkage";
import { addresses, cellsOf, snapshot } from "../../support/cells";

const OTHERS = "172.16.0.0";

describe("shrinkage", () => {
    const a = addresses(464);
    const table: readonly (readonly [what: string, before: object, after: object, says: string | undefined])[] = [
        ["the same", { a }, { a }, undefined],
        ["18 others, 40 more", { a }, { a: [...a.slice(18), ...addresses(40, OTHERS)] }, undefined],
        ["half of a cell gone", { a }, { a: a.slice(232) }, undefined],
        ["more than half of a cell gone", { a }, { a: a.slice(233) }, "the cell a lost 233 of its 464 addresses"],
        ["all of it others", { a }, { a: addresses(464, OTHERS) }, "the cell a lost 464 of its 464 addresses"],
        ["a cell empty", { a, b: ["1.2.3.4"] }, { a: [], b: ["1.2.3.4"] }, "the cell a lost 464 of its 464 addresses"],
        ["a cell gone", { a, b: ["1.2.3.4"] }, { b: ["1.2.3.4"] }, "the cell a is gone"],
        ["all ten of a small cell gone", { a: a.slice(0, 10) }, { a: ["1.2.3.4"] }, undefined],
        ["a small cell gone", { a, b: ["1.2.3.4"] }, { a }, undefined],
        [
            "more than half of all addresses, in small cells",
            { b: a.slice(0, 10), c: a.slice(10, 20), d: ["1.2.3.4"] },
            { d: ["1.2.3.4"] },
            "it lost 20 of its 21 addresses",
        ],
        [
            "wide networks for their addresses",
            { a: ["10.0.0.0/24"] },
            { a: ["10.0.0.0/26"] },
            "the cell a lost 192 of its 256 addresses",
        ],
        ["more of everything", { a }, { a: [...a, ...addresses(1000, OTHERS)], b: ["1.2.3.4"] }, undefined],
    ];
    for (const [what, before, after, says] of table) {
        it(`finds ${says === undefined ? "nothing strange in" : "strange:"} ${what}`, () => {
            assert.equal(shrinkage(cellsOf(before as never), cellsOf(after as never)), says);
        });
    }

    it("finds half of Okta's file strange", () => {
        const cells = snapshot();
        const half = cells.map(({ name, spans }) => ({ name, spans: spans.slice(0, spans.length * 0.45) }));
        assert.match(shrinkage(cells, half) ?? "", /^the cell apac_cell_1 lost \d+ of its \d+ addresses$/);
    });
});
