import { strict as assert } from "node:assert";
import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";

import { changedGrants, comparedGrants } from "../../../src/core/grants/grantChanges";
import type { Grant } from "../../../src/core/grants/grants";
import { grant } from "../../support/grants";

const lists = fc.uniqueArray(
    fc.record({ id: fc.constantFrom("a", "b", "c", "d", "e", "f"), reason: fc.constantFrom("x", "y") }),
    { selector: ({ id }) => id },
);

const grantsOf = (list: readonly { readonly id: string; readonly reason: string }[]): Grant[] =>
    list.map(({ id, reason }) => grant("198.51.100.1/32", 60, { id, reason }));

describe("changedGrants", () => {
    it("says what a comparison by id says, in the order of the grants", () => {
        fc.assert(
            fc.property(lists, lists, (before, after) => {
                const naive = [
                    ...after.flatMap(({ id, reason }) => {
                        const was = before.find((each) => each.id === id);
                        if (was === undefined) return [["granted", id]];
                        return was.reason === reason ? [] : [["changed", id]];
                    }),
                    ...before
                        .filter(({ id }) => !after.some((each) => each.id === id))
                        .map(({ id }) => ["withdrawn", id]),
                ];
                const found = changedGrants(grantsOf(before), grantsOf(after));
                assert.deepEqual(
                    found.map(({ change, grant: { id } }) => [change, id]),
                    naive,
                );
            }),
        );
    });

    it("gives the later list, with the object of before for each grant that did not change", () => {
        fc.assert(
            fc.property(lists, lists, fc.nat(6), (before, after, shared) => {
                const [old, read] = [grantsOf(before), grantsOf(after)];
                // Some of them are the same objects already, as a source that keeps its grants has them.
                const fresh = read.map((each, at) =>
                    at < shared ? (old.find(({ id }) => id === each.id) ?? each) : each,
                );
                const { changes, grants } = comparedGrants(old, fresh);
                assert.deepEqual(grants, fresh);
                const changed = new Set(changes.map(({ grant: { id } }) => id));
                for (const each of grants) if (!changed.has(each.id)) assert.ok(old.includes(each));
            }),
        );
    });

    it("finds many changes again once the collector took them, and gives the same list", async () => {
        const many = (reason: string) =>
            Array.from({ length: 1100 }, (_, nth) => grant("198.51.100.1/32", 60, { id: `g-${nth}`, reason }));
        const [before, after] = [many("x"), many("y")];
        const summary = () => {
            const { changes, grants } = comparedGrants(before, after);
            return { changes: changes.map(({ change, grant: { id } }) => [change, id]), grants };
        };
        const first = summary();
        setFlagsFromString("--expose-gc");
        await setImmediate();
        runInNewContext("gc")();
        const again = summary();
        assert.deepEqual(again.changes, first.changes);
        assert.equal(again.grants, first.grants);
        assert.ok(first.changes.length > 1024);
    });

    it("sees other labels, added and taken away", () => {
        const [plain, labelled] = [grant("198.51.100.1/32"), grant("198.51.100.1/32", 60, { labels: { app: "a" } })];
        for (const [before, after] of [[plain, labelled] as const, [labelled, plain] as const]) {
            assert.deepEqual(changedGrants([before], [after]), [{ change: "changed", grant: after, was: before }]);
        }
    });
});
