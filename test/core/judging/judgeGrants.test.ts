import { strict as assert } from "node:assert";
import fc from "fast-check";

import type { Grant } from "../../../src/core/grants/grants";
import { judgeGrants, judgeLasting, lastingOf, parseTimeToLive } from "../../../src/core/judging/judgeGrants";

const NOW = Date.parse("2026-11-23T12:00:00Z");
const HOUR = 3_600_000;

const grant = (id: string, endsInMs?: number, startsInMs?: number): Grant => ({
    id,
    spans: [],
    labels: {},
    ...(endsInMs !== undefined && { expiresAtMs: NOW + endsInMs }),
    ...(startsInMs !== undefined && { startsAtMs: NOW + startsInMs }),
});

describe("lastingOf", () => {
    const table: [because: string, grants: Grant[], lasting: ReturnType<typeof lastingOf>][] = [
        ["there are none", [], { permanent: [] }],
        [
            "the last to end is what counts",
            [grant("a", HOUR), grant("b", 3 * HOUR), grant("c", 2 * HOUR)],
            { latest: { id: "b", expiresAt: "2026-11-23T15:00:00.000Z" }, permanent: [] },
        ],
        [
            "two end at once",
            [grant("b", HOUR), grant("a", HOUR)],
            { latest: { id: "a", expiresAt: "2026-11-23T13:00:00.000Z" }, permanent: [] },
        ],
        ["some never end", [grant("b"), grant("a")], { permanent: ["a", "b"] }],
        ["others are over, or not yet begun", [grant("a", 0), grant("b", 9 * HOUR, HOUR)], { permanent: [] }],
    ];
    for (const [because, grants, lasting] of table) {
        it(`sums up the grants where ${because}`, () => assert.deepEqual(lastingOf(grants, NOW), lasting));
    }
});

describe("judgeGrants", () => {
    const limit = { maxMs: 12 * HOUR, permanent: "refused" } as const;

    it("names each grant that goes on for too long, and each that never ends", () => {
        const grants = [
            grant("long", 12 * HOUR + 1),
            grant("just", 12 * HOUR),
            grant("office"),
            grant("other", 24 * HOUR),
        ];
        assert.deepEqual(judgeGrants(grants, NOW, limit), [
            {
                rule: "grant-lasts-too-long",
                subject: "long",
                problem: 'the grant "long" lasts until 2026-11-24T00:00:00.001Z; grants may last 12h',
            },
            {
                rule: "grant-lasts-too-long",
                subject: "office",
                problem: 'the grant "office" never ends: give it expiresAt',
            },
            {
                rule: "grant-lasts-too-long",
                subject: "other",
                problem: 'the grant "other" lasts until 2026-11-24T12:00:00.000Z; grants may last 12h',
            },
        ]);
    });

    it("lets grants be as long as they like without a limit", () => {
        const grants = [grant("office"), grant("year", 9_000 * HOUR)];
        assert.deepEqual(judgeGrants(grants, NOW, { maxMs: undefined, permanent: "allowed" }), []);
    });

    it("finds something in the sum exactly when it finds something in a grant", () => {
        const hours = fc.option(fc.integer({ min: -3, max: 30 }), { nil: undefined });
        const grants = fc.array(fc.tuple(hours, fc.integer({ min: -3, max: 3 })), { maxLength: 6 });
        fc.assert(
            fc.property(grants, fc.constantFrom("allowed", "refused"), (list, permanent) => {
                const all = list.map(([end, start], index) =>
                    grant(`g${index}`, end === undefined ? undefined : end * HOUR, start * HOUR),
                );
                const each = judgeGrants(all, NOW, { ...limit, permanent });
                const sum = judgeLasting(lastingOf(all, NOW), NOW, { ...limit, permanent });
                assert.equal(sum.length > 0, each.length > 0);
                assert.ok(sum.every((finding) => each.some(({ problem }) => problem === finding.problem)));
            }),
        );
    });
});

describe("parseTimeToLive", () => {
    const table: [text: string, ms: number][] = [
        ["90m", 90 * 60_000],
        ["12h", 12 * HOUR],
        ["7d", 168 * HOUR],
    ];
    for (const [text, ms] of table) {
        it(`reads ${text}`, () => assert.equal(parseTimeToLive(text), ms));
    }

    for (const text of ["", "7", "0d", "-1h", "1.5h", "7 d", "7w", "PT8H", "100000d"]) {
        it(`refuses ${JSON.stringify(text)}`, () => {
            const message = `maxTimeToLive ${JSON.stringify(text)} is not a time such as 90m, 12h or 7d`;
            assert.throws(() => parseTimeToLive(text), { code: "bad-input", message });
        });
    }

    it("is what a message says again", () => {
        const [found] = judgeGrants([grant("a", 99_999 * HOUR)], NOW, {
            maxMs: parseTimeToLive("36h"),
            permanent: "allowed",
        });
        assert.match(found?.problem ?? "", /; grants may last 36h$/);
    });
});
