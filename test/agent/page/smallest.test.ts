import { strict as assert } from "node:assert";
import fc from "fast-check";

import { smallest } from "../../../src/agent/page/smallest";

describe("smallest", () => {
    it("gives what sorting gives, equal ones in the order in which they came", () => {
        const pairs = fc.array(fc.tuple(fc.nat(6), fc.nat()), { maxLength: 60 });
        fc.assert(
            fc.property(pairs, fc.integer({ min: 1, max: 70 }), (all, count) => {
                const compare = ([a]: [number, number], [b]: [number, number]) => a - b;
                assert.deepEqual(smallest(all, count, compare), [...all].sort(compare).slice(0, count));
            }),
        );
    });
});
