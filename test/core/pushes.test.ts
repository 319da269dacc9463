import { strict as assert } from "node:assert";
import * as fc from "fast-check";

import { applyPush, nothingPushed, type Push, type Pushed, pushedDocument } from "../../src/core/pushes";

const set = (atMs: number, id: string, more: object = {}): Push => ({ type: "set", atMs, id, grant: { id, ...more } });
const removed = (atMs: number, id: string): Push => ({ type: "removed", atMs, id });
const replaced = (atMs: number, ...ids: readonly string[]): Push => ({
    type: "replaced",
    atMs,
    grants: ids.map((id) => ({ id })),
});

const pushedBy = (...pushes: readonly Push[]): Pushed => pushes.reduce(applyPush, nothingPushed());
const idsIn = (pushed: Pushed) => pushedDocument(pushed).grants.map((grant) => (grant as { id: string }).id);

describe("applyPush", () => {
    const table: [because: string, pushes: readonly Push[], ids: readonly string[]][] = [
        ["a later full snapshot undoes an earlier one", [replaced(2, "a"), replaced(1, "b")], ["a"]],
        ["a grant that was set later outlives a full snapshot", [set(2, "b"), replaced(1, "a")], ["a", "b"]],
        ["a grant that was removed later is not in a full snapshot", [removed(2, "a"), replaced(1, "a", "b")], ["b"]],
        ["a grant that was set earlier is not in a full snapshot", [set(1, "b"), replaced(2, "a")], ["a"]],
        ["a late set is undone by a later full snapshot", [replaced(2, "a"), set(1, "b")], ["a"]],
        ["a late set is undone by a removal", [removed(2, "a"), set(1, "a")], []],
        ["a removal at the same moment wins, whichever comes first", [removed(1, "a"), set(1, "a")], []],
        ["a removal at the same moment wins, whichever comes last", [set(1, "a"), removed(1, "a")], []],
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
        assert.deepEqual(pushedDocument(pushed), { grants: [{ id: "a", ip: "new" }] });
    });

    it("gives back the very same object for a push that changes nothing", () => {
        const pushed = pushedBy(replaced(5, "a"), removed(7, "b"), set(8, "c"));
        for (const late of [
            replaced(4, "z"),
            set(4, "z"),
            removed(4, "a"),
            set(7, "b"),
            removed(7, "b"),
            set(7, "c"),
        ]) {
            assert.equal(applyPush(pushed, late), pushed, JSON.stringify(late));
        }
    });

    it("believes no set that is older than a removal which it had to forget", () => {
        const removals = Array.from({ length: 10_000 }, (_, index) => [`r${index + 1}`, index + 1] as const);
        const pushed = applyPush({ ...nothingPushed(), removed: new Map(removals) }, removed(10_001, "r10001"));
        assert.equal(pushed.removed.size, 10_000);
        assert.deepEqual(idsIn(applyPush(pushed, set(1, "r1"))), []);
        assert.deepEqual(idsIn(applyPush(pushed, set(2, "r1"))), ["r1"]);
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
    const truth = (pushed: Pushed) => [...pushedDocument(pushed).grants].map((grant) => JSON.stringify(grant)).sort();

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

    it("in order, is what a map would hold", () => {
        fc.assert(
            fc.property(pushes, (list) => {
                const map = new Map<string, object>();
                for (const push of list) {
                    if (push.type === "set") map.set(push.id, push.grant);
                    else if (push.type === "removed") map.delete(push.id);
                    else {
                        map.clear();
                        for (const grant of push.grants as { id: string }[]) map.set(grant.id, grant);
                    }
                }
                assert.deepEqual(
                    truth(pushedBy(...list)),
                    [...map.values()].map((grant) => JSON.stringify(grant)).sort(),
                );
            }),
        );
    });
});
