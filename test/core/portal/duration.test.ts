import { strict as assert } from "node:assert";

import fc from "fast-check";

import { durationText, formatDuration, parseDuration } from "../../../src/core/portal/duration";

const [SECOND, MINUTE, HOUR, DAY] = [1_000, 60_000, 3_600_000, 86_400_000] as const;

describe("durationText and formatDuration", () => {
    const rows: Record<string, [ms: number, forPeople: string, forPrograms: string]> = {
        nothing: [0, "0 s", "0s"],
        "less than a second": [999, "0 s", "0s"],
        seconds: [42 * SECOND, "42 s", "42s"],
        "minutes and seconds": [95 * SECOND, "1 min 35 s", "1m35s"],
        "half an hour": [30 * MINUTE, "30 min", "30m"],
        "hours and minutes": [90 * MINUTE, "1 h 30 min", "1h30m"],
        "a day, which is 24 hours": [DAY, "24 h", "1d"],
        "36 hours": [36 * HOUR, "36 h", "1d12h"],
        "two days": [2 * DAY, "2 days", "2d"],
        "two days and two hours": [50 * HOUR, "2 days 2 h", "2d2h"],
    };
    for (const [because, [ms, forPeople, forPrograms]] of Object.entries(rows)) {
        it(`write ${because} as ${forPeople} and ${forPrograms}`, () => {
            assert.deepEqual([durationText(ms), formatDuration(ms)], [forPeople, forPrograms]);
        });
    }

    it("lose nothing: what programs read is what was written, and what people read says the same", () => {
        fc.assert(
            fc.property(fc.integer({ min: 1, max: 9_000_000 }), (seconds) => {
                const ms = seconds * SECOND;
                assert.equal(parseDuration(formatDuration(ms)), ms);
                const short = durationText(ms).replaceAll(" ", "").replace("days", "d").replace("min", "m");
                assert.equal(parseDuration(short), ms);
            }),
        );
    });
});
