import { strict as assert } from "node:assert";
import fc from "fast-check";
import { spanOf } from "../../../src/core/addresses/ip";
import { coversSpan, mergeSpans } from "../../../src/core/addresses/spans";
import type { Grant } from "../../../src/core/grants/grants";
import { changes } from "../../../src/core/membership/plan";
import { SENTINEL } from "../../../src/core/zones/zone";
import { grant, NOW } from "../../support/grants";
import { gatewaysOf, plan } from "../../support/plans";

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
});
