import { strict as assert } from "node:assert";
import fc from "fast-check";

import { formatSpan, type Span, sizeOf, spanOf } from "../../../src/core/addresses/ip";
import {
    cidrsOf,
    coversSpan,
    mergeSpans,
    overlapsSpan,
    sameAddresses,
    separateSpans,
    subtractSpans,
} from "../../../src/core/addresses/spans";

// Sixteen addresses at either end of the address space, so that spans collide, and end where it ends.
const START = fc.constantFrom(0, 2 ** 32 - 16);
const within = (start: number) =>
    fc
        .tuple(fc.nat(15), fc.nat(15))
        .map(([a, b]): Span => ({ low: start + Math.min(a, b), high: start + Math.max(a, b) }));
const lists = (...sizes: readonly number[]) =>
    START.chain((start) => fc.tuple(...sizes.map((maxLength) => fc.array(within(start), { maxLength }))));
const span = START.chain(within);

/** The naive restatement: every address, one by one. */
function addressesOf(spans: readonly Span[]): Set<number> {
    return new Set(spans.flatMap((span) => Array.from({ length: sizeOf(span) }, (_, index) => span.low + index)));
}

const sorted = (addresses: Iterable<number>) => [...addresses].sort((a, b) => a - b);
const texts = (spans: readonly Span[]) => spans.map(formatSpan);

/** Whether each span begins more than `gap` addresses after the one before it ends. */
function areApart(spans: readonly Span[], gap: number): boolean {
    return spans.every(({ low }, index) => index === 0 || low - (spans[index - 1]?.high ?? Infinity) > gap);
}

describe("mergeSpans", () => {
    const table: [what: string, spans: string[], merged: string[]][] = [
        ["nothing", [], []],
        ["neighbours", ["203.0.113.4", "203.0.113.5", "203.0.113.6/31"], ["203.0.113.4/30"]],
        ["what lies in another", ["10.0.0.0/24", "10.0.0.7"], ["10.0.0.0/24"]],
        ["what stands in any order", ["10.0.0.9", "10.0.0.1"], ["10.0.0.1/32", "10.0.0.9/32"]],
        ["overlaps", ["10.0.0.1-10.0.0.5", "10.0.0.3-10.0.0.9"], ["10.0.0.1-10.0.0.9"]],
        ["the two halves of everything", ["128.0.0.0/1", "0.0.0.0/1"], ["0.0.0.0/0"]],
    ];
    for (const [what, spans, merged] of table) {
        it(`merges ${what}`, () => assert.deepEqual(texts(mergeSpans(spans.map(spanOf))), merged));
    }

    it("holds the same addresses, in the fewest spans", () => {
        fc.assert(
            fc.property(lists(8), ([spans = []]) => {
                const merged = mergeSpans(spans);
                assert.deepEqual(sorted(addressesOf(merged)), sorted(addressesOf(spans)));
                assert.ok(areApart(merged, 1));
            }),
        );
    });

    it("leaves the list that it was given as it is", () => {
        const spans = Object.freeze(["10.0.0.9", "10.0.0.1"].map(spanOf).map(Object.freeze)) as readonly Span[];
        mergeSpans(spans);
        assert.deepEqual(texts(spans), ["10.0.0.9/32", "10.0.0.1/32"]);
    });

    it("merges 100,000 addresses, every third one missing", () => {
        const low = spanOf("10.0.0.0").low;
        const numbers = Array.from({ length: 150_000 }, (_, index) => index).filter((index) => index % 3 !== 2);
        // 7919 and 100,000 have no common factor, so this visits each of them once, in a wild order.
        const shuffled = numbers.map((_, index) => numbers[(index * 7919) % numbers.length] ?? 0);
        const merged = mergeSpans(shuffled.map((index) => ({ low: low + index, high: low + index })));
        assert.equal(merged.length, 50_000);
        assert.ok(merged.every((span, index) => span.low === low + index * 3 && span.high === low + index * 3 + 1));
    });
});

describe("separateSpans", () => {
    it("leaves neighbours entries of their own", () => {
        const spans = ["10.0.0.2", "10.0.0.1", "10.0.0.1"].map(spanOf);
        assert.deepEqual(texts(separateSpans(spans)), ["10.0.0.1/32", "10.0.0.2/32"]);
    });

    it("holds the same addresses, apart, and cuts no entry", () => {
        fc.assert(
            fc.property(lists(8), ([spans = []]) => {
                const separate = separateSpans(spans);
                assert.deepEqual(sorted(addressesOf(separate)), sorted(addressesOf(spans)));
                assert.ok(areApart(separate, 0));
                for (const span of spans) {
                    assert.ok(separate.some(({ low, high }) => low <= span.low && span.high <= high));
                }
            }),
        );
    });
});

describe("subtractSpans", () => {
    const table: [span: string, taken: string[], left: string[]][] = [
        ["10.0.0.0/29", [], ["10.0.0.0/29"]],
        ["10.0.0.0/29", ["10.0.0.3"], ["10.0.0.0-10.0.0.2", "10.0.0.4/30"]],
        ["10.0.0.0/29", ["10.0.0.0", "10.0.0.7"], ["10.0.0.1-10.0.0.6"]],
        ["10.0.0.0/29", ["0.0.0.0/0"], []],
        ["10.0.0.0/29", ["9.0.0.0/8", "11.0.0.0/8"], ["10.0.0.0/29"]],
        ["0.0.0.0/0", ["0.0.0.0", "255.255.255.255"], ["0.0.0.1-255.255.255.254"]],
    ];
    for (const [span, taken, left] of table) {
        it(`leaves ${left.join(" and ") || "nothing"} of ${span} without ${taken.join(" and ") || "nothing"}`, () => {
            assert.deepEqual(texts(subtractSpans(spanOf(span), taken.map(spanOf))), left);
        });
    }

    it("leaves what a naive reader leaves, in order and as one piece where it is one", () => {
        fc.assert(
            fc.property(lists(1, 6), ([spans = [], taken = []]) => {
                const out = addressesOf(taken);
                for (const span of spans) {
                    const left = subtractSpans(span, separateSpans(taken));
                    assert.deepEqual(
                        sorted(addressesOf(left)),
                        sorted(addressesOf([span])).filter((address) => !out.has(address)),
                    );
                    assert.ok(areApart(left, 1));
                }
            }),
        );
    });
});

describe("coversSpan and overlapsSpan", () => {
    it("say what a naive reader says", () => {
        fc.assert(
            fc.property(lists(6, 1), ([list = [], spans = []]) => {
                const held = addressesOf(list);
                for (const span of spans) {
                    const addresses = sorted(addressesOf([span]));
                    const isHeld = (address: number) => held.has(address);
                    assert.equal(coversSpan(separateSpans(list), span), addresses.every(isHeld));
                    assert.equal(coversSpan(mergeSpans(list), span), addresses.every(isHeld));
                    assert.equal(overlapsSpan(separateSpans(list), span), addresses.some(isHeld));
                }
            }),
        );
    });

    it("find a span that only several entries cover together", () => {
        const list = ["10.0.0.0/31", "10.0.0.2/31"].map(spanOf);
        assert.equal(coversSpan(list, spanOf("10.0.0.1-10.0.0.2")), true);
        assert.equal(coversSpan(list, spanOf("10.0.0.1-10.0.0.4")), false);
    });
});

describe("sameAddresses", () => {
    const table: [a: string[], b: string[], same: boolean][] = [
        [[], [], true],
        [["10.0.0.0/31"], ["10.0.0.1", "10.0.0.0"], true],
        [["10.0.0.0/24"], ["10.0.0.0-10.0.0.255", "10.0.0.9"], true],
        [["10.0.0.0/31"], ["10.0.0.0"], false],
        [["10.0.0.0"], [], false],
        [[], ["10.0.0.0"], false],
        [["10.0.0.0"], ["10.0.0.1"], false],
        [["10.0.0.0/31"], ["10.0.0.0/30"], false],
    ];
    for (const [a, b, same] of table) {
        it(`says ${same} of ${a.join(", ") || "nothing"} and ${b.join(", ") || "nothing"}`, () => {
            assert.equal(sameAddresses(a.map(spanOf), b.map(spanOf)), same);
        });
    }

    it("says what a naive reader says", () => {
        fc.assert(
            fc.property(lists(4, 4), ([a = [], b = []]) => {
                const [x, y] = [sorted(addressesOf(a)), sorted(addressesOf(b))];
                assert.equal(sameAddresses(a, b), x.join() === y.join());
            }),
        );
    });
});

describe("cidrsOf", () => {
    const table: [span: string, cidrs: string[]][] = [
        ["10.0.0.1", ["10.0.0.1/32"]],
        ["10.0.0.0/24", ["10.0.0.0/24"]],
        ["10.0.0.1-10.0.0.6", ["10.0.0.1/32", "10.0.0.2/31", "10.0.0.4/31", "10.0.0.6/32"]],
        ["0.0.0.0/0", ["0.0.0.0/0"]],
        ["127.255.255.255-128.0.0.0", ["127.255.255.255/32", "128.0.0.0/32"]],
        ["255.255.255.254-255.255.255.255", ["255.255.255.254/31"]],
    ];
    for (const [span, cidrs] of table) {
        it(`cuts ${span} into ${cidrs.length}`, () => assert.deepEqual(texts(cidrsOf(spanOf(span))), cidrs));
    }

    it("holds the same addresses, in order, in CIDRs of which no two make a larger one", () => {
        fc.assert(
            fc.property(span, (span) => {
                const cidrs = cidrsOf(span);
                assert.deepEqual(sorted(addressesOf(cidrs)), sorted(addressesOf([span])));
                assert.ok(areApart(cidrs, 0));
                for (const [index, cidr] of cidrs.entries()) {
                    assert.match(formatSpan(cidr), /\//);
                    const next = cidrs[index + 1];
                    assert.ok(next === undefined || !formatSpan({ low: cidr.low, high: next.high }).includes("/"));
                }
            }),
        );
    });

    it("needs at most 62 for any span", () => {
        assert.equal(cidrsOf({ low: 1, high: 2 ** 32 - 2 }).length, 62);
    });
});
