import { strict as assert } from "node:assert";
import fc from "fast-check";

import { listGrants, listGrantsWork, ROWS_A_PAGE } from "../../../src/agent/page/grantList";
import type { PageQuery } from "../../../src/agent/page/query";
import { SHOWS } from "../../../src/agent/page/query";
import { at, grantView } from "../../support/agentView";

const QUERY: PageQuery = { membership: "", address: "", find: "", show: "in", page: 1 };
const STATES = ["scheduled", "pending", "accepted", "effective", "refused", "leaving", "ended"] as const;

describe("listGrants", () => {
    it("puts first who should be out, then who waits, then by the end, and those without end last", () => {
        const grants = [
            grantView("for ever"),
            grantView("late", { expiresAt: at(200) }),
            grantView("soon", { expiresAt: at(100), state: "accepted" }),
            grantView("waits", { expiresAt: at(900), state: "pending" }),
            grantView("over", { expiresAt: at(-5), state: "leaving" }),
            grantView("ended", { expiresAt: at(-9), state: "ended" }),
            grantView("to come", { startsAt: at(50), expiresAt: at(60), state: "scheduled" }),
        ];
        assert.deepEqual(idsOf(grants, {}), ["over", "waits", "soon", "late", "for ever"]);
        assert.deepEqual(idsOf(grants, { show: "all" }), [
            "over",
            "waits",
            "soon",
            "late",
            "for ever",
            "to come",
            "ended",
        ]);
    });

    it("orders by a column either way, with what has no value after all others", () => {
        const grants = [
            grantView("a", { user: "bo", ip: ["203.0.113.10/32"], reason: "z", expiresAt: at(9) }),
            grantView("b", { user: "Ana", ip: ["9.0.0.1/32"], reason: "x", expiresAt: at(10) }),
            {
                ...grantView("c", { ip: ["203.0.113.9/32"], state: "pending" }),
                user: undefined,
                reason: undefined,
            } as never,
        ];
        assert.deepEqual(idsOf(grants, { sort: "person" }), ["b", "a", "c"]);
        assert.deepEqual(idsOf(grants, { sort: "-person" }), ["c", "a", "b"]);
        assert.deepEqual(idsOf(grants, { sort: "address" }), ["b", "c", "a"]);
        assert.deepEqual(idsOf(grants, { sort: "time" }), ["a", "b", "c"]);
        assert.deepEqual(idsOf(grants, { sort: "reason" }), ["b", "a", "c"]);
        assert.deepEqual(idsOf(grants, { sort: "state" }), ["c", "a", "b"]);
    });

    it("orders those to come by their start", () => {
        const grants = [
            grantView("second", { startsAt: at(20), expiresAt: at(30), state: "scheduled" }),
            grantView("first", { startsAt: at(10), expiresAt: at(90), state: "scheduled" }),
        ];
        assert.deepEqual(idsOf(grants, { show: "scheduled" }), ["first", "second"]);
    });

    it("finds a part of whatever is shown, in any case", () => {
        const grants = [
            grantView("g-1", { user: "Ana@example.com", reason: "INC-7", ip: ["198.51.100.0/24"] }),
            grantView("h-2"),
        ];
        for (const find of ["ana@", "ANA", "inc-7", "198.51", "G-1"])
            assert.deepEqual(idsOf(grants, { find }), ["g-1"], find);
        assert.deepEqual(idsOf(grants, { find: "nobody" }), []);
    });

    it("gives the last page where there are not so many", () => {
        const grants = Array.from({ length: 101 }, (_, index) => grantView(`g-${1000 + index}`));
        const { rows, start, page, pages, total } = listGrants(grants, { ...QUERY, page: 9 });
        assert.deepEqual([rows.map(({ id }) => id), start, page, pages, total], [["g-1100"], 100, 3, 3, 101]);
    });

    it("takes many steps for a page far into a list of many, each of a few comparisons", () => {
        let looks = 0;
        const grants = Array.from({ length: 20_000 }, (_, index) => ({
            ...grantView(`g-${index}`, { user: `u-${(index * 7919) % 20_000}` }),
            get id() {
                looks++;
                return `g-${index}`;
            },
        }));
        for (const page of [1, 300]) {
            const work = listGrantsWork(grants, { ...QUERY, page, sort: "person" });
            let [most, last, steps] = [0, looks, 0];
            let step = work.next();
            for (; !step.done; step = work.next()) {
                most = Math.max(most, looks - last);
                last = looks;
                steps++;
            }
            assert.ok(steps > 100 && most < 10_000, `${most} looks in one of ${steps} steps`);
            const users = step.value.rows.map(({ user }) => user);
            const all = grants.map(({ user }) => user as string).sort();
            assert.deepEqual(users, all.slice((page - 1) * ROWS_A_PAGE, page * ROWS_A_PAGE));
        }
    });

    it("shows each grant that fits once, over all pages, and counts them all", () => {
        const grant = fc.record({
            state: fc.constantFrom(...STATES),
            expiresAt: fc.integer({ min: -9, max: 9 }).map(at),
        });
        fc.assert(
            fc.property(fc.array(grant, { maxLength: 130 }), fc.constantFrom(...SHOWS), (made, show) => {
                const grants = made.map((each, index) => grantView(`g-${index}`, each));
                const { pages, counts, total } = listGrants(grants, { ...QUERY, show });
                const seen = Array.from(
                    { length: pages },
                    (_, index) => listGrants(grants, { ...QUERY, show, page: index + 1 }).rows,
                ).flat();
                assert.equal(new Set(seen).size, seen.length);
                assert.deepEqual([seen.length, total], [counts[show], counts[show]]);
                assert.equal(counts.all, grants.length);
                assert.ok(seen.length > (pages - 1) * ROWS_A_PAGE || pages === 1);
            }),
        );
    });
});

function idsOf(grants: Parameters<typeof listGrants>[0], query: Partial<PageQuery>): readonly string[] {
    return listGrants(grants, { ...QUERY, ...query }).rows.map(({ id }) => id);
}
