import { strict as assert } from "node:assert";
import fc from "fast-check";
import { formatSpan, type Span, spanOf } from "../../../src/core/addresses/ip";
import { coversSpan, mergeSpans, overlapsSpan, separateSpans } from "../../../src/core/addresses/spans";
import { countRemovals, exceeds, type RemovalInput } from "../../../src/core/membership/brake";
import type { MaxRemovals } from "../../../src/core/membership/limits";
import { grant, NOW } from "../../support/grants";

type Texts = readonly string[];

/** Grants are those that have ended. */
function count(live: Texts, next: Texts, over: Texts = [], fixed: Texts = []) {
    const spans = (texts: Texts) => separateSpans(texts.map(spanOf));
    const { ended, ...rest } = countRemovals({
        live: spans(live),
        next: spans(next),
        grants: over.map((range) => grant(range, 0)),
        nowMs: NOW,
        staticGateways: spans(fixed),
    });
    return { ...rest, ended: ended.map(formatSpan) };
}

const [P, Q, R] = ["10.0.0.1/32", "10.0.0.3/32", "10.0.0.5/32"] as const;

describe("countRemovals", () => {
    const none = { live: 0, lost: 0, held: [], ended: [] };
    const table: [what: string, input: Parameters<typeof count>, removal: object][] = [
        ["nothing in an empty zone", [[], []], none],
        ["no newcomer", [[], [P]], none],
        ["no entry that stays", [[P], [P, Q]], { ...none, live: 1 }],
        ["an entry that nobody is granted", [[P, Q], [P]], { ...none, live: 2, lost: 1, held: [Q] }],
        ["every entry of an emptied document", [[P, Q, R], []], { ...none, live: 3, lost: 3, held: [P, Q, R] }],
        ["no entry whose grant is over", [[P, Q], [P], [Q]], { ...none, live: 2, ended: [Q] }],
        [
            "an entry that is over only in part, for the other part",
            [["10.0.0.0/30"], [], ["10.0.0.0/31"]],
            { live: 1, lost: 1, held: ["10.0.0.2/31"], ended: ["10.0.0.0/31"] },
        ],
        [
            "one entry, even where it falls into pieces",
            [["10.0.0.0/29"], ["10.0.0.3"]],
            { ...none, live: 1, lost: 1, held: ["10.0.0.0-10.0.0.2", "10.0.0.4/30"] },
        ],
        ["no entry that is only cut otherwise", [["10.0.0.0/31"], ["10.0.0.0", "10.0.0.1"]], { ...none, live: 1 }],
        ["no entry that somebody else is granted still", [[P], [P], [P]], { ...none, live: 1 }],
        ["no static gateway among the live ones", [[P, Q], [P], [], [P]], { ...none, live: 1, lost: 1, held: [Q] }],
        [
            "an entry that is more than a static gateway",
            [["10.0.0.0/30"], ["10.0.0.0"], [], ["10.0.0.0"]],
            { ...none, live: 1, lost: 1, held: ["10.0.0.1-10.0.0.3"] },
        ],
        ["what is over but was never there, as over", [[P], [P], [R]], { ...none, live: 1, ended: [R] }],
    ];
    for (const [what, input, removal] of table) {
        it(`counts ${what}`, () => assert.deepEqual(count(...input), removal));
    }

    it("does not count a grant that has yet to end, or to begin, as over", () => {
        const input = { live: [spanOf(P)], next: [], nowMs: NOW, staticGateways: [] };
        for (const other of [grant(P, 1), grant(P, 60, { startsAtMs: NOW + 1 })]) {
            assert.equal(countRemovals({ ...input, grants: [other] }).lost, 1);
        }
    });

    it("accounts for each live address: it stays, is over, is static, or is held", () => {
        const span = fc.tuple(fc.nat(11), fc.nat(3)).map(([low, more]): Span => ({ low, high: low + more }));
        const spans = fc.array(span, { maxLength: 5 }).map(separateSpans);
        const grants = fc.array(
            fc.tuple(span, fc.integer({ min: -1, max: 1 })).map(([span, left]) => grant(formatSpan(span), left)),
            { maxLength: 4 },
        );
        fc.assert(
            fc.property(spans, spans, grants, spans, (live, next, grants, staticGateways) => {
                const input: RemovalInput = { live, next, grants, nowMs: NOW, staticGateways };
                const { held, ended } = countRemovals(input);
                const over = grants.filter(({ expiresAtMs = 0 }) => expiresAtMs <= NOW).flatMap(({ spans }) => spans);
                for (const address of live.flatMap(({ low, high }) => range(low, high))) {
                    const at = { low: address, high: address };
                    const isIn = (spans: readonly Span[]) => overlapsSpan(mergeSpans(spans), at);
                    const isStatic = live.some(
                        (span) => coversSpan([span], at) && coversSpan(mergeSpans(staticGateways), span),
                    );
                    const isHeld = !isIn(next) && !isIn(over) && !isStatic;
                    assert.equal(isIn(held.map(spanOf)), isHeld, `held ${address}`);
                    assert.equal(isIn(ended), isIn(over) && !isIn(next), `ended ${address}`);
                }
            }),
        );
    });
});

describe("exceeds", () => {
    const table: [lost: number, live: number, limit: MaxRemovals | undefined, holds: boolean][] = [
        [9, 9, undefined, false],
        [0, 0, { count: 0 }, false],
        [1, 9, { count: 0 }, true],
        [2, 9, { count: 2 }, false],
        [3, 9, { count: 2 }, true],
        [0, 0, { percent: 0 }, false],
        [1, 4, { percent: 25 }, false],
        [2, 7, { percent: 25 }, true],
        [1, 1000, { percent: 0 }, true],
        [9, 9, { percent: 100 }, false],
    ];
    for (const [lost, live, limit, holds] of table) {
        it(`${holds ? "holds" : "lets go of"} ${lost} of ${live} with ${JSON.stringify(limit) ?? "no brake"}`, () => {
            assert.equal(exceeds({ live, lost, held: [], ended: [] }, limit), holds);
        });
    }
});

function range(low: number, high: number): number[] {
    return Array.from({ length: high - low + 1 }, (_, index) => low + index);
}
