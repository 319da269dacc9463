import { strict as assert } from "node:assert";
import fc from "fast-check";

import { backoffMs } from "../../../src/core/time/backoff";
import { LOST, resetTimeMs, throttleWaitMs } from "../../../src/okta/exchange/retry";

const DATE = "Mon, 29 Sep 2025 06:24:57 GMT";
/** Eight seconds after DATE: a recorded 429. */
const RESET = "1759127105";

describe("throttleWaitMs", () => {
    const table: [
        because: string,
        reset: string | null,
        date: string | null,
        attempt: number,
        random: number,
        waitMs: number,
    ][] = [
        ["waits from Date to Reset, and a second more", RESET, DATE, 0, 0, 9000],
        ["spreads the waiters", RESET, DATE, 0, 0.5, 9500],
        ["waits a second where the window has just ended", "1759127000", DATE, 0, 0, 1000],
        ["does not grow with the attempts while Okta says when", RESET, DATE, 2, 0, 9000],
        ["backs off without a reset", null, DATE, 0, 0, 1000],
        ["backs off without a date", RESET, null, 0, 0, 1000],
        ["backs off from a doubled reset", `${RESET}, ${RESET}`, DATE, 1, 0, 2000],
        ["backs off from a reset that is no number", "soon", DATE, 2, 0, 4000],
        ["backs off from a reset in milliseconds", `${RESET}000`, DATE, 0, 0, 1000],
        ["backs off from a reset an hour away", "1759130705", DATE, 0, 0, 1000],
        ["backs off from a date that is none", RESET, "today", 0, 0.5, 1125],
        ["backs off for a minute at most", null, null, 20, 0.99, 60_000],
    ];
    for (const [because, reset, date, attempt, random, waitMs] of table) {
        it(because, () => assert.equal(throttleWaitMs({ reset, date, attempt, random }), waitMs));
    }

    it("always waits at least a second, and never for ever", () => {
        const header = fc.oneof(fc.constant(null), fc.string(), fc.integer().map(String), fc.constant(DATE));
        const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
        fc.assert(
            fc.property(header, header, fc.nat(30), random, (reset, date, attempt, random) => {
                const waitMs = throttleWaitMs({ reset, date, attempt, random });
                assert.ok(waitMs >= 1000 && waitMs <= 601_000, `${waitMs}`);
            }),
        );
    });
});

describe("the pauses after a lost connection", () => {
    it("double, and add up to a quarter", () => {
        assert.deepEqual(
            [1, 2, 3].map((failures) => [backoffMs(failures, LOST, 0), backoffMs(failures, LOST, 0.99)]),
            [
                [250, 312],
                [500, 624],
                [1000, 1248],
            ],
        );
    });
});

describe("resetTimeMs", () => {
    for (const text of [null, "", "a", "-1", "1759127105, 1759127105", "1759127105000", "17591271.5"]) {
        it(`finds no moment in ${JSON.stringify(text)}`, () => assert.equal(resetTimeMs(text), undefined));
    }
    it("reads seconds", () => assert.equal(resetTimeMs(RESET), 1_759_127_105_000));
});
