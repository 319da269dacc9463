import { strict as assert } from "node:assert";
import fc from "fast-check";

import { backoffMs } from "../../../src/core/time/backoff";

describe("backoffMs", () => {
    const limits = { firstMs: 1000, longestMs: 60_000 };

    for (const [failures, random, ms] of [
        [1, 0, 1000],
        [2, 0, 2000],
        [6, 0, 32_000],
        [7, 0, 60_000],
        [5000, 0, 60_000],
        [1, 0.5, 1125],
        [7, 0.5, 67_500],
    ] as const) {
        it(`is ${ms} ms after failure ${failures} with the random number ${random}`, () => {
            assert.equal(backoffMs(failures, limits, random), ms);
        });
    }

    it("doubles without end if there is no longest pause", () => {
        assert.equal(backoffMs(11, { firstMs: 250 }, 0), 256_000);
    });

    it("never shrinks with more failures, and adds at most a quarter", () => {
        const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
        fc.assert(
            fc.property(fc.integer({ min: 1, max: 2000 }), random, (failures, chance) => {
                const plain = backoffMs(failures, limits, 0);
                assert.ok(backoffMs(failures + 1, limits, 0) >= plain);
                const spread = backoffMs(failures, limits, chance);
                assert.ok(spread >= plain && spread <= plain * 1.25);
            }),
        );
    });
});
