import { strict as assert } from "node:assert";
import fc from "fast-check";

import type { Grant } from "../../src/core/grants";
import { spanOf } from "../../src/core/ip";
import { changes, type PlanInput, planGateways } from "../../src/core/plan";
import { coversSpan, mergeSpans } from "../../src/core/spans";
import { SENTINEL } from "../../src/core/zone";
import { A, B, C, grant, NOW } from "../support/grants";

type Zones = readonly (readonly string[])[];

function plan(zones: Zones, grants: readonly Grant[], limit = 150, more: Partial<PlanInput> = {}) {
    return planGateways({
        zones: zones.map((gateways, index) => ({ id: `nzo${index + 1}`, gateways, limit })),
        grants,
        nowMs: NOW,
        ...more,
    });
}

const gatewaysOf = ({ zones }: ReturnType<typeof plan>) => zones.map(({ gateways }) => gateways);

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
});

describe("the laws of planGateways", () => {
    // Few addresses, so that lists overlap and touch often.
    const range = fc.constantFrom(
        ...["10.0.0.0/32", "10.0.0.1/32", "10.0.0.2/32", "10.0.0.3/32", "10.0.0.4/31", "10.0.0.2/31", "10.0.0.0/29"],
        ...["10.0.0.9/32", "10.0.0.6-10.0.0.9", SENTINEL, "10.0.1.0/24"],
    );
    const zones = fc.array(fc.array(range, { maxLength: 5 }), { minLength: 1, maxLength: 3 });
    const grants = fc.array(
        fc.tuple(range, fc.integer({ min: -2, max: 4 })).map(([at, left]) => grant(at, left)),
        { maxLength: 8 },
    );
    const limit = fc.integer({ min: 1, max: 5 });
    const activeSpans = (list: readonly Grant[]) =>
        mergeSpans(list.filter(({ expiresAtMs = 0 }) => expiresAtMs > NOW).flatMap(({ spans }) => spans));
    const insideOf = (result: ReturnType<typeof plan>) =>
        mergeSpans(
            gatewaysOf(result)
                .flat()
                .filter((text) => text !== SENTINEL)
                .map(spanOf),
        );

    it("has nothing left to do after its own plan", () => {
        fc.assert(
            fc.property(zones, grants, limit, (zones, grants, limit) => {
                const once = plan(zones, grants, limit);
                const twice = plan(gatewaysOf(once), grants, limit);
                assert.deepEqual(
                    twice.zones.map(changes),
                    twice.zones.map(() => false),
                );
                assert.deepEqual(twice.refused, once.refused);
            }),
        );
    });

    it("does not care in which order the grants come", () => {
        const shuffled = grants.chain((list) =>
            fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
        );
        fc.assert(
            fc.property(zones, shuffled, limit, (zones, [list, other], limit) => {
                assert.deepEqual(gatewaysOf(plan(zones, other, limit)), gatewaysOf(plan(zones, list, limit)));
            }),
        );
    });

    it("lets in nobody who is not granted", () => {
        fc.assert(
            fc.property(zones, grants, limit, (zones, grants, limit) => {
                const allowed = activeSpans(grants);
                for (const span of insideOf(plan(zones, grants, limit))) assert.ok(coversSpan(allowed, span));
            }),
        );
    });

    it("has each active grant either inside or refused", () => {
        fc.assert(
            fc.property(zones, grants, limit, (zones, grants, limit) => {
                const result = plan(zones, grants, limit);
                const inside = insideOf(result);
                const refused = new Set(result.refused.map(({ id }) => id));
                for (const { id, spans, expiresAtMs = 0 } of grants) {
                    if (expiresAtMs <= NOW || spans.some((span) => span.low === spanOf(SENTINEL).low)) continue;
                    const isIn = spans.every((span) => coversSpan(inside, span));
                    assert.ok(isIn || refused.has(id), id);
                }
            }),
        );
    });

    it("refuses nobody in one zone as long as the merged grants fit", () => {
        fc.assert(
            fc.property(fc.array(range, { maxLength: 5 }), grants, limit, (gateways, grants, limit) => {
                fc.pre(activeSpans(grants).length <= limit);
                assert.deepEqual(plan([gateways], grants, limit).refused, []);
            }),
        );
    });

    it("keeps each zone within its limit, never empty, and without overlaps", () => {
        fc.assert(
            fc.property(zones, grants, limit, (zones, grants, limit) => {
                const result = plan(zones, grants, limit);
                for (const { gateways } of result.zones) assert.ok(gateways.length >= 1 && gateways.length <= limit);
                const entries = gatewaysOf(result)
                    .flat()
                    .filter((text) => text !== SENTINEL)
                    .map(spanOf)
                    .sort((a, b) => a.low - b.low);
                for (const [index, { high }] of entries.entries()) {
                    assert.ok(high < (entries[index + 1]?.low ?? Infinity));
                }
            }),
        );
    });

    it("takes nothing away while the brake holds, but what expired", () => {
        fc.assert(
            fc.property(zones, grants, (zones, grants) => {
                const result = plan(zones, grants, 150, { maxRemovals: { count: 0 } });
                fc.pre(result.held.length > 0);
                const inside = insideOf(result);
                for (const text of result.held) assert.ok(coversSpan(inside, spanOf(text)));
                assert.deepEqual(
                    result.zones.flatMap(({ add }) => add).filter((text) => text !== SENTINEL),
                    [],
                );
            }),
        );
    });
});
