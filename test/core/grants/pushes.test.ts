import { strict as assert } from "node:assert";
import * as fc from "fast-check";

import { changingBy, isTooMany, type Push, type Pushed } from "../../../src/core/grants/pushes";
import { finish } from "../../../src/core/work";
import { openPushedGrants, type PushedGrants } from "../../../src/sources/webhook/pushedGrants";

const set = (atMs: number, id: string, more: object = {}): Push => ({ type: "set", atMs, id, grant: { id, ...more } });
const removed = (atMs: number, id: string): Push => ({ type: "removed", atMs, id });
const replaced = (atMs: number, ...ids: readonly string[]): Push => ({
    type: "replaced",
    atMs,
    grants: ids.map((id) => ({ id })),
});

function pushedBy(...pushes: readonly Push[]): PushedGrants {
    const grants = openPushedGrants({ widestPrefix: 24 });
    for (const push of pushes) {
        const judged = finish(grants.judge(push));
        if (typeof judged === "object") finish(grants.apply(judged));
    }
    return grants;
}
const documentIn = (pushed: PushedGrants) => Array.from(pushed.entries(), ({ grant }) => grant);
const idsIn = (pushed: PushedGrants) => documentIn(pushed).map((grant) => (grant as { id: string }).id);

describe("changingBy", () => {
    const table: [because: string, pushes: readonly Push[], ids: readonly string[]][] = [
        ["a later full snapshot undoes an earlier one", [replaced(2, "a"), replaced(1, "b")], ["a"]],
        ["a grant that was set later outlives a full snapshot", [set(2, "b"), replaced(1, "a")], ["a", "b"]],
        ["a grant that was removed later is not in a full snapshot", [removed(2, "a"), replaced(1, "a", "b")], ["b"]],
        ["a grant that was set earlier is not in a full snapshot", [set(1, "b"), replaced(2, "a")], ["a"]],
        ["a late set is undone by a later full snapshot", [replaced(2, "a"), set(1, "b")], ["a"]],
        ["a late set is undone by a removal", [removed(2, "a"), set(1, "a")], []],
        ["a removal at the same moment wins, whichever comes first", [removed(1, "a"), set(1, "a")], []],
        ["a removal at the same moment wins, whichever comes last", [set(1, "a"), removed(1, "a")], []],
        [
            "a removal at the moment of a full snapshot wins, whichever comes first",
            [removed(1, "a"), replaced(1, "a", "b")],
            ["b"],
        ],
        [
            "a removal at the moment of a full snapshot wins, whichever comes last",
            [replaced(1, "a", "b"), removed(1, "a")],
            ["b"],
        ],
        [
            "a set at the moment of a full snapshot counts, whichever comes first",
            [set(1, "b"), replaced(1, "a")],
            ["a", "b"],
        ],
        [
            "a set at the moment of a full snapshot counts, whichever comes last",
            [replaced(1, "a"), set(1, "b")],
            ["a", "b"],
        ],
        [
            "a set outlives every full snapshot of its moment",
            [replaced(1, "a"), set(1, "b"), replaced(1, "c"), replaced(1, "d")],
            ["d", "b"],
        ],
        [
            "a removal outlives every full snapshot of its moment",
            [replaced(1, "a"), removed(1, "a"), replaced(1, "a"), replaced(1, "a", "b")],
            ["b"],
        ],
        ["of two full snapshots of one moment the last to come counts", [replaced(1, "a"), replaced(1, "b")], ["b"]],
        ["a set after a removal is believed", [removed(1, "a"), set(2, "a")], ["a"]],
        ["a late removal is undone by a later full snapshot", [replaced(2, "a"), removed(1, "a")], ["a"]],
        ["a late removal is undone by a later set", [set(2, "a"), removed(1, "a")], ["a"]],
        [
            "grants keep the order of the snapshot, and new ones follow",
            [replaced(1, "b", "a"), set(2, "c"), set(3, "b")],
            ["b", "a", "c"],
        ],
        [
            "entries of one id, and without any, stay for the reader to complain about",
            [replaced(1, "a", "a", "")],
            ["a", "a", ""],
        ],
    ];
    for (const [because, pushes, ids] of table) it(because, () => assert.deepEqual(idsIn(pushedBy(...pushes)), ids));

    it("gives a late set of the same grant no say", () => {
        const pushed = pushedBy(set(2, "a", { ip: "new" }), set(1, "a", { ip: "old" }));
        assert.deepEqual(documentIn(pushed), [{ id: "a", ip: "new" }]);
    });

    it("is undefined for a push that changes nothing", () => {
        const { pushed } = pushedBy(replaced(5, "a"), removed(7, "b"), set(8, "c"));
        for (const late of [
            replaced(4, "z"),
            set(4, "z"),
            removed(4, "a"),
            set(7, "b"),
            removed(7, "b"),
            set(7, "c"),
        ]) {
            assert.equal(finish(changingBy(pushed, late)), undefined, JSON.stringify(late));
        }
    });

    it("believes no set that is older than a removal which it had to forget", () => {
        const removals = Array.from({ length: 10_001 }, (_, index) => removed(index + 1, `r${index + 1}`));
        const grants = pushedBy(...removals);
        assert.deepEqual([grants.pushed.removed.size, grants.pushed.forgottenMs], [10_000, 1]);
        assert.equal(finish(grants.judge(set(1, "r1"))), "older");
        assert.deepEqual(idsIn(pushedBy(...removals, set(2, "r1"))), ["r1"]);
    });

    it("believes no full snapshot that is as old as a removal which it had to forget", () => {
        const removals = Array.from({ length: 10_001 }, (_, index) => removed(2, `r${index + 1}`));
        const bulk = pushedBy(replaced(1, "r1", "a"), ...removals);
        assert.equal(finish(bulk.judge(replaced(2, "r1", "b"))), "older");
        assert.deepEqual(idsIn(bulk), ["a"]);
        assert.deepEqual(idsIn(pushedBy(...removals, replaced(3, "r1", "b"))), ["r1", "b"]);
    });

    const ids = ["a", "b", "c"];
    const pushes = fc
        .array(
            fc.oneof(
                fc.record({ type: fc.constant("set" as const), id: fc.constantFrom(...ids) }),
                fc.record({ type: fc.constant("removed" as const), id: fc.constantFrom(...ids) }),
                fc.record({ type: fc.constant("replaced" as const), ids: fc.uniqueArray(fc.constantFrom(...ids)) }),
            ),
            { maxLength: 12 },
        )
        .map((kinds) =>
            kinds.map((kind, index): Push => {
                if (kind.type === "replaced") return replaced(index, ...kind.ids);
                return kind.type === "set" ? set(index, kind.id, { index }) : removed(index, kind.id);
            }),
        );
    const truth = (pushed: PushedGrants) =>
        documentIn(pushed)
            .map((grant) => JSON.stringify(grant))
            .sort();

    it("ends the same whatever order the pushes come in, and if they come again", () => {
        const shuffled = pushes.chain((list) =>
            fc.tuple(
                fc.constant(list),
                fc.shuffledSubarray([...list, ...list], { minLength: 2 * list.length, maxLength: 2 * list.length }),
            ),
        );
        fc.assert(
            fc.property(shuffled, ([inOrder, mixed]) => {
                assert.deepEqual(truth(pushedBy(...mixed)), truth(pushedBy(...inOrder)));
            }),
        );
    });

    const RANKS = { replaced: 0, set: 1, removed: 2 };

    /** What is to be so after pushes: for each grant the last statement by moment, by rank, and by arrival. */
    function lawful(pushes: readonly Push[]) {
        const last = (of: readonly Push[]) =>
            of.reduce<Push | undefined>((best, push) => {
                if (best === undefined || push.atMs > best.atMs) return push;
                return push.atMs === best.atMs && RANKS[push.type] >= RANKS[best.type] ? push : best;
            }, undefined);
        const snapshot = last(pushes.filter(({ type }) => type === "replaced"));
        const entries: object[] = [];
        const named: Record<"set" | "removed", string[]> = { set: [], removed: [] };
        for (const id of ids) {
            const own = pushes.filter((push) => push === snapshot || (push.type !== "replaced" && push.id === id));
            const winner = last(own);
            if (winner?.type === "replaced") {
                entries.push(...(winner.grants as { id: string }[]).filter((grant) => grant.id === id));
            } else if (winner !== undefined) named[winner.type].push(id);
            if (winner?.type === "set") entries.push(winner.grant);
        }
        return { entries: entries.map((grant) => JSON.stringify(grant)).sort(), named };
    }

    it("has one result for every order of arrival, also at one moment, but for two statements of one kind", () => {
        const atMs = fc.nat(3);
        const id = fc.constantFrom(...ids);
        const push = fc.oneof(
            fc.tuple(atMs, id, fc.record({ more: fc.nat(99) })).map((given) => set(...given)),
            fc.tuple(atMs, id).map((given) => removed(...given)),
            fc.tuple(atMs, fc.uniqueArray(id)).map(([moment, list]) => replaced(moment, ...list)),
        );
        fc.assert(
            fc.property(fc.array(push, { maxLength: 10 }), (list) => {
                const grants = pushedBy(...list);
                const { entries, named } = lawful(list);
                assert.deepEqual(truth(grants), entries);
                const read = finish(grants.reading()).named;
                assert.deepEqual([...(read?.set ?? [])].sort(), named.set);
                // A removal that is older than the full snapshot may be remembered or not.
                const { removed: known, snapshotMs = -Infinity } = grants.pushed;
                const since = [...known].filter(([, moment]) => moment >= snapshotMs);
                assert.deepEqual(since.map(([key]) => key.slice(1)).sort(), named.removed);
            }),
            { numRuns: 1000 },
        );
    });

    it("in order, is what a map would hold", () => {
        fc.assert(
            fc.property(pushes, (list) => {
                const map = new Map<string, object>();
                const named = { set: new Set<string>(), removed: new Set<string>() };
                for (const push of list) {
                    if (push.type === "set") {
                        map.set(push.id, push.grant);
                        named.set.add(push.id);
                        named.removed.delete(push.id);
                    } else if (push.type === "removed") {
                        map.delete(push.id);
                        named.set.delete(push.id);
                        named.removed.add(push.id);
                    } else {
                        map.clear();
                        named.set.clear();
                        for (const grant of push.grants as { id: string }[]) {
                            map.set(grant.id, grant);
                            named.removed.delete(grant.id);
                        }
                    }
                }
                assert.deepEqual(finish(pushedBy(...list).reading()).named, named);
                assert.deepEqual(
                    truth(pushedBy(...list)),
                    [...map.values()].map((grant) => JSON.stringify(grant)).sort(),
                );
            }),
        );
    });
});

describe("isTooMany", () => {
    const grants = Array.from({ length: 200_000 }, (_, index) => ({ id: String(index) }));
    const most = (atMs: number): Push => ({ type: "replaced", atMs, grants });
    const known = (atMs: number, ...ids: readonly string[]) =>
        new Map(ids.map((id) => [`=${id}`, { atMs, isNamed: true }]));
    const all = new Map(grants.map(({ id }) => [`=${id}`, { atMs: 1, isNamed: false }]));
    const table: [because: string, entries: Pushed["entries"], push: Push, isIt: boolean][] = [
        ["a grant more than the most", all, set(2, "new"), true],
        ["another word on one of the most", all, set(2, "7"), false],
        ["one that goes, of the most", all, removed(2, "7"), false],
        ["the most instead of the most", all, most(2), false],
        ["the most beside one that was set later", known(3, "new"), most(2), true],
        ["the most beside one that was set at the same moment", known(2, "new"), most(2), true],
        ["the most beside one that was set earlier", known(1, "new"), most(2), false],
        ["the most with one that was set later", known(3, "7"), most(2), false],
    ];
    for (const [because, entries, push, isIt] of table) {
        it(`says ${isIt} to ${because}`, () => {
            const pushed = { snapshotMs: 1, forgottenMs: -Infinity, entries, removed: new Map() };
            const change = finish(changingBy(pushed, push)) ?? assert.fail();
            assert.equal(isTooMany(pushed, change), isIt);
        });
    }
});
