import { strict as assert } from "node:assert";
import fc from "fast-check";

import { type GroupMemory, type GroupPlanInput, planGroup } from "../../../src/core/group/groupPlan";
import type { OktaUser } from "../../../src/core/group/users";

const user = (id: string): OktaUser => ({ id, login: `${id}@example.com` });
const REMEMBERED: GroupMemory = { granted: [], unknown: [], released: {}, names: {} };

type Given = Partial<Omit<GroupPlanInput, "members" | "wanted" | "staying">> &
    Partial<Record<"members" | "wanted" | "staying", readonly string[]>>;

function planOf({ members = [], wanted = [], staying = [], ...rest }: Given) {
    return planGroup({
        memory: REMEMBERED,
        firstContact: "hold",
        maxRemovals: { percent: 50 },
        names: new Map(),
        isUnidentified: false,
        ...rest,
        members: members.map(user),
        wanted: new Set(wanted),
        staying: new Set(staying),
    });
}

/** Such as `+ana -ben:ended ?eva`. */
function told(given: Given): string {
    const { add, remove, held } = planOf(given);
    return [
        ...add.map((id) => `+${id}`),
        ...remove.map(
            ({ user: { id }, why, confirmedBy }) => `-${id}:${why}${confirmedBy ? ` by ${confirmedBy}` : ""}`,
        ),
        ...held.map(({ id }) => `?${id}`),
    ].join(" ");
}

describe("planGroup", () => {
    const cases: Readonly<Record<string, readonly [Given, string]>> = {
        "a member whom nobody granted is held while a user in effect is not identified": [
            { members: ["eva"], isUnidentified: true },
            "?eva",
        ],
        "a member whose grant ended goes, also while another user in effect is not identified": [
            { members: ["ana"], isUnidentified: true, memory: { ...REMEMBERED, granted: ["ana"] } },
            "-ana:ended",
        ],
        "a member held for that goes once it is confirmed": [
            { members: ["eva"], isUnidentified: true, memory: { ...REMEMBERED, released: { eva: "mia" } } },
            "-eva:unknown by mia",
        ],
        "first contact with `apply` lets nobody go while a user in effect is not identified": [
            { members: ["eva"], isUnidentified: true, memory: undefined, firstContact: "apply", maxRemovals: "off" },
            "?eva",
        ],
        "puts in who has a grant": [{ wanted: ["ana"] }, "+ana"],
        "leaves in who has a grant": [{ members: ["ana"], wanted: ["ana"] }, ""],
        "takes out whose grant has ended": [
            { members: ["ana"], memory: { ...REMEMBERED, granted: ["ana"] } },
            "-ana:ended",
        ],
        "takes out whom another writer put in": [{ members: ["eva"] }, "-eva:drift"],
        "puts in again whom another writer took out": [
            { wanted: ["ana"], memory: { ...REMEMBERED, granted: ["ana"] } },
            "+ana",
        ],
        "neither puts in nor takes out whom Okta has not found yet, by login": [
            { members: ["ana"], staying: ["ana@example.com", "ben@example.com"] },
            "",
        ],
        "neither puts in nor takes out whom Okta has not found yet, by short name": [
            { members: ["ana"], staying: ["ana"] },
            "",
        ],
        "holds at first contact whom no grant explains": [
            { members: ["ana", "eva"], wanted: ["ana"], memory: undefined },
            "?eva",
        ],
        "does not show as held at first contact who may be somebody that is not found yet": [
            { members: ["eva"], staying: ["eva@example.com"], memory: undefined },
            "",
        ],
        "lets go at first contact with `apply`": [
            { members: ["ana", "eva"], wanted: ["ana"], memory: undefined, firstContact: "apply" },
            "-eva:unknown",
        ],
        "holds with `apply` too many": [
            {
                members: ["ana", "a", "b", "c", "d"],
                wanted: ["ana"],
                memory: undefined,
                firstContact: "apply",
                maxRemovals: { count: 3 },
            },
            "?a ?b ?c ?d",
        ],
        "holds with `apply` all of several": [
            { members: ["a", "b"], memory: undefined, firstContact: "apply" },
            "?a ?b",
        ],
        "holds on whom it held before": [{ members: ["eva"], memory: { ...REMEMBERED, unknown: ["eva"] } }, "?eva"],
        "does not hold any more who is granted": [
            { members: ["eva"], wanted: ["eva"], memory: { ...REMEMBERED, unknown: ["eva"] } },
            "",
        ],
        "lets go whom somebody released": [
            { members: ["eva"], memory: { ...REMEMBERED, unknown: ["eva"], released: { eva: "mia" } } },
            "-eva:unknown by mia",
        ],
    };
    for (const [name, [given, expected]] of Object.entries(cases)) {
        it(name, () => assert.equal(told(given), expected));
    }

    it("holds at first contact members whose user was ambiguous, once that is known", () => {
        const { memory } = planOf({ members: ["ana"], staying: ["ana"], memory: undefined });
        assert.equal(told({ members: ["ana"], memory }), "?ana");
    });

    it("remembers a user to be taken out until they are out", () => {
        const { memory } = planOf({ members: ["ana"], memory: { ...REMEMBERED, granted: ["ana", "ben"] } });
        assert.deepEqual(memory.granted, ["ana"]);
    });

    it("remembers a user before they are put in", () => {
        assert.deepEqual(planOf({ wanted: ["ana"] }).memory.granted, ["ana"]);
    });
});

const ids = fc.uniqueArray(fc.constantFrom<string>("a", "b", "c", "d", "e"));
const given = fc.record({
    members: ids,
    wanted: ids,
    staying: ids,
    memory: fc.option(fc.record({ granted: ids, unknown: ids, released: fc.constant({}), names: fc.constant({}) }), {
        nil: undefined,
    }),
    firstContact: fc.constantFrom("hold" as const, "apply" as const),
    maxRemovals: fc.constantFrom({ count: 0 }, { count: 2 }, { percent: 50 }, "off" as const),
});

/** The members after the plan was carried out as a whole. */
function carriedOut(plan: ReturnType<typeof planOf>, members: readonly string[]): readonly string[] {
    const gone = new Set(plan.remove.map(({ user: { id } }) => id));
    return [...members, ...plan.add].filter((id) => !gone.has(id)).sort();
}

describe("planGroup, for any group", () => {
    it("is done after one plan: the next one changes nothing", () => {
        fc.assert(
            fc.property(given, (input) => {
                const plan = planOf(input);
                const next = planOf({ ...input, members: carriedOut(plan, input.members), memory: plan.memory });
                assert.deepEqual([next.add, next.remove], [[], []]);
            }),
        );
    });

    it("leaves in just who has a grant, may have one, or is held", () => {
        fc.assert(
            fc.property(given, (input) => {
                const plan = planOf(input);
                const { members, wanted, staying } = input;
                const expected = new Set([
                    ...wanted,
                    ...members.filter((id) => staying.includes(id)),
                    ...plan.held.map(({ id }) => id),
                ]);
                assert.deepEqual(carriedOut(plan, members), [...expected].sort());
            }),
        );
    });

    it("removes no member at first contact with `hold`, and never a wanted one", () => {
        fc.assert(
            fc.property(given, (input) => {
                const plan = planOf(input);
                if (input.memory === undefined && input.firstContact === "hold") assert.deepEqual(plan.remove, []);
                for (const { user } of plan.remove) assert.ok(!input.wanted.includes(user.id));
            }),
        );
    });

    it("does not hold members that a grant added, and keeps holding those that it held", () => {
        fc.assert(
            fc.property(given, ids, (input, granted) => {
                const first = planOf({ ...input, memory: undefined, firstContact: "hold" });
                const later = planOf({ ...input, wanted: granted, memory: first.memory });
                const before = first.held.map(({ id }) => id);
                for (const { id } of later.held) assert.ok(before.includes(id));
                for (const { user, why } of later.remove) assert.ok(why === "ended" || !before.includes(user.id));
            }),
        );
    });

    it("comes to the same, whatever part of a plan was carried out before a restart", () => {
        fc.assert(
            fc.property(given, ids, (input, done) => {
                const plan = planOf(input);
                const gone = new Set(plan.remove.flatMap(({ user: { id } }) => (done.includes(id) ? id : [])));
                const half = [...input.members, ...plan.add.filter((id) => done.includes(id))];
                const members = half.filter((id) => !gone.has(id));
                const next = planOf({ ...input, members, memory: plan.memory });
                assert.deepEqual(carriedOut(next, members), carriedOut(plan, input.members));
            }),
        );
    });
});
