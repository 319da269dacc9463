import { strict as assert } from "node:assert";
import { spanOf } from "../../../src/core/addresses/ip";
import type { Grant } from "../../../src/core/grants/grants";
import { changes } from "../../../src/core/membership/plan";
import { SENTINEL } from "../../../src/core/zones/zone";
import { A, B, C, grant, NOW } from "../../support/grants";
import { gatewaysOf, plan, type Zones } from "../../support/plans";

const NEXT_TO_A = "198.51.100.2/32";

describe("planGateways", () => {
    // Row by row the table in the doc comment, then what it leaves out.
    const table: [because: string, zones: Zones, room: number, grants: Grant[], then: Zones, refused?: string[]][] = [
        ["a zone is never empty", [[SENTINEL]], 150, [], [[SENTINEL]]],
        ["the first grant replaces the sentinel", [[SENTINEL]], 150, [grant(A)], [[A]]],
        ["gateways stand in address order", [[B]], 150, [grant(A), grant(B)], [[A, B]]],
        ["a gateway goes when its grant is gone", [[A, B]], 150, [grant(B)], [[B]]],
        ["the last grant leaves the sentinel behind", [[B]], 150, [], [[SENTINEL]]],
        ["a gateway that nobody was granted is drift", [[A, C]], 150, [grant(A)], [[A]]],
        ["an emptied zone is drift too", [[]], 150, [], [[SENTINEL]]],
        ["two grants of one address need one gateway", [[A]], 150, [grant(A), grant(A, 5)], [[A]]],
        [
            "what lies in another gateway needs none of its own",
            [[SENTINEL]],
            150,
            [grant(A), grant("198.51.100.0/24")],
            [["198.51.100.0/24"]],
        ],
        ["those already in stay; newcomers find no room", [[C]], 1, [grant(A), grant(C)], [[C]], [`grant of ${A}`]],
        [
            "neighbours are merged when there is no other room",
            [[A]],
            1,
            [grant(A), grant(NEXT_TO_A)],
            [["198.51.100.1-198.51.100.2"]],
        ],
        [
            "an entry stays in its shard; newcomers fill the first",
            [[A], [B]],
            150,
            [grant(A), grant(B), grant(C)],
            [[A, C], [B]],
        ],
        ["a full shard sends newcomers to the next", [[A], [SENTINEL]], 1, [grant(A), grant(C)], [[A], [C]]],
        [
            "a range is cut, and moved only where it has no room",
            [["198.51.100.1-198.51.100.3"], [SENTINEL]],
            1,
            [grant(A), grant(B), grant(NEXT_TO_A, 0)],
            [[A], [B]],
        ],
        ["a grant ends at the moment it expires, not after it", [[A, B]], 150, [grant(A, 0), grant(B)], [[B]]],
        ["a grant begins at its start", [[SENTINEL]], 150, [grant(A, 60, { startsAtMs: NOW })], [[A]]],
        ["a grant waits for its start", [[SENTINEL]], 150, [grant(A, 60, { startsAtMs: NOW + 1 })], [[SENTINEL]]],
        [
            "spelling is no difference",
            [["198.51.100.1-198.51.100.2"]],
            150,
            [grant(A), grant(NEXT_TO_A)],
            [[A, NEXT_TO_A]],
        ],
    ];

    for (const [because, zones, room, grants, then, refused = []] of table) {
        it(because, () => {
            const result = plan(zones, grants, room);
            assert.deepEqual(gatewaysOf(result), then);
            assert.deepEqual(
                result.refused.map(({ id }) => id),
                refused,
            );
        });
    }

    it("says what comes in and what goes out, by address and not by spelling", () => {
        const { zones } = plan([["198.51.100.0/30"]], [grant(A), grant("198.51.100.2/31"), grant(C)]);
        assert.deepEqual(zones[0]?.add, [C]);
        assert.deepEqual(zones[0]?.remove, ["198.51.100.0/32"]);
    });

    it("has nothing to change when only the spelling differs", () => {
        const { zones } = plan([["198.51.100.1-198.51.100.2"]], [grant(A), grant(NEXT_TO_A)]);
        assert.deepEqual(zones.map(changes), [false]);
    });

    it("keeps static gateways first of all, and says which have no room", () => {
        const staticGateways = [C, "192.0.2.8/32"].map(spanOf);
        const result = plan([[A]], [grant(A), grant(B)], 2, { staticGateways });
        assert.deepEqual(gatewaysOf(result), [[A, "192.0.2.8/32"].sort()]);
        assert.deepEqual(
            result.refused.map(({ id }) => id),
            [`static ${C}`, `grant of ${B}`],
        );
    });

    it("keeps what cannot be read, such as IPv6, as Okta has it", () => {
        const result = plan([["2001:db8::/32", A]], [grant(B)]);
        assert.deepEqual(gatewaysOf(result), [[B, "2001:db8::/32"]]);
        assert.deepEqual(result.zones[0]?.remove, [A]);
    });

    it("counts what cannot be read as an entry", () => {
        const result = plan([["2001:db8::/32"]], [grant(A), grant(C)], 2);
        assert.deepEqual(gatewaysOf(result), [[A, "2001:db8::/32"]]);
        assert.deepEqual(
            result.refused.map(({ id }) => id),
            [`grant of ${C}`],
        );
    });

    it("keeps what it is told to keep, each where it is", () => {
        const result = plan([[A], [B]], [], 150, { keep: [A, B].map(spanOf) });
        assert.deepEqual(gatewaysOf(result), [[A], [B]]);
    });

    it("lets nothing in that is barred, static gateways included", () => {
        const staticGateways = [spanOf("198.51.100.0/30")];
        const result = plan([[B]], [grant(A), grant(B)], 150, { staticGateways, barred: [spanOf(A), spanOf(B)] });
        assert.deepEqual(gatewaysOf(result), [["198.51.100.0/32", "198.51.100.2/32"]]);
        assert.deepEqual(result.refused, []);
    });
});
