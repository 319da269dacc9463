import { strict as assert } from "node:assert";

import fc from "fast-check";

import {
    afterFailure,
    afterSetBack,
    afterSuccess,
    afterWrite,
    beforeWrite,
    type Due,
    isInside,
    nextDue,
    ofZones,
    type Queue,
    restored,
    waitMs,
} from "../../../src/agent/sessions/queue";

const ANA = { id: "00u1", login: "ana@example.com" };
const NOBODY: Queue = { inside: undefined, due: [] };

function due(user: string, more: Partial<Due> = {}): Due {
    return { user, outAtMs: 1000, turn: "first", atMs: 1000, attempts: 0, ...more };
}

describe("afterWrite", () => {
    const table: readonly (readonly [title: string, before: Queue, active: readonly string[], after: Queue])[] = [
        ["nobody was ever known to be inside", NOBODY, ["ana"], { inside: ["ana"], due: [] }],
        ["nobody left", { inside: ["ana"], due: [] }, ["ana", "bob"], { inside: ["ana", "bob"], due: [] }],
        ["somebody left", { inside: ["ana", "bob"], due: [] }, ["bob"], { inside: ["bob"], due: [due("ana")] }],
        [
            "somebody is due, and is outside still",
            { inside: ["bob"], due: [due("ana", { turn: "second", atMs: 9 })] },
            ["bob"],
            { inside: ["bob"], due: [due("ana", { turn: "second", atMs: 9 })] },
        ],
        ["somebody who is due is back", { inside: [], due: [due("ana")] }, ["ana"], { inside: ["ana"], due: [] }],
        [
            "a login is written in another way",
            { inside: ["Ana@example.com"], due: [] },
            ["ana@Example.com"],
            { inside: ["ana@Example.com"], due: [] },
        ],
        [
            "a login is written with a blank before it, which names the same user everywhere else",
            { inside: ["ana@example.com"], due: [] },
            [" ana@example.com"],
            { inside: [" ana@example.com"], due: [] },
        ],
        [
            "a login is written with a blank after it, which names the same user everywhere else",
            { inside: ["ana@example.com"], due: [] },
            ["ana@example.com "],
            { inside: ["ana@example.com "], due: [] },
        ],
        [
            "a login is written with a no-break space after it, which names the same user everywhere else",
            { inside: ["ana@example.com"], due: [] },
            ["ana@example.com\u00a0"],
            { inside: ["ana@example.com\u00a0"], due: [] },
        ],
        [
            "a login is written with a line end after it, which names the same user everywhere else",
            { inside: ["ana@example.com"], due: [] },
            ["ana@example.com\n"],
            { inside: ["ana@example.com\n"], due: [] },
        ],
        [
            "a login is written with another form of Unicode, which names the same user everywhere else",
            { inside: ["zo\u00eb@example.com"], due: [] },
            ["zoe\u0308@example.com"],
            { inside: ["zoe\u0308@example.com"], due: [] },
        ],
        [
            "an id is written in another way",
            { inside: ["00uA"], due: [] },
            ["00ua"],
            { inside: ["00ua"], due: [due("00uA")] },
        ],
    ];
    for (const [title, before, active, after] of table) {
        it(`knows who is due where ${title}`, () => {
            assert.deepEqual(afterWrite(before, new Set(active), 1000), after);
        });
    }

    // As grants, a stored queue of an earlier process, and a later reading may each spell one user.
    const SPELLINGS = [
        " zo\u00eb@example.com",
        "zo\u00eb@EXAMPLE.com\n",
        "zoe\u0308@example.com",
        "\u00a0zo\u00eb@example.com ",
    ];
    const [FIRST = "", SECOND = "", ...MORE] = SPELLINGS;

    it("has a user due once who is inside in several spellings, and not while any of them is inside", () => {
        assert.deepEqual(afterWrite({ inside: SPELLINGS, due: [] }, new Set(), 1000), {
            inside: [],
            due: [due(FIRST)],
        });
        assert.deepEqual(afterWrite(NOBODY, new Set(SPELLINGS), 1000), { inside: [FIRST], due: [] });
        for (const other of MORE) {
            assert.deepEqual(afterWrite({ inside: [FIRST], due: [due(SECOND)] }, new Set([other]), 9).due, []);
        }
    });

    it("has nobody due, and nobody new inside, before a write that lets in another spelling", () => {
        const before = { inside: [FIRST], due: [due(SECOND)] };
        assert.deepEqual(beforeWrite(before, new Set(SPELLINGS)), { inside: [FIRST], due: [] });
    });

    it("finds a user inside in every spelling", () => {
        const found = { id: "00u2", login: "zo\u00eb@example.com" };
        for (const inside of SPELLINGS) assert.ok(isInside({ inside: [inside], due: [] }, found), inside);
    });

    it("has nobody both inside and due, nobody due twice, and changes nothing when told twice", () => {
        const people = fc.uniqueArray(fc.constantFrom("ana", "bob", "eve"));
        fc.assert(
            fc.property(fc.array(people, { maxLength: 8 }), (history) => {
                const end = history.reduce((queue, active, at) => afterWrite(queue, new Set(active), at), NOBODY);
                const users = end.due.map(({ user }) => user);
                assert.equal(new Set(users).size, users.length);
                assert.deepEqual(
                    users.filter((user) => end.inside?.includes(user)),
                    [],
                );
                const everInside = new Set(history.flat());
                const outside = [...everInside].filter((user) => !end.inside?.includes(user));
                assert.deepEqual([...users].sort(), outside.sort());
                assert.deepEqual(afterWrite(end, new Set(end.inside ?? []), 99), { ...end, inside: end.inside ?? [] });
            }),
        );
    });
});

describe("what is due after a clearing", () => {
    it("is a second one 75 s after the write, and then nothing", () => {
        const second = afterSuccess(due("ana"), ANA);
        const found = { userId: "00u1", login: "ana@example.com" };
        assert.deepEqual(second, due("ana", { ...found, turn: "second", atMs: 76_000 }));
        assert.equal(second && afterSuccess(second, ANA), undefined);
    });

    it("is the same one later where it failed", () => {
        assert.deepEqual(
            afterFailure(due("ana", { attempts: 1 }), "503", 5000, 0),
            due("ana", { attempts: 2, why: "503", atMs: 15_000 }),
        );
    });

    for (const [failures, random, ms] of [
        [0, 0, 5_000],
        [1, 0, 10_000],
        [5, 0, 160_000],
        [6, 0, 300_000],
        [400, 0, 300_000],
        [0, 0.5, 5_625],
    ] as const) {
        it(`waits ${ms} ms after ${failures} failures before, with chance ${random}`, () => {
            assert.equal(waitMs(failures, random), ms);
        });
    }

    it("is whoever is due first", () => {
        const [one, two] = [due("ana", { atMs: 2 }), due("bob", { atMs: 1 })];
        assert.equal(nextDue({ inside: [], due: [one, two] }), two);
        assert.equal(nextDue(NOBODY), undefined);
    });
});

describe("beforeWrite", () => {
    const table: readonly (readonly [title: string, before: Queue, active: readonly string[], after: Queue])[] = [
        ["nobody was ever known to be inside", NOBODY, ["ana"], { inside: ["ana"], due: [] }],
        ["others are inside", { inside: ["bob"], due: [] }, ["ana"], { inside: ["bob", "ana"], due: [] }],
        [
            "somebody is due",
            { inside: [], due: [due("ana"), due("bob")] },
            ["ana"],
            { inside: ["ana"], due: [due("bob")] },
        ],
    ];
    for (const [title, before, active, after] of table) {
        it(`counts whoever may be let in as inside where ${title}`, () => {
            assert.deepEqual(beforeWrite(before, new Set(active)), after);
        });
    }

    it("changes nothing where they are inside already", () => {
        const queue: Queue = { inside: ["Ana@example.com", "bob"], due: [due("eve")] };
        assert.equal(beforeWrite(queue, new Set(["ana@example.com"])), queue);
    });
});

describe("isInside", () => {
    for (const [name, found, isFound] of [
        ["00u1", ANA, true],
        ["ana@example.com", ANA, true],
        ["Ana@Example.com", ANA, true],
        ["ana", ANA, true],
        ["00U1", ANA, false],
        ["ana@example.org", ANA, false],
        ["ann", ANA, false],
        ["00u1", { id: "00u1" }, true],
        ["ana@example.com", { id: "00u1" }, false],
    ] as const) {
        it(`${isFound ? "finds" : "does not find"} ${JSON.stringify(found)} under "${name}"`, () => {
            assert.equal(isInside({ inside: ["bob", name], due: [] }, found), isFound);
            assert.equal(isInside({ inside: undefined, due: [] }, found), false);
        });
    }
});

describe("ofZones", () => {
    const queue: Queue = { inside: ["bob"], due: [due("ana")] };
    for (const [title, zones, ours, left] of [
        ["it was kept for these zones", ["nzo1", "nzo2"], ["nzo1", "nzo2"], queue],
        ["a zone is new", ["nzo1"], ["nzo2", "nzo1"], queue],
        ["one of its zones is not ours any more", ["nzo1", "nzo2"], ["nzo2"], { inside: undefined, due: queue.due }],
        ["it is about other zones", ["nzo1"], ["nzo2"], { inside: undefined, due: [] }],
        ["nothing says which zones it is about", undefined, ["nzo1"], queue],
    ] as const) {
        it(`takes of a queue what is about us where ${title}`, () => {
            assert.deepEqual(ofZones({ zones, ...queue }, ours), left);
        });
    }
});

describe("a queue and a clock that is set", () => {
    it("is due as soon as before when the clock is set back", () => {
        const before: Queue = { inside: ["bob"], due: [due("ana", { outAtMs: 5000, atMs: 80_000 })] };
        const after: Queue = { inside: ["bob"], due: [due("ana", { outAtMs: 2000, atMs: 77_000 })] };
        assert.deepEqual(afterSetBack(before, 3000), after);
    });

    it("is due within the longest wait after a restart by another clock", () => {
        const before: Queue = {
            inside: [],
            due: [due("ana", { outAtMs: 9e6, atMs: 9e6 }), due("bob", { atMs: 5000 })],
        };
        const after: Queue = {
            inside: [],
            due: [due("ana", { outAtMs: 4000, atMs: 379_000 }), due("bob", { atMs: 5000 })],
        };
        assert.deepEqual(restored(before, 4000), after);
    });
});
