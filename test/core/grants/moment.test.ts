import { strict as assert } from "node:assert";

import * as fc from "fast-check";

import { formatMoment, parseMoment } from "../../../src/core/grants/moment";

/** The first and the last moment that RFC 3339 can write in any time zone. */
const [FIRST, LAST] = ["0000-01-01T00:00:00.000+23:59", "9999-12-31T23:59:59.999-23:59"];

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
        ["2026-12-01 18:00:00Z", "2026-12-01T18:00:00.000Z"],
        ["2026-12-01 18:00:00+00:00", "2026-12-01T18:00:00.000Z"],
        ["2026-12-01 18:00:00.123456+00:00", "2026-12-01T18:00:00.123Z"],
        ["2026-12-01 18:00:00z", "2026-12-01T18:00:00.000Z"],
        ["2026-12-01t18:00:00-01:30", "2026-12-01T19:30:00.000Z"],
        ["2026-12-01 18:00:00.000000000 Z", "2026-12-01T18:00:00.000Z"],
        ["2026-12-01 18:00:00.000000000 +01:00", "2026-12-01T17:00:00.000Z"],
        ["2026-12-01 18:00:00.10 -5", "2026-12-01T23:00:00.100Z"],
        ["2026-12-01   18:00:00 \t+01", "2026-12-01T17:00:00.000Z"],
        ["2026-1-4 1:59:43Z", "2026-01-04T01:59:43.000Z"],
        ["2016-12-31 23:59:60Z", "2017-01-01T00:00:00.000Z"],
        ["2026-12-01 18:00:00", undefined],
        ["2026-02-30 18:00:00Z", undefined],
        ["2026-12-01 24:00:00Z", undefined],
        ["2026-12-01 18:00Z", undefined],
        ["2026-12-01 18Z", undefined],
        ["2026-12-01T 18:00:00Z", undefined],
        ["2026-12-01_18:00:00Z", undefined],
        ["2026-12-0118:00:00Z", undefined],
        ["2026-12-01 18:00:00 UTC", undefined],
        ["2026-12-01 18:00:00 GMT+1", undefined],
        ["2026-12-01 18:00:00+0100", undefined],
        ["2026-12-01 18:00:00+1:5", undefined],
        ["2026-12-01 6:00:00 PM Z", undefined],
        ["2026-12-01 18:00:00,5Z", undefined],
        ["2026/12/01 18:00:00Z", undefined],
        ["26-12-01 18:00:00Z", undefined],
        ["2026-12-01 18:00:00Z\n", undefined],
        [`2026-12-01${" ".repeat(300)}18:00:00Z`, undefined],
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

describe("formatMoment", () => {
    const table: [text: string, formatted: string][] = [
        ["2026-12-01T19:00:00+01:00", "2026-12-01T18:00:00.000Z"],
        ["9999-12-31T23:59:59-05:00", "9999-12-31T05:00:59.000-23:59"],
        ["0000-01-01T00:00:00+05:00", "0000-01-01T18:59:00.000+23:59"],
        ["9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"],
        ["9999-12-31T23:59:60Z", "9999-12-31T00:01:00.000-23:59"],
        ["0000-01-01T00:00:00Z", "0000-01-01T00:00:00.000Z"],
        ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z"],
        [FIRST, FIRST],
        [LAST, LAST],
    ];
    for (const [text, formatted] of table) {
        it(`writes ${text} as ${formatted}, which is read as the same moment`, () => {
            const ms = parseMoment(text) ?? Number.NaN;
            assert.equal(formatMoment(ms), formatted);
            assert.equal(parseMoment(formatMoment(ms)), ms);
        });
    }

    it("writes every moment that can be read so that it can be read again", () => {
        const [min, max] = [parseMoment(FIRST) ?? 0, parseMoment(LAST) ?? 0];
        const near = (ms: number) =>
            fc.integer({ min: Math.max(min, ms - 90_000_000), max: Math.min(max, ms + 90_000_000) });
        const edges = ["0000-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z"].map((text) => near(Date.parse(text)));
        const moment = fc.oneof(fc.integer({ min, max }), ...edges, near(min), near(max));
        fc.assert(fc.property(moment, (ms) => assert.equal(parseMoment(formatMoment(ms)), ms)));
    });

    it("can write whatever time zone a moment was read in", () => {
        const two = (most: number) => fc.nat(most).map((number) => String(number).padStart(2, "0"));
        const zone = fc.oneof(
            fc.constant("Z"),
            fc.tuple(fc.constantFrom("+", "-"), two(23), two(59)).map(([sign, h, m]) => `${sign}${h}:${m}`),
        );
        const date = fc.constantFrom("0000-01-01", "0000-01-02", "9999-12-30", "9999-12-31", "2026-11-29");
        const text = fc
            .tuple(date, two(23), two(59), zone)
            .map(([day, h, m, offset]) => `${day}T${h}:${m}:00${offset}`);
        fc.assert(
            fc.property(text, (written) => {
                const ms = parseMoment(written);
                assert.ok(ms !== undefined);
                assert.equal(parseMoment(formatMoment(ms)), ms);
            }),
        );
    });
});
