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
        ["a gateway that makes no sense is drift", [["2001:db8::/32", A]], 150, [grant(A)], [[A]]],
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

    it("refuses a grant that touches a denied range, whole", () => {
        const result = plan([[A]], [grant([A, B])], 150, { deny: [spanOf(B)] });
        assert.deepEqual(gatewaysOf(result), [[SENTINEL]]);
        assert.deepEqual(result.refused, [
            { id: `grant of ${A}, ${B}`, reason: `denied: ${B} touches a range that no grant may touch` },
        ]);
    });

    it("counts the active grants, with those that are refused", () => {
        assert.equal(plan([[C]], [grant(A), grant(C), grant(B, 0)], 1).active, 2);
    });
});

describe("the brake of planGateways", () => {
    const four = ["10.0.0.1/32", "10.0.0.3/32", "10.0.0.5/32", "10.0.0.7/32"];
    const [first = "", second = "", third = "", fourth = ""] = four;

    it("holds a change that removes more than it may, newcomers too", () => {
        const result = plan([four], [grant(first), grant(A)], 150, { maxRemovals: { percent: 50 } });
        assert.deepEqual(gatewaysOf(result), [four]);
        assert.deepEqual(result.held, [second, third, fourth]);
        const reason =
            "held by maxRemovals: 3 of 4 live entries would go in one step; confirm it, or restore their grants";
        const ids = [`grant of ${A}`, `held ${second}`, `held ${third}`, `held ${fourth}`];
        assert.deepEqual(
            result.refused,
            ids.map((id) => ({ id, reason })),
        );
    });

    it("lets a change through that removes just as much as it may", () => {
        const result = plan([four], [grant(first), grant(second)], 150, { maxRemovals: { percent: 50 } });
        assert.deepEqual(gatewaysOf(result), [[first, second]]);
        assert.deepEqual(result.held, []);
    });

    it("counts entries where it is given a number", () => {
        const grants = [grant(first), grant(second)];
        assert.deepEqual(gatewaysOf(plan([four], grants, 150, { maxRemovals: { count: 1 } })), [four]);
        assert.deepEqual(gatewaysOf(plan([four], grants, 150, { maxRemovals: { count: 2 } })), [[first, second]]);
    });

    it("never holds up an expiry", () => {
        const expired = four.map((range) => grant(range, 0));
        assert.deepEqual(gatewaysOf(plan([four], expired, 150, { maxRemovals: { count: 0 } })), [[SENTINEL]]);
    });

    it("lets go of what expired while it holds the rest", () => {
        const result = plan([four], [grant(first, 0)], 150, { maxRemovals: { count: 0 } });
        assert.deepEqual(gatewaysOf(result), [[second, third, fourth]]);
        assert.deepEqual(result.held, [second, third, fourth]);
    });

    it("gives way when somebody confirms", () => {
        const result = plan([four], [], 150, { maxRemovals: { count: 0 }, isConfirmed: true });
        assert.deepEqual(gatewaysOf(result), [[SENTINEL]]);
    });

    it("does not count static gateways among the live grants", () => {
        const more = { maxRemovals: { percent: 50 }, staticGateways: [first, second].map(spanOf) };
        assert.deepEqual(gatewaysOf(plan([four], [], 150, more)), [four]);
    });

    it("keeps even what it cannot read", () => {
        const live = [...four, "2001:db8::/32"];
        assert.deepEqual(gatewaysOf(plan([live], [], 150, { maxRemovals: { count: 0 } })), [live]);
    });

    it("lets in only whose grant goes on for no longer than it may, and names the others", () => {
        const timeToLive = { maxMs: 60 * 60_000, permanent: "refused" } as const;
        const endless = { id: "endless", spans: grant(C).spans, labels: {} };
        const made = plan([[SENTINEL]], [grant(A, 60), grant(B, 61, { id: "long" }), endless], 150, { timeToLive });
        assert.deepEqual(gatewaysOf(made), [[A]]);
        assert.deepEqual(made.refused, [
            { id: "long", reason: 'the grant "long" lasts until 2026-12-01T13:01:00.000Z; grants may last 1h' },
            { id: "endless", reason: 'the grant "endless" never ends: give it expiresAt' },
        ]);
    });
});
