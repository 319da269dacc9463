import { strict as assert } from "node:assert";
import fc from "fast-check";

import { sortedColumn } from "../../../src/core/grants/sortedColumn";
import { finish } from "../../../src/core/work";

describe("a column sorted in slices", () => {
    // Around the length of a piece, and of several of them.
    for (const length of [0, 1, 4095, 4096, 4097, 8192, 12_289, 50_000]) {
        it(`of ${length} numbers is what a sort at once gives`, () => {
            fc.assert(
                fc.property(
                    fc.integer({ min: 1, max: 2 ** 31 - 1 }),
                    fc.constantFrom(3, 1000, 2 ** 32),
                    (seed, most) => {
                        const numbers = Float64Array.from(
                            { length },
                            (_, at) => ((seed * (at + 1)) % 1_000_003) % most,
                        );
                        const expected = numbers.slice().sort();
                        assert.deepEqual(finish(sortedColumn(numbers)), expected);
                    },
                ),
                { numRuns: 10 },
            );
        });
    }

    it("takes a step for a few thousand numbers", () => {
        const steps = [...sortedColumn(new Float64Array(100_000))].length;
        assert.ok(steps >= 50, `${steps} steps`);
    });
});
