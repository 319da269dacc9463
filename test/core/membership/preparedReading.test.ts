import { strict as assert } from "node:assert";
import fc from "fast-check";

import { comparedGrants } from "../../../src/core/grants/grantChanges";
import { indexAfter, indexOf } from "../../../src/core/grants/grantIndex";
import type { Grant } from "../../../src/core/grants/grants";
import { decideMembership } from "../../../src/core/membership/decide";
import { NO_MEMORY } from "../../../src/core/membership/memory";
import { type PrepareInput, prepareReading } from "../../../src/core/membership/preparedReading";
import { parseRules } from "../../../src/core/membership/rules";
import { finish } from "../../../src/core/work";
import { grant, NOW } from "../../support/grants";

interface Entry {
    readonly id: number;
    readonly address: number;
    readonly minutesLeft: number;
    readonly app: string;
}

const entry: fc.Arbitrary<Entry> = fc.record({
    id: fc.nat(12),
    address: fc.nat(12),
    minutesLeft: fc.constantFrom(-5, 5, 60),
    app: fc.constantFrom("a", "a", "b"),
});
const entries = fc.uniqueArray(entry, { selector: ({ id }) => id, maxLength: 12 });

const grantsOf = (list: readonly Entry[]) =>
    list.map(({ id, address, minutesLeft, app }) =>
        grant(`203.0.113.${address}/32`, minutesLeft, { id: `g-${id}`, labels: { app } }),
    );

const history = fc.record({
    before: fc.option(entries, { nil: undefined }),
    remembered: entries,
    isRememberedRead: fc.boolean(),
    next: entries,
    /** How many grants at the beginning are the same objects as in the reading before. */
    shared: fc.nat(12),
    selector: fc.constantFrom({}, { app: "a" }),
    /** After so many steps something else compares the same lists, or the preparation ends. */
    steps: fc.nat(12),
    meanwhile: fc.constantFrom("another comparison", "the end", "nothing"),
});

type History = typeof history extends fc.Arbitrary<infer Each> ? Each : never;

/** Lists of their own, of which nothing was ever compared. */
function listsOf({ before, remembered, isRememberedRead, next, shared, selector }: History): PrepareInput {
    const read = before && grantsOf(before);
    const known = isRememberedRead ? read : undefined;
    const fresh = grantsOf(next).map((each, at) =>
        at < shared ? (read?.find((one) => JSON.stringify(one) === JSON.stringify(each)) ?? each) : each,
    );
    return {
        before: read,
        remembered: known ?? grantsOf(remembered),
        next: fresh,
        selector: { ...selector },
        nowMs: NOW,
    };
}

/** What the state machine finds out by a reading, and decides. */
function outcomeOf({ before, remembered, next, selector }: PrepareInput) {
    const { changes, grants } = comparedGrants(before ?? remembered, next);
    const index = indexAfter(before ?? remembered, grants);
    const decision = decideMembership({
        memory: { ...NO_MEMORY, grants: remembered, unknown: { nzo1: [] } },
        reading: { grants, unusable: [] },
        zones: [{ id: "nzo1", gateways: ["203.0.113.3/32", "203.0.113.99/32"], limit: 5 }],
        rules: { ...parseRules({ maxRemovals: 2 }), selector },
        nowMs: NOW,
    });
    const old = new Set(before ?? remembered);
    return {
        changes,
        grants,
        kept: grants.map((each) => old.has(each)),
        decision,
        active: [index.countActive(NOW), index.activeSpans(NOW), index.nextMoment(NOW)],
        remembered: indexOf(remembered).nextMoment(NOW),
    };
}

function prepared(input: PrepareInput, { steps, meanwhile }: Pick<History, "steps" | "meanwhile">) {
    const work = prepareReading(input);
    for (let step = 0; step < steps; step++) work.next();
    if (meanwhile === "another comparison") comparedGrants(input.before ?? input.remembered, input.next);
    return meanwhile === "the end" ? [] : finish(work);
}

/** Grants that count how often their addresses are looked at. */
function counted(count: number) {
    let looks = 0;
    const grants = Array.from({ length: count }, (_, id): Grant => {
        const { spans, ...rest } = grant(`10.${id >> 16}.${(id >> 8) & 255}.${id & 255}/32`, 60, { id: `g-${id}` });
        return Object.defineProperty({ ...rest } as Grant, "spans", {
            enumerable: true,
            get() {
                looks++;
                return spans;
            },
        });
    });
    return { grants, looks: () => looks };
}

describe("a prepared reading", () => {
    it("is judged as one that was not prepared, whatever happens in between", () => {
        fc.assert(
            fc.property(history, (each) => {
                const input = listsOf(each);
                prepared(input, each);
                assert.deepEqual(outcomeOf(input), outcomeOf(listsOf(each)));
            }),
            { numRuns: 1000 },
        );
    });

    it("is judged as one that was not prepared where another reading came meanwhile", () => {
        fc.assert(
            fc.property(history, entries, (each, other) => {
                const [input, plain] = [listsOf(each), listsOf(each)];
                prepared(input, each);
                const [before, without] = [grantsOf(other), grantsOf(other)];
                assert.deepEqual(outcomeOf({ ...input, before }), outcomeOf({ ...plain, before: without }));
            }),
            { numRuns: 500 },
        );
    });

    it("leaves the decision few grants to look at", () => {
        const [plain, ready] = [counted(10_000), counted(10_000)];
        const inputOf = ({ grants }: typeof plain): PrepareInput => ({
            before: undefined,
            remembered: [],
            next: grants,
            selector: {},
            nowMs: NOW,
        });
        outcomeOf(inputOf(plain));
        const input = inputOf(ready);
        const kept = finish(prepareReading(input));
        const looks = ready.looks();
        outcomeOf(input);
        assert.ok(kept.length > 0 && plain.looks() >= 10_000);
        assert.ok(ready.looks() - looks < 10_000, `${ready.looks() - looks} looks`);
    });

    it("takes many steps for many grants, each of a few", () => {
        const { grants, looks } = counted(10_000);
        let [steps, most, last] = [0, 0, 0];
        for (const _ of prepareReading({ before: undefined, remembered: [], next: grants, selector: {}, nowMs: NOW })) {
            steps++;
            most = Math.max(most, looks() - last);
            last = looks();
        }
        assert.ok(steps > 100 && most <= 512, `${most} looks in one of ${steps} steps`);
    });
});
