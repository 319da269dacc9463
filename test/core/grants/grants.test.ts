import { strict as assert } from "node:assert";
import fc from "fast-check";

import { type Grant, isActive, isExpired, nextChangeMs } from "../../../src/core/grants/grants";
import { isSelected, type Selector } from "../../../src/core/grants/selection";
import { A, grant, NOW } from "../../support/grants";

type Times = Pick<Grant, "startsAtMs" | "expiresAtMs">;

const withTimes = ({ startsAtMs, expiresAtMs }: Times): Grant => ({
    id: "g1",
    spans: [],
    labels: {},
    ...(startsAtMs !== undefined && { startsAtMs }),
    ...(expiresAtMs !== undefined && { expiresAtMs }),
});

describe("isActive and isExpired", () => {
    const table: [what: string, times: Times, active: boolean, expired: boolean][] = [
        ["permanent", {}, true, false],
        ["not yet at its end", { expiresAtMs: NOW + 1 }, true, false],
        ["at its end", { expiresAtMs: NOW }, false, true],
        ["past its end", { expiresAtMs: NOW - 1 }, false, true],
        ["before its start", { startsAtMs: NOW + 1 }, false, false],
        ["at its start", { startsAtMs: NOW }, true, false],
        ["between the two", { startsAtMs: NOW - 1, expiresAtMs: NOW + 1 }, true, false],
        ["before both", { startsAtMs: NOW + 1, expiresAtMs: NOW + 2 }, false, false],
        ["past both", { startsAtMs: NOW - 2, expiresAtMs: NOW - 1 }, false, true],
    ];
    for (const [what, times, active, expired] of table) {
        it(`know a grant that is ${what}`, () => {
            assert.deepEqual([isActive(withTimes(times), NOW), isExpired(withTimes(times), NOW)], [active, expired]);
        });
    }
});

describe("isSelected", () => {
    const labels = { app: "payroll", level: "3" };
    const table: [selector: Selector, selected: boolean][] = [
        [{}, true],
        [{ app: "payroll" }, true],
        [{ app: "payroll", level: "3" }, true],
        [{ app: "payroll", level: "4" }, false],
        [{ app: "Payroll" }, false],
        [{ team: "payroll" }, false],
        [{ app: "" }, false],
        [{ constructor: "Object" }, false],
    ];
    for (const [selector, selected] of table) {
        it(`says ${selected} of ${JSON.stringify(selector)}`, () => {
            assert.equal(isSelected(grant(A, 60, { labels }), selector), selected);
        });
    }
});

describe("nextChangeMs", () => {
    const table: [what: string, grants: Times[], next: number | undefined][] = [
        ["nothing changes where there are no grants", [], undefined],
        ["a permanent grant never changes", [{}], undefined],
        [
            "what is over changes no more",
            [{ expiresAtMs: NOW }, { startsAtMs: NOW - 2, expiresAtMs: NOW - 1 }],
            undefined,
        ],
        ["an active grant ends", [{ expiresAtMs: NOW + 5 }], NOW + 5],
        ["a future grant starts before it ends", [{ startsAtMs: NOW + 3, expiresAtMs: NOW + 5 }], NOW + 3],
        ["a grant that has just started ends", [{ startsAtMs: NOW, expiresAtMs: NOW + 5 }], NOW + 5],
        ["a permanent grant may start", [{ startsAtMs: NOW + 9 }], NOW + 9],
        ["the first change counts", [{ expiresAtMs: NOW + 5 }, { startsAtMs: NOW + 4 }, {}], NOW + 4],
    ];
    for (const [what, grants, next] of table) {
        it(what, () => assert.equal(nextChangeMs(grants.map(withTimes), NOW), next));
    }

    it("is the first moment at which who is active differs", () => {
        const moment = fc.option(fc.integer({ min: -6, max: 6 }), { nil: undefined });
        const times = fc
            .tuple(moment, moment)
            .filter(([start, end]) => start === undefined || end === undefined || start < end)
            .map(([startsAtMs, expiresAtMs]) => withTimes({ startsAtMs, expiresAtMs } as Times));
        const activeAt = (grants: readonly Grant[], nowMs: number) =>
            grants.map((grant) => isActive(grant, nowMs)).join();
        fc.assert(
            fc.property(fc.array(times, { maxLength: 5 }), (grants) => {
                const later = [1, 2, 3, 4, 5, 6];
                const naive = later.find((nowMs) => activeAt(grants, nowMs) !== activeAt(grants, 0));
                assert.equal(nextChangeMs(grants, 0), naive);
            }),
        );
    });
});
