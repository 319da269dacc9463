import { strict as assert } from "node:assert";
import fc from "fast-check";

import { type Cover, coverageOf } from "../../../src/core/addresses/coverage";
import { formatSpan, type Span, spanOf } from "../../../src/core/addresses/ip";

describe("coverageOf", () => {
    const cover = (text: string, untilMs: number): Cover => ({ ...spanOf(text), untilMs });
    const table: readonly (readonly [
        what: string,
        covers: readonly Cover[],
        span: string,
        untilMs: number,
        left: string[],
    ])[] = [
        ["nothing covers it", [], "203.0.113.0/30", 1, ["203.0.113.0/30"]],
        ["a part is covered", [cover("203.0.113.0/31", 5)], "203.0.113.0/30", 4, ["203.0.113.2/31"]],
        ["just until then", [cover("203.0.113.0/30", 5)], "203.0.113.0/30", 5, []],
        ["not for long enough", [cover("203.0.113.0/30", 5)], "203.0.113.0/30", 6, ["203.0.113.0/30"]],
        [
            "an address within it is covered for longer",
            [cover("203.0.113.0/30", 5), cover("203.0.113.1/32", 9)],
            "203.0.113.0/30",
            6,
            ["203.0.113.0/32", "203.0.113.2/31"],
        ],
        ["for ever", [cover("0.0.0.0/0", Infinity)], "255.255.255.255/32", Infinity, []],
        ["at all", [cover("203.0.113.0/32", -5)], "203.0.113.0/31", -Infinity, ["203.0.113.1/32"]],
    ];
    for (const [what, covers, span, untilMs, left] of table) {
        it(`finds what is left: ${what}`, () => {
            assert.deepEqual(coverageOf(covers)(spanOf(span), untilMs).map(formatSpan), left);
        });
    }

    it("finds what a look at each cover finds", () => {
        const span = fc.tuple(fc.nat(30), fc.nat(9)).map(([low, more]): Span => ({ low, high: low + more }));
        const covers = fc.array(fc.tuple(span, fc.constantFrom(1, 2, 3, Infinity)), { maxLength: 12 });
        fc.assert(
            fc.property(covers, span, fc.constantFrom(-Infinity, 1, 2, 3, Infinity), (list, asked, untilMs) => {
                const isLeft = (address: number) =>
                    !list.some(([{ low, high }, until]) => low <= address && address <= high && until >= untilMs);
                const left = coverageOf(list.map(([each, until]) => ({ ...each, untilMs: until })))(asked, untilMs);
                const found = left.flatMap(({ low, high }) => range(low, high));
                assert.deepEqual(found, range(asked.low, asked.high).filter(isLeft));
            }),
        );
    });

    it("takes no time for each of the covers that share an address", () => {
        const shared = Array.from({ length: 100_000 }, (_, index) => cover("203.0.113.7/32", index % 2));
        const missing = coverageOf(shared);
        const span = spanOf("203.0.113.7/32");
        // With a look at each cover these are ten thousand million, beyond the time limit of a test.
        const left = shared.filter(() => missing(span, 1).length > 0);
        assert.equal(left.length, 0);
    });
});

function range(low: number, high: number): number[] {
    return Array.from({ length: high - low + 1 }, (_, index) => low + index);
}
