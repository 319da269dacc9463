import { z } from "zod";

const PLAIN = z.regexes.datetime({ offset: true });

/**
 * Reads a moment of RFC 3339 with its time zone, in milliseconds since 1970.
 *
 *   2026-12-01T18:00:00Z        itself
 *   2026-12-01T19:00:00+01:00   the same
 *   2026-12-01t18:00:00z        the same as with capitals: RFC 3339, section 5.6
 *   2026-12-01 18:00:00+00:00   the same as with a T: the same section; PyYAML writes it
 *   2026-12-01 18:00:00.0 +1    as YAML 1.1 writes a timestamp, but only with a time zone; Ruby writes 18:00:00.0 +01:00
 *   2016-12-31T23:59:60Z        a leap second, which system clocks lack: the first moment of 2017
 *   2026-12-01T18:00:60Z        none: leap seconds end a month, in UTC
 *   2026-12-01T18:00:00         none: in which time zone?
 *   2026-02-30T18:00:00Z        none: there is no such day
 */
export function parseMoment(text: string): number | undefined {
    if (PLAIN.test(text)) return Date.parse(text);
    const usual = inUsualForm(text);
    if (usual === undefined) return undefined;
    if (PLAIN.test(usual)) return Date.parse(usual);
    const before = usual.replace(/(?<=T\d\d:\d\d:)60/, "59");
    return PLAIN.test(before) ? monthAfter(Date.parse(before)) : undefined;
}

/**
 * RFC 3339 with small letters or a blank, and the timestamps of YAML 1.1, which may have more blanks and leave out zeros.
 * Source: Timestamp Language-Independent Type for YAML 1.1.
 */
const WRITTEN =
    /^(\d{4})-(\d\d?)-(\d\d?)(?:t|[ \t]+)(\d\d?):(\d\d):(\d\d)(\.\d*)?[ \t]*(?:(z)|([+-])(\d\d?)(:\d\d)?)$/i;

/** The same with a T, capitals and all zeros; undefined for a text that is not a moment. */
function inUsualForm(text: string): string | undefined {
    const parts = text.length <= LONGEST ? WRITTEN.exec(text) : null;
    if (parts === null) return undefined;
    const [, year, month, day, hour, minute, second, fraction = "", utc, sign, zoneHour, zoneMinute = ":00"] = parts;
    const two = (digits = "") => digits.padStart(2, "0");
    const zone = utc === undefined ? `${sign}${two(zoneHour)}${zoneMinute}` : "Z";
    return `${year}-${two(month)}-${two(day)}T${two(hour)}:${minute}:${second}${fraction === "." ? "" : fraction}${zone}`;
}

/** A longer text is no moment. */
const LONGEST = 200;

/** The first moment of a month, where one begins in the next second. */
function monthAfter(ms: number): number | undefined {
    const next = Math.floor(ms / 1000) * 1000 + 1000;
    return new Date(next).toISOString().endsWith("-01T00:00:00.000Z") ? next : undefined;
}

/** The furthest that RFC 3339 lets a time zone be from UTC: 23:59. */
const FURTHEST_MS = (24 * 60 - 1) * 60_000;

/**
 * Writes a moment as RFC 3339, in UTC where it is in a year of four digits there. Whatever `parseMoment` reads, this
 * can write so that `parseMoment` reads the same moment again.
 *
 *   2026-12-01T19:00:00+01:00, read   2026-12-01T18:00:00.000Z
 *   9999-12-31T23:59:59-05:00, read   9999-12-31T05:00:59.000-23:59: RFC 3339 cannot write its UTC year, 10000
 *   0000-01-01T00:00:00+05:00, read   0000-01-01T18:59:00.000+23:59: nor a year before 0000
 */
export function formatMoment(ms: number): string {
    if (ms > LAST_MS) return inZone(ms, "-");
    return ms < FIRST_MS ? inZone(ms, "+") : new Date(ms).toISOString();
}

/** The first and the last moment that RFC 3339 can write in UTC. */
const [FIRST_MS, LAST_MS] = [Date.parse("0000-01-01T00:00:00.000Z"), Date.parse("9999-12-31T23:59:59.999Z")];

/** In the time zone that is furthest to the west (`-`) or to the east (`+`). */
function inZone(ms: number, sign: "-" | "+"): string {
    const local = sign === "-" ? ms - FURTHEST_MS : ms + FURTHEST_MS;
    return `${new Date(local).toISOString().slice(0, -1)}${sign}23:59`;
}
