import { strict as assert } from "node:assert";
import fc from "fast-check";

import { nextChangeMs } from "../../../src/core/grants/grants";
import { momentAfter, timetableOf } from "../../../src/core/grants/timetable";
import { A, grant, NOW } from "../../support/grants";

describe("timetable", () => {
    it("has each start and end once, in order", () => {
        const grants = [grant(A, 30, { startsAtMs: NOW }), grant(A, 10), grant(A, 30)];
        assert.deepEqual(timetableOf(grants), [NOW, NOW + 600_000, NOW + 1_800_000]);
    });

    it("has nothing for grants that never end", () => {
        assert.equal(momentAfter(timetableOf([{ id: "g", spans: [], labels: {} }]), 0), undefined);
    });

    it("says the same as a look through all grants", () => {
        const moment = fc.option(fc.integer({ min: 0, max: 20 }), { nil: undefined });
        const one = fc.tuple(moment, moment).map(([a, b]) => ({
            id: "g",
            spans: [],
            labels: {},
            ...(a !== undefined && { startsAtMs: a }),
            ...(b !== undefined && { expiresAtMs: (a ?? 0) + b + 1 }),
        }));
        fc.assert(
            fc.property(fc.array(one), fc.integer({ min: -1, max: 45 }), (grants, nowMs) => {
                assert.equal(momentAfter(timetableOf(grants), nowMs), nextChangeMs(grants, nowMs));
            }),
        );
    });
});
