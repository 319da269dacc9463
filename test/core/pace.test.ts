import { strict as assert } from "node:assert";
import fc from "fast-check";

import { fullPace, type Pace, paceAt, paceWaitMs, perMinuteOf, spend } from "../../src/core/pace";

describe("perMinuteOf", () => {
    const rows: [limit: number, share: number, perMinute: number, because: string][] = [
        [600, 25, 150, "a quarter of the limit"],
        [50, 25, 12, "a whole number of requests"],
        [20, 25, 8, "with fewer nothing could be looked at"],
        [1200, 100, 1200, "all of it where nobody else is there"],
    ];
    for (const [limit, share, perMinute, because] of rows) {
        it(`of ${limit} and ${share} % is ${perMinute}: ${because}`, () =>
            assert.equal(perMinuteOf(limit, share), perMinute));
    }
});

describe("paceWaitMs", () => {
    const rows: [tokens: number, purpose: "remove" | "add" | "look", waitMs: number, because: string][] = [
        [1, "remove", 0, "the last request is for a removal"],
        [1, "add", 10_000, "an addition leaves one"],
        [1, "look", 20_000, "a look leaves two"],
        [3, "look", 0, "there are three"],
        [-2, "remove", 30_000, "what was overspent comes in first"],
    ];
    for (const [tokens, purpose, waitMs, because] of rows) {
        it(`of ${tokens} requests to ${purpose} is ${waitMs}: ${because}`, () =>
            assert.equal(paceWaitMs({ tokens, atMs: 0 }, 12, 0, purpose), waitMs));
    }
});

describe("pace", () => {
    it("fills with time to a half, and not beyond, and not backwards", () => {
        const empty: Pace = { tokens: 0, atMs: 60_000 };
        assert.equal(paceAt(empty, 12, 90_000).tokens, 3);
        assert.equal(paceAt(empty, 12, 600_000).tokens, 6);
        assert.equal(paceAt(empty, 12, 0).tokens, 0);
    });

    it("allows no more requests in any minute than the limit, in any order of callers", () => {
        const gaps = fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 200 });
        fc.assert(
            fc.property(gaps, fc.integer({ min: 8, max: 300 }), (waits, perMinute) => {
                const made: number[] = [];
                let [nowMs, pace] = [0, fullPace(perMinute, 0)];
                for (const gapMs of waits) {
                    nowMs += gapMs;
                    if (paceWaitMs(pace, perMinute, nowMs, "remove") > 0) continue;
                    pace = spend(pace, perMinute, nowMs);
                    made.push(nowMs);
                    const inWindow = made.filter((atMs) => atMs > nowMs - 60_000).length;
                    assert.ok(inWindow <= perMinute, `${inWindow} of ${perMinute}`);
                }
            }),
        );
    });

    it("has enough after the wait that it asks for", () => {
        const tokens = fc.double({ min: -10, max: 6, noNaN: true });
        fc.assert(
            fc.property(tokens, fc.constantFrom("remove", "add", "look"), (left, purpose) => {
                const pace = { tokens: left, atMs: 0 };
                const waitMs = paceWaitMs(pace, 12, 0, purpose);
                assert.equal(paceWaitMs(pace, 12, waitMs, purpose), 0);
            }),
            { examples: [[-1.1102230246251568e-16, "add"]] },
        );
    });
});
