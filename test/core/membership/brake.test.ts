import { strict as assert } from "node:assert";
import { formatSpan, spanOf } from "../../../src/core/addresses/ip";
import type { Grant } from "../../../src/core/grants/grants";
import type { BrakeInput } from "../../../src/core/membership/brake";
import { grant, NOW } from "../../support/grants";
import { address, endsIn, g, judge, some } from "./judgedGrants";

/** Items of grants that are known still, and of grants that are not. */
const items = (count: number) => some(count).map(({ id }) => `grant ${id}`);
const others = (count: number) => items(count).map((item) => `${item} of before`);

const ids = (grants: readonly Grant[]) => grants.map(({ id }) => id);

describe("applyBrake: what counts as a loss of a known active grant", () => {
    const known = g(1, { user: "ana" });
    const others = [g(8, { user: "bob" }), g(9, { user: "cyd" })];
    const table: readonly (readonly [title: string, next: readonly Grant[], why: string | undefined])[] = [
        ["unchanged", [known], undefined],
        ["has a later end", [{ ...known, ...endsIn(90) }], undefined],
        ["never ends any more", [{ ...known, expiresAtMs: Infinity }], undefined],
        ["has another reason", [{ ...known, reason: "INC-1" }], undefined],
        ["has the same address under another id", [{ ...known, id: "other" }], undefined],
        ["has its address in a wider grant", [grant("203.0.113.0/24", 60, { id: "wide" })], undefined],
        ["has one address more", [{ ...known, spans: [spanOf(address(1)), spanOf(address(2))] }], undefined],
        ["is gone", [], "gone"],
        [
            "is gone, and somebody else has its address for a shorter time",
            [g(1, { id: "other", ...endsIn(30) })],
            "gone",
        ],
        ["ended an hour ago", [{ ...known, ...endsIn(-60) }], "shortened"],
        ["ends at this moment", [{ ...known, ...endsIn(0) }], "shortened"],
        ["ends a minute earlier", [{ ...known, ...endsIn(59) }], "shortened"],
        ["starts in a minute", [{ ...known, startsAtMs: NOW + 60_000 }], "postponed"],
        ["has another address", [{ ...known, spans: [spanOf(address(2))] }], "moved"],
        ["goes to another user, and its own is left without a grant", [{ ...known, user: "dan" }], "user"],
        ["changes its user's spelling", [{ ...known, user: "Ana" }], undefined],
        ["swaps its user with another grant", [{ ...known, user: "bob" }, g(8, { user: "ana" })], undefined],
    ];
    for (const [title, next, why] of table) {
        it(`${why === undefined ? "does not count" : "counts"} a grant that ${title}`, () => {
            const rest = others.filter(({ id }) => !next.some((grant) => grant.id === id));
            const { losses, verdict } = judge([known, ...others], [...next, ...rest]);
            assert.deepEqual(
                losses.map(({ item, why }) => [item, why]),
                why === undefined ? [] : [["grant g1", why]],
            );
            assert.equal(verdict, "accepted");
        });
    }

    it("does not count a grant that a denial keeps out", () => {
        const isDenied = ({ id }: Grant) => Number(id.slice(1)) > 6;
        const { verdict, losses, active } = judge(some(12), some(5), { isDenied });
        assert.deepEqual([verdict, losses.map(({ item }) => item), active], ["accepted", ["grant g6"], 6]);
    });

    it("does not count a grant that reached its known end, or has yet to start", () => {
        const known = [g(1, endsIn(0)), g(2, { startsAtMs: NOW + 1 }), g(3)];
        assert.deepEqual(judge(known, [g(3)]).losses, []);
    });

    it("does not count a grant whose address became a static gateway", () => {
        assert.deepEqual(judge([g(1), g(2)], [g(2)], { staticGateways: [spanOf(address(1))] }).losses, []);
    });

    it("says whether the settings exclude a grant that the reading still has", () => {
        const excluded = (id: string) => (id === "g1" ? ("deselected" as const) : ("limit" as const));
        const { losses } = judge(some(4), some(4).slice(2), { excluded });
        assert.deepEqual(
            losses.map(({ why }) => why),
            ["deselected", "limit"],
        );
    });

    it("names the addresses that would be lost, and only those", () => {
        const wide = grant(["203.0.113.0/30", "198.51.100.9"], 60, { id: "wide" });
        const { losses } = judge([wide, g(99)], [{ ...wide, spans: [spanOf("203.0.113.0/31")] }, g(99)]);
        assert.deepEqual(losses[0]?.spans.map(formatSpan), ["198.51.100.9/32", "203.0.113.2/31"]);
    });
});

describe("applyBrake: when it holds", () => {
    const table: readonly (readonly [
        known: number,
        left: number,
        more: Partial<BrakeInput>,
        because: string | undefined,
    ])[] = [
        [40, 20, {}, undefined],
        [40, 19, {}, "limit"],
        [40, 0, {}, "all"],
        [6, 3, {}, undefined],
        [5, 2, {}, undefined],
        [4, 1, {}, undefined],
        [3, 0, {}, "all"],
        [2, 0, {}, "all"],
        [1, 0, {}, undefined],
        [8, 4, { maxRemovals: { percent: 0 } }, "limit"],
        [8, 5, { maxRemovals: { percent: 0 } }, undefined],
        [8, 7, { maxRemovals: { count: 0 } }, "limit"],
        [8, 7, { maxRemovals: { count: 1 } }, undefined],
        [12, 11, { maxRemovals: { count: 1 }, recent: others(1) }, "limit"],
        [40, 30, { recent: others(15) }, undefined],
        [40, 10, { recent: others(4) }, "limit"],
        // Those that moved within the window are known still, and count once for the limit.
        [12, 6, { recent: items(1) }, "limit"],
        [12, 7, { recent: items(1) }, undefined],
        [12, 11, { nameless: 1 }, "nameless"],
        [12, 12, { nameless: 1 }, undefined],
        [12, 11, { nameless: 1, confirmed: new Set(["grant g12"]) }, undefined],
        [12, 11, { nameless: 1, maxRemovals: "off" }, undefined],
        [9, 0, { maxRemovals: { percent: 100 } }, "all"],
        [9, 0, { maxRemovals: { count: 100 } }, "all"],
        [9, 0, { maxRemovals: "off" }, undefined],
        [9, 0, { confirmed: "all" }, undefined],
        [8, 7, { heldBefore: new Set(["grant g8"]) }, "before"],
        [8, 7, { heldBefore: new Set(["grant g8"]), confirmed: new Set(["grant g8"]) }, undefined],
        [8, 6, { heldBefore: new Set(["grant g8"]), confirmed: new Set(["grant g8"]) }, "before"],
        [8, 8, { heldBefore: new Set(["grant g8"]) }, undefined],
    ];
    for (const [count, left, more, because] of table) {
        const settings = JSON.stringify(more, (_, value) => (value instanceof Set ? [...value] : value));
        it(`${because === undefined ? "accepts" : `holds (${because})`} ${count} to ${left} with ${settings}`, () => {
            const judgement = judge(some(count), some(left), more);
            assert.equal(judgement.because, because);
            assert.equal(judgement.verdict, because === undefined ? "accepted" : "held");
            assert.deepEqual(ids(judgement.grants), ids(some(because === undefined ? left : count)));
        });
    }

    it("counts entries without a memory like known grants, and keeps them while it holds", () => {
        const entries = some(4).flatMap(({ spans }) => spans);
        const held = judge([], [g(1), g(7)], { entries, maxRemovals: { count: 2 } });
        assert.deepEqual([held.because, held.losses.length, held.active], ["limit", 3, 4]);
        assert.deepEqual(held.keep, entries);
        assert.deepEqual([ids(held.grants), ids(held.waiting)], [["g1"], ["g7"]]);
        const accepted = judge([], [g(1), g(7)], { entries, maxRemovals: { count: 3 } });
        assert.deepEqual([accepted.verdict, accepted.keep, ids(accepted.grants)], ["accepted", [], ["g1", "g7"]]);
    });

    it("takes an end in the past for a known one where nothing is remembered", () => {
        const entries = some(4).flatMap(({ spans }) => spans);
        assert.deepEqual(judge([], some(4, endsIn(-1)), { entries }).losses, []);
    });
});

describe("applyBrake: what it goes by while it holds", () => {
    const held = (known: readonly Grant[], next: readonly Grant[], more: Partial<BrakeInput> = {}) => {
        const judgement = judge(known, next, { maxRemovals: { count: 0 }, ...more });
        assert.equal(judgement.verdict, "held");
        return judgement;
    };

    it("keeps the known grants, and lets new ones wait", () => {
        const { grants, waiting } = held(some(3), [g(1), g(2), g(7)]);
        assert.deepEqual([ids(grants), ids(waiting)], [["g1", "g2", "g3"], ["g7"]]);
    });

    it("lets a new grant in that was set by name", () => {
        const named = { set: new Set(["g7"]), removed: new Set<string>() };
        const { grants, waiting } = held(some(3), [g(1), g(7), g(8)], { named });
        assert.deepEqual([ids(grants), ids(waiting)], [["g1", "g2", "g3", "g7"], ["g8"]]);
    });

    it("lets a grant go that was removed by name", () => {
        const named = { set: new Set<string>(), removed: new Set(["g2"]) };
        const { grants, deliberate } = held(some(3), [g(1)], { named });
        assert.deepEqual([ids(grants), deliberate.map(({ item }) => item)], [["g1", "g3"], ["grant g2"]]);
    });

    it("takes a later end at once, and no earlier one", () => {
        const { grants } = held(some(3), [g(1, endsIn(90)), g(2, endsIn(30))]);
        assert.deepEqual(
            grants.map(({ expiresAtMs = 0 }) => (expiresAtMs - NOW) / 60_000),
            [90, 60, 60],
        );
    });

    it("takes no later end of a right that begins anew after the known end", () => {
        const { grants } = held(some(2), [g(1, { startsAtMs: NOW + 61 * 60_000, ...endsIn(120) }), g(2)]);
        assert.equal(grants[0]?.expiresAtMs, NOW + 60 * 60_000);
    });

    it("takes no later end for an address that the grant has no more", () => {
        const moved = { ...g(1), spans: [spanOf(address(9))], ...endsIn(90) };
        assert.equal(held(some(2), [moved, g(2)]).grants[0]?.expiresAtMs, NOW + 60 * 60_000);
    });

    it("lets go of what reached its known end", () => {
        assert.deepEqual(ids(held([g(1), g(2, endsIn(0)), g(3)], [g(3)]).grants), ["g1", "g3"]);
    });

    it("keeps the old address of a grant, and lets the new one wait", () => {
        const moved = { ...g(1), spans: [spanOf(address(9))] };
        const { grants, waiting } = held(some(2), [moved, g(2)]);
        assert.deepEqual(
            grants.map(({ spans }) => spans.map(formatSpan)),
            [[address(1)], [address(2)]],
        );
        assert.deepEqual(waiting, [moved]);
    });
});

describe("applyBrake: entries that cannot be used any more", () => {
    it("keeps their grants as they were known, whatever is accepted", () => {
        const { verdict, grants, lasting } = judge(some(40), some(35), {
            unusable: some(40)
                .slice(35)
                .map(({ id }) => ({ id })),
        });
        assert.equal(verdict, "accepted");
        assert.deepEqual([ids(grants).length, ids(lasting)], [40, ["g36", "g37", "g38", "g39", "g40"]]);
    });

    it("lets them go at their known end", () => {
        const { grants } = judge([g(1, endsIn(0)), g(2)], [g(2)], { unusable: [{ id: "g1" }] });
        assert.deepEqual(ids(grants), ["g2"]);
    });

    it("counts them beside removals, and not alone", () => {
        const unusable = some(40)
            .slice(25)
            .map(({ id }) => ({ id }));
        assert.equal(judge(some(40), some(25), { unusable }).verdict, "accepted");
        assert.equal(judge(some(40), some(19), { unusable }).verdict, "held");
        assert.equal(judge(some(2), [], { unusable: some(2) }).verdict, "accepted");
    });

    it("keeps a grant as it was known that the reading changes beyond a limit", () => {
        const excluded = (id: string) => (id === "g12" ? ("limit" as const) : undefined);
        const isWithinLimits = () => true;
        const { verdict, lasting } = judge(some(12), some(11), { excluded, isWithinLimits });
        assert.deepEqual([verdict, ids(lasting)], ["accepted", ["g12"]]);
        const { losses, grants } = judge(some(12), some(11), { excluded });
        assert.deepEqual([losses.map(({ why }) => why), grants.length], [["limit"], 11]);
    });

    it("keeps a grant whose addresses an entry without an id has, and no other one", () => {
        const unusable = [{ id: "grant 3", isNameless: true as const, spans: [spanOf(address(12))] }];
        const { verdict, grants, lasting } = judge(some(12), some(10), { unusable });
        assert.deepEqual([verdict, ids(lasting), grants.length], ["accepted", ["g12"], 11]);
    });

    it("keeps an entry without a memory that an unusable entry names", () => {
        const entries = some(2).flatMap(({ spans }) => spans);
        const unusable = [{ id: "g2", spans: [spanOf(address(2))] }];
        const { verdict, keep } = judge([], [g(1)], { entries, unusable, maxRemovals: { count: 1 } });
        assert.deepEqual([verdict, keep.map(formatSpan)], ["accepted", [address(2)]]);
    });
});
