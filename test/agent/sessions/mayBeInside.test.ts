import { strict as assert } from "node:assert";

import fc from "fast-check";

import { mayBeInside } from "../../../src/agent/sessions/mayBeInside";
import { type Grant, isActive } from "../../../src/core/grants/grants";
import { A, grant, NOW } from "../../support/grants";

const short = grant(A, 10, { user: "ana" });
const long = { ...short, expiresAtMs: NOW + 7_200_000 };
const { expiresAtMs: _, ...permanent } = short;

describe("mayBeInside", () => {
    const table: readonly (readonly [title: string, lists: readonly (readonly Grant[])[], inside: readonly Grant[]])[] =
        [
            ["a grant is active in one of the lists", [[], [short]], [short]],
            ["a grant is active in both", [[short], [short]], [short]],
            [
                "a grant has another user in the other",
                [[short], [{ ...short, user: "bob" }]],
                [short, { ...short, user: "bob" }],
            ],
            ["a grant ends earlier in the other", [[long], [short]], [long]],
            [
                "a user is spelled in another way in the other",
                [[short], [{ ...long, user: " ANA\n" }]],
                [{ ...long, user: " ANA\n" }],
            ],
            ["a grant ends later in the other", [[short], [long]], [long]],
            ["a grant never ends in one of them", [[long], [permanent], [short]], [permanent]],
            ["a grant is over in one of them", [[short], [{ ...short, expiresAtMs: NOW }]], [short]],
            ["a grant is over in all of them", [[grant(A, 0)], [grant(A, -1)]], []],
            ["a grant has not begun", [[{ ...short, startsAtMs: NOW + 1 }]], []],
            ["there is nothing", [], []],
        ];
    for (const [title, lists, inside] of table) {
        it(`is right where ${title}`, () => assert.deepEqual(mayBeInside(lists, NOW), inside));
    }

    it("has each user who has an active grant in some list, and nobody else, in any order of the lists", () => {
        const some = fc.array(
            fc.record({
                id: fc.constantFrom("g1", "g2"),
                user: fc.constantFrom("ana", "bob", "cyd"),
                expiresAtMs: fc.constantFrom(NOW - 1, NOW, NOW + 1, NOW + 2),
            }),
            { maxLength: 4 },
        );
        fc.assert(
            fc.property(some, some, some, (...drawn) => {
                const lists = drawn.map((list) => list.map((each) => ({ ...short, ...each })));
                const users = (grants: readonly Grant[]) => [...new Set(grants.map(({ user }) => user))].sort();
                const expected = users(lists.flat().filter((each) => isActive(each, NOW)));
                assert.deepEqual(users(mayBeInside(lists, NOW)), expected);
                assert.deepEqual(users(mayBeInside([...lists].reverse(), NOW)), expected);
            }),
        );
    });
});
