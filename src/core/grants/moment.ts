import { z } from "zod";

const PLAIN = z.regexes.datetime({ offset: true });

/**
 * Reads a moment of RFC 3339 with its time zone, in milliseconds since 1970.
 *
 *   2026-12-01T18:00:00Z        itself
 *   2026-12-01T19:00:00+01:00   the same
 *   2026-12-01t18:00:00z        the same: RFC 3339, section 5.6, takes small letters
 *   2016-12-31T23:59:60Z        a leap second, which no clock of ours has: the first moment of 2017
 *   2026-12-01T18:00:60Z        none: leap seconds end a month, in UTC
 *   2026-12-01T18:00:00         none: in which time zone?
 *   2026-02-30T18:00:00Z        none: there is no such day
 */
export function parseMoment(text: string): number | undefined {
    if (PLAIN.test(text)) return Date.parse(text);
    const capital = text.replace(/[tz]/g, (letter) => letter.toUpperCase());
    if (PLAIN.test(capital)) return Date.parse(capital);
    const before = capital.replace(/(?<=T\d\d:\d\d:)60/, "59");
    return PLAIN.test(before) ? monthAfter(Date.parse(before)) : undefined;
}

/** The first moment of a month, where one begins in the next second. */
function monthAfter(ms: number): number | undefined {
    const next = Math.floor(ms / 1000) * 1000 + 1000;
    return new Date(next).toISOString().endsWith("-01T00:00:00.000Z") ? next : undefined;
}
