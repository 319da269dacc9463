import { strict as assert } from "node:assert";
import type { Grant } from "../../../src/core/grants/grants";
import { brakeSentence } from "../../../src/core/membership/held";
import { endsIn, g, judge } from "./judgedGrants";

describe("applyBrake: what counts as a loss where grants are bound to users", () => {
    const known = g(1, { user: "ana" });
    const others = [g(8, { user: "bob" }), g(9, { user: "cyd" })];
    const sameAddress = (user: string, more: Partial<Grant> = {}) => g(1, { id: "other", user, ...more });
    const table: readonly (readonly [title: string, next: readonly Grant[], why: string | undefined])[] = [
        ["is gone, and another user has its address", [sameAddress("dan")], "gone"],
        ["is gone, and its user has its address by another grant", [sameAddress("Ana")], undefined],
        [
            "is gone, and its user has an active grant for a shorter time",
            [sameAddress("dan"), g(2, { user: "ana", ...endsIn(30) })],
            "gone",
        ],
        [
            "is gone, and its user has another address by another grant",
            [sameAddress("dan"), g(2, { user: "ana" })],
            undefined,
        ],
        ["goes to another user", [{ ...known, user: "dan" }], "user"],
        [
            "ends earlier, and another user has its address for as long",
            [{ ...known, ...endsIn(59) }, sameAddress("dan")],
            "shortened",
        ],
        ["is unchanged", [known], undefined],
    ];
    for (const [title, next, why] of table) {
        it(`${why === undefined ? "does not count" : "counts"} a grant that ${title}`, () => {
            const { losses } = judge([known, ...others], [...next, ...others], { isBound: true });
            assert.deepEqual(
                losses.map(({ item, why }) => [item, why]),
                why === undefined ? [] : [["grant g1", why]],
            );
        });
    }
});

describe("applyBrake: what counts as a loss where sessions are ended", () => {
    const known = g(1, { user: "ana" });
    const others = [g(8, { user: "bob" }), g(9, { user: "cyd" })];
    const sameAddress = (user: string, more: Partial<Grant> = {}) => g(1, { id: "other", user, ...more });
    const table: readonly (readonly [title: string, next: readonly Grant[], why: string | undefined])[] = [
        ["is gone, and another user has its address", [sameAddress("dan")], "gone"],
        ["is gone, and nobody in particular has its address", [g(1, { id: "other" })], "gone"],
        ["is gone, and its user has its address by another grant", [sameAddress("Ana")], undefined],
        [
            "ends earlier, and another user has its address for as long",
            [{ ...known, ...endsIn(59) }, sameAddress("dan")],
            "shortened",
        ],
        ["goes to another user", [{ ...known, user: "dan" }], "user"],
    ];
    for (const [title, next, why] of table) {
        it(`${why === undefined ? "does not count" : "counts"} a grant that ${title}`, () => {
            const { losses } = judge([known, ...others], [...next, ...others], { endsSessions: true });
            assert.deepEqual(
                losses.map(({ item, why, only }) => [item, why, only]),
                why === undefined ? [] : [["grant g1", why, "user"]],
            );
        });
    }

    it("holds a reading that has other users under other ids at the same addresses", () => {
        const known = [1, 2, 3, 4].map((index) => g(index, { user: `user${index}` }));
        const next = known.map((each) => ({ ...each, id: `new-${each.id}`, user: `${each.user}@example.com` }));
        const verdicts = [true, false].map((endsSessions) => judge(known, next, { endsSessions }).verdict);
        assert.deepEqual(verdicts, ["held", "accepted"]);
    });
});

describe("brakeSentence: what would be lost", () => {
    const known = [1, 2, 3, 4].map((index) => g(index, { user: `user${index}` }));
    const stays = (index: number) => g(index, { id: `other${index}`, user: "dan" });
    const [ADDRESS, GROUP] = ["an address", "their user's membership of the group"];
    const table: readonly (readonly [title: string, next: readonly Grant[], isBound: boolean, what: string])[] = [
        ["addresses", [], true, ADDRESS],
        ["addresses, of grants that are not bound to users", [], false, ADDRESS],
        ["only users of the group", [1, 2, 3, 4].map(stays), true, GROUP],
        [
            "only users, by grants that go to somebody else",
            known.map((each) => ({ ...each, user: "dan" })),
            true,
            GROUP,
        ],
        ["some addresses, and some users", [stays(1), stays(2)], true, `${ADDRESS} or ${GROUP}`],
    ];
    for (const [title, next, isBound, what] of table) {
        it(`names ${title}`, () => {
            const judgement = judge(known, next, { isBound });
            const [text] = brakeSentence(judgement, 600_000).split("; ");
            assert.equal(text, `held by maxRemovals: all 4 known active grants would lose ${what}`);
        });
    }
});

describe("applyBrake: a grant that names its user in another way", () => {
    const ids: Readonly<Record<string, string>> = { "ana@example.com": "00uana", ana: "00uana" };
    const idOfUser = (user: string) => ids[user] ?? user;
    const table: readonly (readonly [from: string, to: string, isBound: boolean, count: number])[] = [
        ["ana@example.com", "00uana", true, 0],
        ["00uana", "ana@example.com", true, 0],
        ["ana", "ana@example.com", false, 0],
        ["ana@example.com", "00uben", true, 1],
        ["ana@example.com", "ben@example.com", false, 1],
    ];
    for (const [from, to, isBound, count] of table) {
        it(`counts ${count} where ${from} becomes ${to}, ${isBound ? "" : "not "}bound to users`, () => {
            const others = [g(8, { user: "bob" }), g(9, { user: "cyd" })];
            const { losses } = judge([g(1, { user: from }), ...others], [g(1, { user: to }), ...others], {
                isBound,
                idOfUser,
            });
            assert.equal(losses.length, count);
        });
    }
});
