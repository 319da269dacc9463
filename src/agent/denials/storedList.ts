import { dirname } from "node:path";

import type { Clock } from "../../clock";
import { fail, hasCode } from "../../core/errors/errors";
import { activeDenials, type Denial } from "../../core/membership/denials";
import { readIfThere, writeDurably } from "../../durable";
import { makeFolder } from "../../folder";
import { whileHostLocked } from "../../hostLock";
import { stampOf, watchFile } from "../../sources/file/watchFile";
import { type DenialList, openDenialList, without } from "./denialList";
import { denialsIn, denialsText } from "./denialsDocument";

export interface StoredListOptions {
    readonly path: string;
    readonly clock: Pick<Clock, "now" | "sleep">;
    /** Whether other agents of this host use the same file, so that a writer has to lock it. */
    readonly isShared: boolean;
}

/** A list of denials, and the file that keeps it. One call at a time. */
export interface StoredList {
    readonly denials: DenialList;
    /** Reads the changes of other agents. A missing or damaged file changes nothing: denials stay in force. */
    refresh(): Promise<void>;
    /** Replaces the list by the result of `next`, which is called with the current list read. */
    replace(next: () => readonly Denial[]): Promise<void>;
    /** Calls back when the file is no longer as it was read, until the signal aborts. */
    watch(wake: () => void, signal: AbortSignal): Promise<void>;
}

/** How long a denial is kept after its end, as a clock that runs ahead must not remove it. */
const KEPT_MS = 24 * 3_600_000;

/** @throws `bad-input` for a file that cannot be read */
export async function openStoredList({ path, clock, isShared }: StoredListOptions): Promise<StoredList> {
    let { state: seen } = await stampOf(path);
    const denials = openDenialList(await readDenials(path), clock.now);

    async function refresh(): Promise<void> {
        const { state } = await stampOf(path);
        if (state === seen) return;
        const text = await readIfThere(path);
        const found = text === undefined ? denials.kept() : denialsIn(text, path);
        denials.become(found, without(denials.unkept(), found), "found");
        seen = state;
    }

    async function write(next: () => readonly Denial[]): Promise<void> {
        await refresh().catch((error: unknown) => {
            if (!hasCode(error, "bad-input")) throw error;
        });
        const list = activeDenials(next(), clock.now() - KEPT_MS);
        await writeDurably(path, denialsText(list));
        ({ state: seen } = await stampOf(path));
        denials.become(list, [], "own");
    }

    return {
        denials,
        refresh,
        async replace(next) {
            if (!isShared) return write(next);
            await makeFolder(dirname(path));
            return whileHostLocked(`${path}.lock`, clock, () => write(next));
        },
        watch: (wake, signal) => watchFile(path, { seen: () => seen, sleep: clock.sleep }, wake, signal),
    };
}

/**
 * The denials in a file; empty if there is no file.
 *
 * @throws `bad-input` for a file that cannot be read: a denial that is lost would admit a denied user
 */
export async function readDenials(path: string): Promise<readonly Denial[]> {
    const text = await readIfThere(path).catch((cause: Error) =>
        fail("bad-input", `cannot read ${path}: ${cause.message}`, { cause }),
    );
    return text === undefined ? [] : denialsIn(text, path);
}
