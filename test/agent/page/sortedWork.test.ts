import { strict as assert } from "node:assert";
import fc from "fast-check";

import { sortedWork } from "../../../src/agent/page/sortedWork";
import { finish } from "../../../src/core/work";

describe("sortedWork", () => {
    it("gives what sorting gives, equal ones in the order in which they came", () => {
        const item = fc.record({ key: fc.nat(40) });
        fc.assert(
            fc.property(fc.array(item, { maxLength: 2000, size: "max" }), (items) => {
                const compare = (a: { key: number }, b: { key: number }) => a.key - b.key;
                const sorted = finish(sortedWork(items, compare));
                const expected = [...items].sort(compare);
                assert.ok(sorted.length === expected.length && sorted.every((each, at) => each === expected[at]));
            }),
            { numRuns: 50 },
        );
    });

    it("takes many steps for many items, each of a few comparisons", () => {
        let [compared, most, last] = [0, 0, 0];
        const items = Array.from({ length: 20_000 }, (_, at) => (at * 7919) % 20_000);
        const counting = (a: number, b: number) => {
            compared++;
            return a - b;
        };
        for (const _ of sortedWork(items, counting)) {
            most = Math.max(most, compared - last);
            last = compared;
        }
        assert.ok(most <= 256 * 9 && compared > 100_000, `${most} of ${compared} comparisons in one step`);
    });
});
