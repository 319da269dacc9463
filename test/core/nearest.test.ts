import { strict as assert } from "node:assert";

import { nearest } from "../../src/core/nearest";

describe("nearest", () => {
    const names = ["us_cell_1", "us_cell_10", "emea_cell_1", "production"];
    const table: readonly (readonly [typed: string, name: string | undefined])[] = [
        ["us_cel_1", "us_cell_1"],
        ["us-cell-10", "us_cell_10"],
        ["US_CELL_1O", "us_cell_1"],
        ["productoin", "production"],
        ["produktoin", "production"],
        ["us_cell_9", "us_cell_1"],
        ["gov", undefined],
        ["", undefined],
        ["x".repeat(100_000), undefined],
    ];
    for (const [typed, name] of table) {
        it(`finds ${name ?? "nothing"} for ${typed.slice(0, 20)}`, () => assert.equal(nearest(typed, names), name));
    }

    it("finds nothing among nothing", () => assert.equal(nearest("us_cell_1", []), undefined));
});
