import { strict as assert } from "node:assert";
import { spanOf } from "../../../src/core/addresses/ip";
import { sameAddresses } from "../../../src/core/addresses/spans";
import { planGateways, type ZoneNow } from "../../../src/core/membership/plan";
import { fewestEntries, fixedProblem } from "../../../src/core/ranges/fixedRanges";
import { SENTINEL } from "../../../src/core/zones/zone";
import { addresses, snapshot, textsOf } from "../../support/cells";

const textsOfCell = (cell: string) => textsOf(snapshot().find(({ name }) => name === cell)?.spans ?? []);

const zonesOf = (count: number, gateways: readonly (readonly string[])[] = []): ZoneNow[] =>
    Array.from({ length: count }, (_, index) => ({
        id: `nzo${index + 1}`,
        limit: 150,
        gateways: gateways[index] ?? [SENTINEL],
    }));

function planOf(ranges: readonly string[], zones: readonly ZoneNow[]) {
    return planGateways({ zones, grants: [], nowMs: 0, staticGateways: ranges.map(spanOf) });
}

describe("fewestEntries", () => {
    it("brings the 436 networks of us_cell_7 to 422 entries, without loss", () => {
        const published = textsOfCell("us_cell_7");
        const entries = fewestEntries(published);
        assert.deepEqual([published.length, entries.length], [436, 422]);
        assert.ok(sameAddresses(published.map(spanOf), entries.map(spanOf)));
    });

    it("takes ranges where no CIDR fits", () => {
        assert.deepEqual(fewestEntries(["10.0.0.3", "10.0.0.1", "10.0.0.2"]), ["10.0.0.1-10.0.0.3"]);
    });
});

describe("ranges in zones", () => {
    it("stay in the zone where they are, when some come and some go", () => {
        const before = fewestEntries(textsOfCell("us_cell_7"));
        const first = planOf(before, zonesOf(3));
        assert.deepEqual([first.refused, first.zones.map(({ gateways }) => gateways.length)], [[], [150, 150, 122]]);
        const after = [...before.filter((_, index) => index % 10 !== 0), ...addresses(20)];
        const next = planOf(
            after,
            zonesOf(
                3,
                first.zones.map(({ gateways }) => gateways),
            ),
        );
        assert.deepEqual(next.refused, []);
        const homes = new Map(first.zones.flatMap(({ id, gateways }) => gateways.map((range) => [range, id] as const)));
        const moved = next.zones.flatMap(({ id, gateways }) =>
            gateways.filter((range) => (homes.get(range) ?? id) !== id),
        );
        assert.deepEqual(moved, []);
        assert.deepEqual(next.zones.flatMap(({ add }) => add).sort(), addresses(20).sort());
    });
});

describe("fixedProblem", () => {
    const a = addresses(40);
    const check = (before: readonly string[], after: readonly string[], isConfirmed = false, shards = 1) =>
        fixedProblem({ plan: planOf(after, zonesOf(shards)), before, after, isConfirmed });

    it("finds nothing wrong with ranges that have room, the first time and later", () => {
        assert.equal(check([], a), undefined);
        assert.equal(check(a, a.slice(20)), undefined);
        assert.equal(check(a, addresses(450), false, 3), undefined);
    });

    it("does not take an empty list", () => {
        assert.equal(
            check(a, [], true),
            "the ranges are empty: a zone without them is made by taking it out of the program",
        );
    });

    it("says how many zones it takes", () => {
        assert.equal(
            check([], addresses(436)),
            "436 ranges are too many: 1 zone has room for 150, and 286 of them find none, such as 10.0.1.44/32; set shards: 3",
        );
        assert.equal(
            check([], addresses(301), false, 2),
            "301 ranges are too many: 2 zones have room for 300, and 1 of them find none, such as 10.0.2.88/32; set shards: 3",
        );
    });

    it("asks for one zone more where neighbours in different zones could not be merged", () => {
        const plan = {
            ...planOf(a, zonesOf(2)),
            refused: [{ id: "static 10.0.0.0/32", reason: "no room", kind: "room" as const }],
        };
        const problem = fixedProblem({ plan, before: [], after: a, isConfirmed: false });
        assert.match(problem ?? "", /^40 ranges are too many: 2 zones .*, and 1 of them find none, .*; set shards: 3$/);
    });

    it("suspects a list that lost more than half, until that is confirmed", () => {
        const says =
            "the ranges look cut: the list lost 28 of its 40 addresses; look at them, and set confirmRemovals: true for one run";
        assert.equal(check(a, a.slice(28)), says);
        assert.equal(check(a, a.slice(28), true), undefined);
    });
});
