import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { resolve } from "node:path";

import { fail, hasCode } from "../core/errors/errors";
import type { OktaRanges } from "../core/ranges/oktaRanges";
import { shrinkage } from "../core/ranges/shrinkage";
import { fileProblem } from "../sources/file/fileProblem";
import type { Waiting } from "../sources/http/retry";
import { type Downloaded, downloadRanges } from "./download";
import type { LastGood, LastGoodStore } from "./lastGood";
import type { Place } from "./place";
import { parseRanges, readText } from "./rangesText";

export interface ReadRangesOptions extends Waiting {
    /** What relative paths hang on. */
    readonly directory: string;
    readonly fetch: typeof globalThis.fetch;
    /** Milliseconds since 1970. */
    readonly now: () => number;
    /** Where the last good copy is. @default nowhere: a download that fails, fails */
    readonly lastGood?: LastGoodStore | undefined;
    /** Takes a file that lost too much beside the last good one. @default false */
    readonly isShrunkAccepted?: boolean;
    /** Hears what people should know although there is an answer. */
    readonly warn: (text: string) => void;
}

/** A file that was read, or why it is not to be trusted: a sentence. */
export type RangesReading =
    | {
          readonly ranges: OktaRanges;
          /** For people: the path, or the URL without its query. */
          readonly from: string;
          /** The day that the file is of, in UTC, such as `2026-07-01`. */
          readonly asOf: string | undefined;
          readonly suspicion?: never;
      }
    | { readonly suspicion: string };

/** Okta's list changes daily, and addresses that it gave up belong to others some day. */
const OLDEST_COPY_DAYS = 30;

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Reads Okta's ranges from a file, or from a URL beside its last good copy.
 *
 *   download            last good copy             gives
 *   a good file         none, or not much larger   the file, which is the last good copy from now on
 *   a good file         much larger                a suspicion; the copy stays
 *   not modified        there                      the copy, confirmed
 *   fails               there                      the copy, with a warning
 *   fails               older than 30 days, none   fails
 *
 * @throws `ranges-unreadable`
 */
export async function readRanges(place: Place, options: ReadRangesOptions): Promise<RangesReading> {
    const reading = place.type === "file" ? await readFile(place.path, options) : await readUrl(place, options);
    const leftOut = reading.suspicion === undefined ? reading.ranges.leftOut : [];
    const [first] = leftOut;
    if (first !== undefined) {
        const count = leftOut.length === 1 ? "1 IPv6 entry is" : `${leftOut.length} IPv6 entries are`;
        options.warn(`${count} left out, such as ${first.entry} of ${first.cell}: only IPv4 is written`);
    }
    return reading;
}

async function readFile(path: string, { directory }: ReadRangesOptions): Promise<RangesReading> {
    const whole = resolve(directory, path);
    try {
        const ranges = parseRanges(await readText(createReadStream(whole)));
        return { ranges, from: path, asOf: dayOf((await stat(whole)).mtime) };
    } catch (cause) {
        const reason = hasCode(cause, "ranges-unreadable") ? cause.message : fileProblem(cause);
        if (reason === undefined) throw cause;
        return fail("ranges-unreadable", `cannot read Okta's ranges from ${path}: ${reason}`, { cause });
    }
}

async function readUrl(
    { url, name }: Place & { readonly type: "url" },
    options: ReadRangesOptions,
): Promise<RangesReading> {
    const copy = await copyOf(url, options);
    const reading = (found: Downloaded) => ({ ranges: found.ranges, from: name, asOf: dayOf(found.lastModified) });
    let found: Downloaded;
    try {
        found = await downloadRanges({ ...options, url, name, known: copy });
    } catch (cause) {
        if (copy === undefined || !hasCode(cause, "ranges-unreadable")) throw cause;
        tellOfCopy(copy, cause, options);
        return reading(copy);
    }
    const lost = copy === undefined ? undefined : shrinkage(copy.ranges.cells, found.ranges.cells);
    if (lost !== undefined && copy !== undefined && !(options.isShrunkAccepted ?? false)) {
        return { suspicion: `Okta's ranges from ${name} look cut: ${lost}, beside the copy of ${dateOf(copy)}` };
    }
    await keep(url, found, options);
    return reading(found);
}

interface Copy extends Downloaded {
    readonly confirmedAtMs: number;
}

/** The last good copy, if it still can be read: an older version of us may have read more leniently. */
async function copyOf(url: string, { lastGood, warn }: ReadRangesOptions): Promise<Copy | undefined> {
    const copy = await lastGood?.read(url);
    if (copy === undefined) return undefined;
    try {
        return { ...copy, ranges: parseRanges(copy.text) };
    } catch (error) {
        if (!hasCode(error, "ranges-unreadable")) throw error;
        warn(`the last good copy of Okta's ranges is damaged (${error.message}) and is not used`);
        return undefined;
    }
}

/** @throws `ranges-unreadable` for a copy that is too old to be used */
function tellOfCopy(copy: Copy, cause: Error, { now, warn }: ReadRangesOptions): void {
    const days = Math.max(0, Math.floor((now() - copy.confirmedAtMs) / DAY_MS));
    const age = days === 1 ? "1 day" : `${days} days`;
    if (days > OLDEST_COPY_DAYS) {
        fail("ranges-unreadable", `${cause.message}; the last good copy is ${age} old, too old to be used`, { cause });
    }
    warn(`${cause.message}; this is the last good copy, of ${dateOf(copy)}, ${age} old`);
}

/** A copy that cannot be kept costs the next run a download, and nothing now. */
async function keep(url: string, { text, etag, lastModified }: Downloaded, options: ReadRangesOptions): Promise<void> {
    const copy: LastGood = { text, etag, lastModified, confirmedAtMs: options.now() };
    await options.lastGood?.write(url, copy).catch((error: unknown) => {
        options.warn(`the last good copy of Okta's ranges could not be kept: ${fileProblem(error)}`);
    });
}

function dateOf({ lastModified, confirmedAtMs }: Copy): string {
    return dayOf(lastModified) ?? new Date(confirmedAtMs).toISOString().slice(0, 10);
}

function dayOf(moment: Date | string | undefined): string | undefined {
    const date = new Date(moment ?? Number.NaN);
    return Number.isNaN(date.getTime()) ? undefined : date.toISOString().slice(0, 10);
}
