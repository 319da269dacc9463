import { createReadStream } from "node:fs";
import { resolve } from "node:path";

import { fail } from "../../core/errors/errors";
import type { DocumentLimits } from "../../core/grants/grantAddresses";
import type { Reading } from "../../core/grants/grantsDocument";
import { readDocument } from "../document/document";
import type { Waiting } from "../http/retry";
import type { GrantSource } from "../source";
import { unreadable } from "../unreadable";
import { fileProblem } from "./fileProblem";
import { type Stamp, stampOf, type WatchFileOptions, watchFile } from "./watchFile";

export interface FileSourceOptions extends Pick<Waiting, "sleep">, Pick<WatchFileOptions, "watchFolder"> {
    readonly path: string;
    /** What a relative path is relative to. */
    readonly directory: string;
    readonly limits: DocumentLimits;
    /** Milliseconds since 1970. */
    readonly now: () => number;
}

/** A file that may be half-written is accepted when it has not changed for this long. */
const SETTLE_MS = 100;

/** A file that still changes after so many times SETTLE_MS is unreadable. */
const MOST_SETTLES = 20;

/**
 * A file that was changed less than this before it was read may be changed again within one tick of the file
 * system's clock, without a visible difference.
 */
const TICK_MS = 2000;

/** The result of one read of the file. */
type Look = { readonly reading: Reading; readonly isClosed: boolean } | { readonly cause: unknown };

/**
 * Grants in a YAML or JSON file, whatever its extension; it is read again when it has changed.
 *
 * A YAML file that is truncated between two lines is valid, with fewer grants, and only one thing shows that its writer
 * has finished: the file no longer changes. A new inode does not show it: a program that writes to a new path also
 * writes line by line. When is the file accepted?
 *
 *   the file                                                      accepted
 *   is as it was when it was accepted                             immediately
 *   begins and ends with brackets                                 immediately: truncated JSON is invalid
 *   is read for the first time, last changed over 2 s ago         immediately
 *   has changed, was renamed into place, or is linked elsewhere   when it has not changed for 100 ms
 *   cannot be read                                                the same: then it is unreadable
 *   keeps changing for more than 2 s                              never: it is unreadable
 *
 * The clock decides about the first reading only, as it may be another one than the file system's.
 */
export function fileSource({ path, directory, limits, sleep, watchFolder, now }: FileSourceOptions): GrantSource {
    const name = `file ${path}`;
    const whole = resolve(directory, path);
    const problemOf = (cause: unknown) => {
        const problem = fileProblem(cause);
        return problem === undefined || path === whole ? problem : `${problem} (${whole})`;
    };
    let seen: Stamp | undefined;
    let believed: Stamp | undefined;
    /** The latest reading, as long as the file cannot have changed unnoticed since. */
    let latest: { readonly state: string; readonly reading: Reading } | undefined;

    /** The reading of the file once it is accepted; a failure is accepted in the same way. */
    async function settled(signal: AbortSignal): Promise<Reading> {
        const isFirst = seen === undefined;
        for (let settles = 0; ; settles++) {
            const stamp = await stampOf(whole);
            seen = stamp;
            if (latest?.state === stamp.state) return latest.reading;
            const isQuiet = now() - stamp.changedAtMs > TICK_MS;
            const look = await lookAt(whole, limits, signal);
            const isOld = (isFirst && settles === 0 && isQuiet) || stamp.state === believed?.state;
            if (!("reading" in look && (look.isClosed || isOld))) {
                if (settles === MOST_SETTLES) return fail("source-unreadable", UNSETTLED);
                await sleep(SETTLE_MS, signal);
                if ((await stampOf(whole)).state !== stamp.state) continue;
            }
            if ("cause" in look) throw look.cause;
            believed = stamp;
            latest = isQuiet ? { state: stamp.state, reading: look.reading } : undefined;
            return look.reading;
        }
    }

    return {
        name,
        async read(signal) {
            try {
                return await settled(signal);
            } catch (cause) {
                return unreadable(name, cause, signal, problemOf);
            }
        },
        watch(wake, signal) {
            const options = { sleep, seen: () => seen?.state, ...(watchFolder && { watchFolder }) };
            return watchFile(whole, options, wake, signal);
        },
    };
}

const UNSETTLED =
    "it was still being written after 2 s: it is read when it was left alone for 100 ms; write another file and rename it";

async function lookAt(path: string, limits: DocumentLimits, signal: AbortSignal): Promise<Look> {
    let first: string | undefined;
    async function* bytes() {
        for await (const chunk of createReadStream(path, { signal }) as AsyncIterable<Buffer>) {
            first ??= chunk.toString("latin1", 0, 1);
            yield chunk;
        }
    }
    try {
        const reading = await readDocument(bytes(), limits, { signal });
        return { reading, isClosed: first === "{" || first === "[" };
    } catch (cause) {
        return { cause };
    }
}
