import { strict as assert } from "node:assert";
import fc from "fast-check";

import type { Span } from "../../../src/core/addresses/ip";
import { overlapsSpan, separateSpans } from "../../../src/core/addresses/spans";
import { type Columns, columnsAfter, columnsOf } from "../../../src/core/grants/columns";
import { type GrantIndex, indexAfter, indexOf, indexWork } from "../../../src/core/grants/grantIndex";
import { type Grant, isActive, nextChangeMs } from "../../../src/core/grants/grants";
import { momentsAfter, momentsOf } from "../../../src/core/grants/moments";

const span = fc.tuple(fc.nat(30), fc.nat(4)).map(([low, more]): Span => ({ low, high: low + more }));
const moment = fc.option(fc.nat(10), { nil: undefined });
/** Some end before they start. */
const grant = fc.record({ spans: fc.array(span, { maxLength: 3 }), startsAtMs: moment, expiresAtMs: moment });
/** What is done to a list, at a place of it: a grant is put in, taken out or replaced. */
const step = fc.record({ place: fc.nat(40), what: fc.constantFrom("in", "out", "other"), grant });

interface Form {
    readonly spans?: readonly Span[];
    readonly startsAtMs?: number | undefined;
    readonly expiresAtMs?: number | undefined;
}

interface Step {
    readonly place: number;
    readonly what: "in" | "out" | "other";
    readonly grant: Form;
}

const named = (id: number, { startsAtMs, expiresAtMs, spans = [] }: Form): Grant => ({
    id: `g-${id}`,
    labels: {},
    spans: separateSpans(spans),
    ...(startsAtMs !== undefined && { startsAtMs }),
    ...(expiresAtMs !== undefined && { expiresAtMs }),
});

function changed(list: readonly Grant[], { place, what, grant }: Step, id: number): readonly Grant[] {
    if (what === "in") return list.toSpliced(place, 0, named(id, grant));
    const old = list[place % Math.max(1, list.length)];
    if (old === undefined) return list;
    const next = { ...named(id, grant), id: old.id };
    return list.flatMap((each) => (each === old ? (what === "out" ? [] : [next]) : [each]));
}

/** What looks through all grants say. */
function lookedUp(grants: readonly Grant[]): GrantIndex {
    return {
        byId: (id) => grants.find((each) => each.id === id),
        touching: (spans) => grants.filter((each) => each.spans.some((one) => overlapsSpan(separateSpans(spans), one))),
        activeSpans: (nowMs) =>
            separateSpans(grants.filter((each) => isActive(each, nowMs)).flatMap((each) => each.spans)),
        countActive: (nowMs) => grants.filter((each) => isActive(each, nowMs)).length,
        nextMoment: (nowMs, maxMs) => {
            const able = grants.filter((each) => (each.startsAtMs ?? -Infinity) < (each.expiresAtMs ?? Infinity));
            const soon = able.map((each) => (each.expiresAtMs ?? Infinity) - (maxMs ?? -Infinity));
            const first = Math.min(nextChangeMs(able, nowMs) ?? Infinity, ...soon.filter((ms) => ms > nowMs));
            return first === Infinity ? undefined : first;
        },
    };
}

function assertSame(index: GrantIndex, grants: readonly Grant[], asked: readonly Span[]): void {
    const expected = lookedUp(grants);
    for (let nowMs = -1; nowMs <= 11; nowMs++) {
        assert.deepEqual(index.activeSpans(nowMs), expected.activeSpans(nowMs));
        assert.equal(index.countActive(nowMs), expected.countActive(nowMs));
        assert.equal(index.nextMoment(nowMs), expected.nextMoment(nowMs));
        assert.equal(index.nextMoment(nowMs, 3), expected.nextMoment(nowMs, 3));
    }
    assert.deepEqual(index.touching(asked), expected.touching(asked));
    for (const { id } of [...grants, { id: "g-0" }]) assert.equal(index.byId(id), expected.byId(id));
}

describe("an index of grants", () => {
    it("says what a look through all grants says, through any changes of the list", () => {
        fc.assert(
            fc.property(fc.array(grant), fc.array(step), fc.array(span), (first, steps, asked) => {
                let list: readonly Grant[] = first.map((each, id) => named(id, each));
                assertSame(indexOf(list), list, asked);
                for (const [at, each] of steps.entries()) {
                    const next = changed(list, each, 100 + at);
                    const index = indexAfter(list, next);
                    list = next;
                    assertSame(index, list, asked);
                }
            }),
            { numRuns: 300 },
        );
    });

    it("is copied with the changes as it would be made anew", () => {
        fc.assert(
            fc.property(fc.array(fc.tuple(grant, fc.boolean())), fc.array(grant), (first, more) => {
                const list = first.map(([form], id) => named(id, form));
                const gone = list.filter((_, id) => first[id]?.[1] === true);
                const come = more.map((form, id) => named(1000 + id, form));
                const next = [...list.filter((each) => !gone.includes(each)), ...come];
                assert.deepEqual(momentsAfter(momentsOf(list), gone, come), momentsOf(next));
                const [copied, anew] = [columnsAfter(columnsOf(list), gone, come), columnsOf(next)];
                assert.deepEqual(copied.lows, anew.lows);
                const highest = copied.highs.map((_, row) => Math.max(...copied.highs.subarray(0, row + 1)));
                assert.deepEqual(copied.reach, highest);
                const rows = ({ lows, highs, starts, ends, grants }: Columns) =>
                    grants.map(({ id }, row) => `${lows[row]} ${highs[row]} ${starts[row]} ${ends[row]} ${id}`).sort();
                assert.deepEqual(rows(copied), rows(anew));
            }),
            { numRuns: 300 },
        );
    });

    it("finds who is active once between two moments, and again after the next one", () => {
        const index = indexOf([named(1, { spans: [{ low: 1, high: 1 }], startsAtMs: 2, expiresAtMs: 8 })]);
        const spans = index.activeSpans(4);
        assert.equal(index.activeSpans(7), spans);
        assert.equal(index.activeSpans(4), spans);
        assert.deepEqual([index.activeSpans(8), index.activeSpans(1), index.activeSpans(2)], [[], [], spans]);
    });

    it("finds in slices what changed between two lists that differ at both ends", () => {
        const many = Array.from({ length: 5000 }, (_, id) => named(id, { spans: [{ low: id, high: id }] }));
        const next = [...many.slice(1), named(9000, {})];
        indexOf(many).countActive(0);
        const steps = [...indexWork(many, [named(9001, {}), ...next])];
        assert.ok(steps.length > 40 && Math.max(...steps) < 200, `${steps.length} steps`);
    });

    it("is made once for a list", () => {
        const list = [named(1, { spans: [{ low: 1, high: 1 }] })];
        assert.equal(indexOf(list), indexOf(list));
        const next = [...list, named(2, {})];
        assert.equal(indexAfter(list, next), indexOf(next));
    });

    it("goes on from the earlier list where a few of many grants changed, and begins anew where most did", () => {
        const many = Array.from({ length: 2000 }, (_, id) => named(id, { spans: [{ low: id, high: id }] }));
        const moved = many.map((each, at) =>
            at % 2 === 0 ? named(at, { spans: [{ low: at + 5000, high: at + 5000 }] }) : each,
        );
        for (const next of [many.toSpliced(700, 2, named(3000, { spans: [{ low: 7, high: 9 }] })), moved]) {
            indexOf(many);
            assertSame(indexAfter(many, next), next, [{ low: 8, high: 8 }]);
        }
    });

    it("keeps up with more changes than are kept apart", () => {
        let list: readonly Grant[] = Array.from({ length: 40_000 }, (_, id) => named(id, {}));
        indexOf(list);
        for (let round = 0; round < 3; round++) {
            const next = list.toSpliced(
                round * 1000,
                600,
                ...Array.from({ length: 600 }, (_, at) => named(50_000 + round * 1000 + at, {})),
            );
            const index = indexAfter(list, next);
            assert.equal(index.byId(`g-${round * 1000 + 5}`), undefined);
            assert.equal(index.byId(`g-${50_000 + round * 1000 + 599}`)?.id, `g-${50_000 + round * 1000 + 599}`);
            list = next;
        }
    });
});
