import { strict as assert } from "node:assert";

import { parseMoment } from "../../../src/core/grants/moment";

describe("parseMoment", () => {
    const table: [text: string, moment: string | undefined][] = [
        ["2026-12-01T18:00:00Z", "2026-12-01T18:00:00.000Z"],
        ["2026-12-01T19:00:00+01:00", "2026-12-01T18:00:00.000Z"],
        ["2026-12-01t18:00:00z", "2026-12-01T18:00:00.000Z"],
        ["2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z"],
        ["2026-12-01T18:00:60Z", undefined],
        ["2026-12-01T18:00:00", undefined],
        ["2026-02-30T18:00:00Z", undefined],

        ["2026-12-01T18:00:00.123456789Z", "2026-12-01T18:00:00.123Z"],
        ["2026-12-01T18:00:00-00:00", "2026-12-01T18:00:00.000Z"],
        ["2017-01-01T00:59:60.9+01:00", "2017-01-01T00:00:00.000Z"],
        ["2016-12-31T23:59:61Z", undefined],
        ["2016-12-30T23:59:60Z", undefined],
        ["2016-12-31T23:59:60", undefined],
        ["2026-12-01", undefined],
        ["2026-12-01 18:00:00Z", undefined],
        ["2026-12-01T18:00Z", undefined],
        ["2026-12-01T24:00:00Z", undefined],
        ["2026-12-01T18:00:00+0100", undefined],
        ["2026-12-01T18:00:00+24:00", undefined],
        ["+12026-12-01T18:00:00Z", undefined],
        [" 2026-12-01T18:00:00Z", undefined],
        ["", undefined],
    ];
    for (const [text, moment] of table) {
        it(`takes ${JSON.stringify(text)} for ${moment ?? "no moment"}`, () => {
            const ms = parseMoment(text);
            assert.equal(ms === undefined ? undefined : new Date(ms).toISOString(), moment);
        });
    }
});
