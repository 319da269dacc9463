import { strict as assert } from "node:assert";
import fc from "fast-check";

import { compareSpans, formatSpan, type Span, sizeOf, spanOf } from "../../../src/core/addresses/ip";
import { coversSpan, mergeSpans, overlapsSpan, sameAddresses, separateSpans } from "../../../src/core/addresses/spans";
import { assignShards, type ShardNow } from "../../../src/core/membership/shards";

type Texts = readonly string[];

const spans = (texts: Texts) => separateSpans(texts.map(spanOf));
const [P, Q, R, S] = ["10.0.0.1/32", "10.0.0.3/32", "10.0.0.5/32", "10.0.0.7/32"] as const;

/** A run of two addresses, and one of three. */
const HALVES = ["10.0.0.0", "10.0.0.1", "10.0.0.4", "10.0.0.5", "10.0.0.6"];

function assign(shards: readonly Texts[], limit: number, wanted: Texts, fixed: Texts = []): string[][] {
    const assigned = assignShards({
        shards: shards.map((shard) => ({ spans: spans(shard), limit })),
        fixed: spans(fixed),
        wanted: spans([...fixed, ...wanted]),
    });
    return assigned.map((entries) => entries.map(formatSpan));
}

describe("assignShards", () => {
    const table: [what: string, input: Parameters<typeof assign>, shards: string[][]][] = [
        ["leaves what is wanted where it is", [[[Q], [P]], 9, [P, Q]], [[Q], [P]]],
        ["takes out what is not wanted", [[[P, Q], [R]], 9, [Q]], [[Q], []]],
        ["fills the first shard first", [[[], []], 2, [P, Q, R]], [[P, Q], [R]]],
        ["leaves the last newcomers out where nothing touches", [[[S], []], 1, [P, Q, S]], [[S], [P]]],
        ["gives fixed entries room before the others", [[[]], 1, [P], [Q]], [[Q]]],
        ["does not throw out a tenant for a fixed entry", [[[P]], 1, [P], [Q]], [[P]]],
        [
            "puts a range that two shards hold where its first part is",
            [[["10.0.0.0/31"], ["10.0.0.2/31"]], 9, ["10.0.0.0/30"]],
            [["10.0.0.0/30"], []],
        ],
        ["leaves an entry that grew where it was", [[[], [P]], 9, ["10.0.0.0/29"]], [[], ["10.0.0.0/29"]]],
        [
            "prefers the shard that holds the whole of an entry",
            [[["10.0.0.1"], ["10.0.0.0/30"]], 9, ["10.0.0.0/31"]],
            [[], ["10.0.0.0/31"]],
        ],
        [
            "moves what a shard cannot keep before it takes in newcomers",
            [[["10.0.0.0/29"], []], 1, ["10.0.0.0", "10.0.0.7", "10.0.0.9"]],
            [["10.0.0.0/32"], ["10.0.0.7/32"]],
        ],
        [
            "merges with a neighbour where there is no other room",
            [[[P], [S]], 1, [P, S, "10.0.0.2", "10.0.0.8"]],
            [["10.0.0.1-10.0.0.2"], ["10.0.0.7-10.0.0.8"]],
        ],
        [
            "merges two neighbours for a third who has none",
            [[[P, "10.0.0.2/32"]], 2, [P, "10.0.0.2", S]],
            [["10.0.0.1-10.0.0.2", S]],
        ],
        [
            "merges the longest run first, and no more than it has to",
            [[HALVES], 3, HALVES],
            [["10.0.0.0/32", "10.0.0.1/32", "10.0.0.4-10.0.0.6"]],
        ],
        [
            "keeps a tenant whom only a newcomer joins to the others",
            [[["10.0.0.0-10.0.0.9", "10.0.0.11-10.0.0.19"]], 2, ["10.0.0.0", "10.0.0.9", "10.0.0.10", "10.0.0.11"]],
            [["10.0.0.0/32", "10.0.0.9-10.0.0.11"]],
        ],
        [
            "lets a displaced tenant in before a newcomer where merging makes a place",
            [
                [["10.0.0.0-10.0.0.9", "10.0.0.11", "10.0.0.30-10.0.0.39"]],
                3,
                ["10.0.0.0", "10.0.0.9", "10.0.0.10", "10.0.0.11", "10.0.0.30", "10.0.0.50"],
            ],
            [["10.0.0.0/32", "10.0.0.9-10.0.0.11", "10.0.0.30/32"]],
        ],
        [
            "does not spend a place on what touches one that has just come in",
            [
                [
                    ["10.0.0.0", "10.0.0.1"],
                    ["10.0.0.20", "10.0.0.21"],
                ],
                2,
                ["10.0.0.0", "10.0.0.1", "10.0.0.20", "10.0.0.21", "10.0.0.6", "10.0.0.40"],
                ["10.0.0.5"],
            ],
            [
                ["10.0.0.0/31", "10.0.0.5-10.0.0.6"],
                ["10.0.0.20/31", "10.0.0.40/32"],
            ],
        ],
        ["makes nothing of no wishes", [[[P], [Q]], 1, []], [[], []]],
    ];
    for (const [what, input, shards] of table) {
        it(what, () => assert.deepEqual(assign(...input), shards));
    }
});

describe("the laws of assignShards", () => {
    const span = fc
        .tuple(fc.nat(20), fc.constantFrom(0, 0, 0, 1, 3))
        .map(([low, more]): Span => ({ low, high: low + more }));
    const list = (maxLength: number) => fc.array(span, { maxLength }).map(separateSpans);
    const shards = fc.array(fc.record({ spans: list(4), limit: fc.integer({ min: 1, max: 4 }) }), {
        minLength: 1,
        maxLength: 3,
    });
    const inputs = fc
        .record({ shards, fixed: list(2), others: list(8) })
        .map(({ shards, fixed, others }) => ({ shards, fixed, wanted: separateSpans([...fixed, ...others]) }));
    /** Shards as they are after a round: nothing in two of them. */
    const settled = (shards: readonly ShardNow[], entries: readonly (readonly Span[])[]): ShardNow[] =>
        shards.map(({ limit }, index) => ({ limit, spans: entries[index] ?? [] }));

    it("each shard is within its limit, sorted and apart", () => {
        fc.assert(
            fc.property(inputs, (input) => {
                for (const [index, entries] of assignShards(input).entries()) {
                    assert.ok(entries.length <= (input.shards[index]?.limit ?? 0));
                    assert.deepEqual(entries, separateSpans(entries));
                }
            }),
        );
    });

    it("nobody is inside who is not wanted, nor anybody twice", () => {
        fc.assert(
            fc.property(inputs, (input) => {
                const entries = assignShards(input).flat();
                const wanted = mergeSpans(input.wanted);
                for (const span of entries) assert.ok(coversSpan(wanted, span));
                const held = entries.reduce((sum, span) => sum + sizeOf(span), 0);
                assert.equal(
                    held,
                    mergeSpans(entries).reduce((sum, span) => sum + sizeOf(span), 0),
                );
            }),
        );
    });

    it("no wanted entry is inside in part", () => {
        fc.assert(
            fc.property(inputs, (input) => {
                const inside = mergeSpans(assignShards(input).flat());
                for (const span of input.wanted) {
                    assert.equal(coversSpan(inside, span), overlapsSpan(inside, span), formatSpan(span));
                }
            }),
        );
    });

    it("all of it is inside, entry by entry, where there is a place for each", () => {
        fc.assert(
            fc.property(inputs, (input) => {
                const room = Math.min(...input.shards.map(({ limit }) => limit));
                fc.pre(input.wanted.length <= room);
                assert.deepEqual(assignShards(input).flat().sort(compareSpans), input.wanted);
            }),
        );
    });

    it("all of it is inside one shard as long as it fits when merged", () => {
        fc.assert(
            fc.property(inputs, ({ shards: [shard = { spans: [], limit: 1 }], fixed, wanted }) => {
                fc.pre(mergeSpans(wanted).length <= shard.limit);
                const [entries = []] = assignShards({ shards: [shard], fixed, wanted });
                assert.ok(sameAddresses(entries, wanted));
            }),
        );
    });

    it("a tenant who is still wanted stays in the shard, if that shard alone has room for its tenants", () => {
        fc.assert(
            fc.property(inputs, (input) => {
                const assigned = assignShards(input);
                const first = input.shards[0] ?? { spans: [], limit: 0 };
                const tenants = input.wanted.filter((span) => coversSpan(first.spans, span));
                const guests = input.wanted.filter(
                    (span) => overlapsSpan(first.spans, span) && !coversSpan(first.spans, span),
                );
                fc.pre(mergeSpans([...tenants, ...guests]).length <= first.limit);
                for (const span of tenants) assert.ok(coversSpan(mergeSpans(assigned[0] ?? []), span));
            }),
        );
    });

    it("assigning the outcome again moves no address", () => {
        fc.assert(
            fc.property(inputs, (input) => {
                const once = assignShards(input);
                const twice = assignShards({ ...input, shards: settled(input.shards, once) });
                for (const [index, entries] of once.entries()) assert.ok(sameAddresses(entries, twice[index] ?? []));
            }),
        );
    });

    it("a place is left free only if nobody waits for one", () => {
        fc.assert(
            fc.property(inputs, (input) => {
                const assigned = assignShards(input);
                const inside = mergeSpans(assigned.flat());
                fc.pre(input.wanted.some((span) => !coversSpan(inside, span)));
                for (const [index, { limit }] of input.shards.entries()) {
                    assert.equal(mergeSpans(assigned[index] ?? []).length, limit);
                }
            }),
        );
    });
});
