import { strict as assert } from "node:assert";
import * as fc from "fast-check";

import { readEntries, reportUnusable } from "../../../src/core/grants/grantsDocument";
import type { Push } from "../../../src/core/grants/pushes";
import { finish } from "../../../src/core/work";
import { openPushedGrants } from "../../../src/sources/webhook/pushedGrants";

const limits = { widestPrefix: 24 };

function pushed(pushes: readonly Push[]) {
    const grants = openPushedGrants(limits);
    for (const push of pushes) {
        const judged = finish(grants.judge(push));
        if (typeof judged === "object") finish(grants.apply(judged));
    }
    return grants;
}

const entry = (id: unknown, ip: string) => ({ id, ip, permanent: true });
const SECOND = { field: "id", reason: "an earlier grant has this id" };

describe("openPushedGrants", () => {
    const ids = fc.constantFrom("a", "b", "c", "d");
    const ips = fc.constantFrom("198.51.100.1", "198.51.100.2", "2001:db8::1", "nonsense");
    const grants = fc.record({ id: ids, ip: ips, permanent: fc.constantFrom(true, undefined) });
    const push: fc.Arbitrary<Push> = fc.oneof(
        fc.record({ type: fc.constant("set" as const), atMs: fc.nat(20), id: ids, grant: grants }).map((set) => ({
            ...set,
            grant: { ...set.grant, id: set.id },
        })),
        fc.record({ type: fc.constant("removed" as const), atMs: fc.nat(20), id: ids }),
        fc.record({
            type: fc.constant("replaced" as const),
            atMs: fc.nat(20),
            grants: fc.uniqueArray(grants, { selector: ({ id }) => id }),
        }),
    );

    it("reads what reading the whole document would", () => {
        fc.assert(
            fc.property(fc.array(push, { maxLength: 12 }), (list) => {
                const all = pushed(list);
                const document = Array.from(all.entries(), ({ grant }) => grant);
                const { named: _, ...reading } = finish(all.reading());
                assert.deepEqual(reading, readEntries(document, limits));
            }),
        );
    });

    it("reads the same whether it was read in between, and goes on from that, or is read for the first time", () => {
        fc.assert(
            fc.property(fc.array(push, { maxLength: 12 }), (list) => {
                const all = openPushedGrants(limits);
                for (const [index, each] of list.entries()) {
                    const judged = finish(all.judge(each));
                    if (typeof judged === "object") finish(all.apply(judged));
                    assert.deepEqual(finish(all.reading()), finish(pushed(list.slice(0, index + 1)).reading()));
                }
            }),
            { numRuns: 300 },
        );
    });

    it("keeps the very grant that a later push leaves alone, and the reading until there is one", () => {
        const all = pushed([{ type: "replaced", atMs: 1, grants: [entry("a", "1.1.1.1"), entry("b", "1.1.1.2")] }]);
        const before = finish(all.reading());
        assert.equal(finish(all.reading()), before);
        const set = finish(all.judge({ type: "set", atMs: 2, id: "b", grant: entry("b", "1.1.1.3") }));
        assert.ok(typeof set === "object");
        assert.deepEqual(finish(all.apply(set)), []);
        assert.equal(finish(all.reading()).grants[0], before.grants[0]);
        assert.deepEqual(finish(all.reading()).grants[1]?.spans, [{ low: 0x01010103, high: 0x01010103 }]);
    });

    it("names an entry without an id by its place in the snapshot, and the second of one id", () => {
        const list = [entry("a", "1.1.1.1"), entry("", "1.1.1.2"), entry("a", "1.1.1.3"), entry(7, "1.1.1.4")];
        const { grants, unusable } = finish(pushed([{ type: "replaced", atMs: 1, grants: list }]).reading());
        assert.deepEqual(
            grants.map(({ id }) => id),
            ["a", "7"],
        );
        assert.deepEqual(reportUnusable(unusable), [
            { id: "grant 2", field: "id", reason: "is empty or longer than 200 characters" },
            { id: "a", ...SECOND },
        ]);
    });

    it("does not admit the second entry of an id when the first is removed", () => {
        const list = [entry("a", "1.1.1.1"), entry("a", "1.1.1.3")];
        const all = pushed([
            { type: "replaced", atMs: 1, grants: list },
            { type: "removed", atMs: 2, id: "a" },
        ]);
        const { grants, unusable } = finish(all.reading());
        assert.deepEqual([grants, reportUnusable(unusable)], [[], [{ id: "a", ...SECOND }]]);
    });

    it("names the latest 10,000 removals", () => {
        const removals = Array.from({ length: 10_001 }, (_, atMs): Push => ({ type: "removed", atMs, id: `r${atMs}` }));
        const { named } = finish(pushed([...removals, { type: "replaced", atMs: 20_000, grants: [] }]).reading());
        assert.deepEqual(
            [named?.removed.size, named?.removed.has("r0"), named?.removed.has("r1")],
            [10_000, false, true],
        );
    });

    it("says which entries of a change cannot be used", () => {
        const all = pushed([{ type: "replaced", atMs: 1, grants: [entry("a", "nonsense")] }]);
        const change = finish(all.judge({ type: "set", atMs: 2, id: "b", grant: entry("b", "10.0.0.0/8") }));
        assert.ok(typeof change === "object");
        assert.deepEqual(
            finish(all.apply(change)).map(({ id, field }) => `${id} ${field}`),
            ["b ip"],
        );
    });
});
