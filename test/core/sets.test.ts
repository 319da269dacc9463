import { strict as assert } from "node:assert";
import fc from "fast-check";

import { isSameSet, sameMembers } from "../../src/core/sets";

describe("sameMembers", () => {
    for (const [these, those, expected] of [
        [[], [], true],
        [["a", "b"], ["b", "a"], true],
        [["a", "a"], ["a"], true],
        [["a"], [], false],
        [[], ["a"], false],
        [["a", "b"], ["a", "c"], false],
        [["a", "a"], ["a", "b"], false],
    ] as const) {
        it(`says ${expected} of ${JSON.stringify(these)} and ${JSON.stringify(those)}`, () => {
            assert.equal(sameMembers(these, those), expected);
        });
    }

    it("is the same as comparing them sorted, without repetition", () => {
        const list = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 4 });
        const naive = (each: readonly string[]) => [...new Set(each)].sort().join();
        fc.assert(fc.property(list, list, (a, b) => sameMembers(a, b) === (naive(a) === naive(b))));
    });
});

describe("isSameSet", () => {
    it("is the same as sameMembers of their members", () => {
        const list = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 4 });
        fc.assert(fc.property(list, list, (a, b) => isSameSet(new Set(a), new Set(b)) === sameMembers(a, b)));
        const one = new Set(["a"]);
        assert.equal(isSameSet(one, one), true);
    });
});
