import { createReadStream } from "node:fs";
import { resolve } from "node:path";

import type { DocumentLimits } from "../core/grants/grantAddresses";
import type { Reading } from "../core/grants/grantsDocument";
import { readDocument } from "./document";
import { fileProblem } from "./fileProblem";
import type { Waiting } from "./retried";
import type { GrantSource } from "./source";
import { unreadable } from "./unreadable";
import { type Stamp, stampOf, type WatchFileOptions, watchFile } from "./watchFile";

export interface FileSourceOptions extends Pick<Waiting, "sleep">, Pick<WatchFileOptions, "watchFolder"> {
    readonly path: string;
    /** What a relative path hangs on. */
    readonly directory: string;
    readonly limits: DocumentLimits;
    /** Milliseconds since 1970. @default never: then the file is read each time, whether it has changed or not */
    readonly now?: () => number;
}

/** For so long nothing may have been written, before a file that may be half-written is believed. */
const SETTLE_MS = 100;

/** A file that is still being written after so many times SETTLE_MS is taken as it is. */
const MOST_SETTLES = 20;

/**
 * A file that was changed so shortly before it was read may be changed once more within one tick of the file
 * system's clock, and look the same.
 */
const TICK_MS = 2000;

/** What one look at the file came to. */
type Look = { readonly reading: Reading; readonly isClosed: boolean } | { readonly cause: unknown };

/**
 * Grants in a YAML or JSON file, whatever its ending; it is read anew when it has changed.
 *
 * Who writes the file should write another one and rename it: a YAML file that is
 * cut off between two lines may be a good file with fewer grants. When is it believed?
 *
 *   the file                                                      believed
 *   is read for the first time, or is as it was when it was       at once
 *   was renamed into place                                        at once
 *   was written in place, and begins and ends with brackets       at once
 *   was written in place otherwise                                when it was left alone for 100 ms
 *   cannot be read                                                the same: then it is unreadable
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
    /** What the file said the last time, while it cannot have changed unnoticed since. */
    let latest: { readonly state: string; readonly reading: Reading } | undefined;

    /** What the file says once it is believed; or why it cannot be read, once that is. */
    async function settled(signal: AbortSignal): Promise<Reading> {
        for (let settles = 0; ; settles++) {
            const stamp = await stampOf(whole);
            seen = stamp;
            if (latest?.state === stamp.state) return latest.reading;
            const isQuiet = now !== undefined && now() - stamp.changedAtMs > TICK_MS;
            const look = await lookAt(whole, limits, signal);
            const isSure = "reading" in look && (look.isClosed || isUnchangedOrNew(stamp, believed));
            if (!isSure && settles < MOST_SETTLES) {
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

function isUnchangedOrNew({ file, state }: Stamp, believed: Stamp | undefined): boolean {
    return file !== believed?.file || state === believed.state;
}

async function lookAt(path: string, limits: DocumentLimits, signal: AbortSignal): Promise<Look> {
    let first: string | undefined;
    async function* bytes() {
        for await (const chunk of createReadStream(path, { signal }) as AsyncIterable<Buffer>) {
            first ??= chunk.toString("latin1", 0, 1);
            yield chunk;
        }
    }
    try {
        const reading = await readDocument(bytes(), limits, signal);
        return { reading, isClosed: first === "{" || first === "[" };
    } catch (cause) {
        return { cause };
    }
}
