import { strict as assert } from "node:assert";
import fc from "fast-check";
import { type cidrsOf, mergeSpans, sameAddresses, subtractSpans } from "../../../src/core/addresses/spans";
import { cutCells, diffCells, networksOf } from "../../../src/core/ranges/networks";
import { cellsOf, snapshot, someCells, textsOf } from "../../support/cells";

const published = (networks: Readonly<Record<string, readonly string[]>>) =>
    textsOf(networksOf(cellsOf(networks), "published"));
const aggregated = (networks: Readonly<Record<string, readonly string[]>>) =>
    textsOf(networksOf(cellsOf(networks), "aggregated"));

describe("networksOf", () => {
    it("gives each published network once, and none that lies in another", () => {
        const cells = { a: ["1.2.3.4/32", "1.2.3.8/32"], b: ["1.2.3.4/31", "1.2.3.8/32"] };
        assert.deepEqual(published(cells), ["1.2.3.4/31", "1.2.3.8/32"]);
    });

    it("aggregates neighbours of several cells into the fewest CIDRs", () => {
        const cells = { a: ["1.2.3.4/32", "1.2.3.7/32"], b: ["1.2.3.5/32", "1.2.3.6/32", "1.2.3.8/32"] };
        assert.deepEqual(aggregated(cells), ["1.2.3.4/30", "1.2.3.8/32"]);
    });

    for (const cut of ["published", "aggregated"] as const) {
        it(`loses and adds no address: ${cut}`, () => {
            fc.assert(
                fc.property(someCells, (cells) => {
                    const networks = networksOf(cells, cut);
                    assert.ok(
                        sameAddresses(
                            networks,
                            cells.flatMap(({ spans }) => spans),
                        ),
                    );
                    assert.ok(textsOf(networks).every((text) => text.includes("/")));
                }),
            );
        });
    }

    it("is minimal: no two CIDRs of it are one, and a naive halving of everything finds no fewer", () => {
        fc.assert(
            fc.property(someCells, (cells) => {
                const networks = networksOf(cells, "aggregated");
                assert.deepEqual(textsOf(networks), textsOf(fewest(mergeSpans(networks), 0x0a000000, 64)));
            }),
        );
    });

    it("says the same when it is given what it said", () => {
        fc.assert(
            fc.property(someCells, (cells) => {
                const once = cutCells(cells, "aggregated");
                assert.deepEqual(cutCells(once, "aggregated"), once);
            }),
        );
    });

    it("brings 4,791 entries of Okta's file to 1,850 networks, and these to fewer", () => {
        const cells = snapshot();
        assert.equal(networksOf(cells, "published").length, 1850);
        const fewer = networksOf(cells, "aggregated");
        assert.ok(sameAddresses(fewer, networksOf(cells, "published")));
        assert.equal(fewer.length, 1850);
    });
});

/** The whole of a block where all of it is there, else of its halves: the definition of the fewest CIDRs. */
function fewest(held: ReturnType<typeof mergeSpans>, low: number, size: number): ReturnType<typeof cidrsOf> {
    const block = { low, high: low + size - 1 };
    const lacking = subtractSpans(block, held);
    if (lacking.length === 0) return [block];
    if (size === 1) return [];
    return [...fewest(held, low, size / 2), ...fewest(held, low + size / 2, size / 2)];
}

describe("diffCells", () => {
    const diff = (before: readonly string[], after: readonly string[]) => {
        const { added, removed } = diffCells(cellsOf({ a: before }), cellsOf({ a: after }), "published");
        return [textsOf(added), textsOf(removed)];
    };
    const table: readonly (readonly [
        what: string,
        before: string[],
        after: string[],
        added: string[],
        removed: string[],
    ])[] = [
        ["nothing", ["1.2.3.4/32"], ["1.2.3.4/32"], [], []],
        ["an address that came", ["1.2.3.4/32"], ["1.2.3.4/32", "9.9.9.9/32"], ["9.9.9.9/32"], []],
        ["one for another", ["1.2.3.4/32"], ["9.9.9.9/32"], ["9.9.9.9/32"], ["1.2.3.4/32"]],
        ["a network that grew", ["1.2.3.4/31"], ["1.2.3.4/30"], ["1.2.3.6/31"], []],
        [
            "a network that lost its middle",
            ["1.2.3.4/30"],
            ["1.2.3.4/32", "1.2.3.7/32"],
            [],
            ["1.2.3.5/32", "1.2.3.6/32"],
        ],
        ["the same, cut otherwise", ["1.2.3.4/31"], ["1.2.3.4/32", "1.2.3.5/32"], [], []],
    ];
    for (const [what, before, after, added, removed] of table) {
        it(`finds ${what}`, () => assert.deepEqual(diff(before, after), [added, removed]));
    }

    it("does not count an address that went to another cell", () => {
        const { added, removed } = diffCells(cellsOf({ a: ["1.2.3.4"] }), cellsOf({ b: ["1.2.3.4"] }), "published");
        assert.deepEqual([added, removed], [[], []]);
    });

    for (const cut of ["published", "aggregated"] as const) {
        it(`leads from the old to the new, and the other way round: ${cut}`, () => {
            fc.assert(
                fc.property(someCells, someCells, (before, after) => {
                    const { added, removed } = diffCells(before, after, cut);
                    const taken = mergeSpans(removed);
                    const left = networksOf(before, cut).flatMap((network) => subtractSpans(network, taken));
                    assert.ok(sameAddresses([...left, ...added], networksOf(after, cut)));
                    assert.deepEqual(diffCells(after, before, cut), { added: removed, removed: added });
                }),
            );
        });
    }
});
