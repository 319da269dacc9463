import { comparedWork } from "../../core/grants/grantChanges";
import type { Grant } from "../../core/grants/grants";
import type { Reading } from "../../core/grants/grantsDocument";
import { inSlices } from "../../sources/slices";
import type { GrantSource } from "../../sources/source";

/** One source for several memberships, which is read once for all of them. */
export interface SharedSource {
    /**
     * The source for one membership, which gets each reading at most once, and none that began before the latest change
     * hint.
     */
    member(): GrantSource;
}

/** A read of the source, and its result. */
interface Read {
    /** Counted from 1. */
    readonly number: number;
    /** The number of change hints before it began. */
    readonly hints: number;
    readonly beganAtMs: number;
    readonly answer: Promise<Reading>;
    readonly cut: AbortController;
    /** The number of callers that wait for it. */
    waiting: number;
    state: "under way" | "read" | "failed";
}

/**
 * How old a reading may be for a membership that reads a little later: memberships read at the same interval, with
 * different pauses after a failure.
 */
const SHARED_MS = 2000;

/** @param clock Of elapsed time. */
export function shareSource(source: GrantSource, clock: { elapsedMs(): number }): SharedSource {
    let latest: Read | undefined;
    let known: readonly Grant[] | undefined;
    let hints = 0;
    const watchers = openWatchers(source, () => hints++);

    /** Keeps the objects of unchanged grants, so that they are compared once, and not by each membership. */
    async function withKnown(reading: Reading): Promise<Reading> {
        const before = known;
        const grants = before && (await inSlices(comparedWork(before, reading.grants))).grants;
        known = grants ?? reading.grants;
        return known === reading.grants ? reading : { ...reading, grants: known };
    }

    function begin(): Read {
        const cut = new AbortController();
        const wasFailing = latest?.state === "failed";
        const answer = source.read(cut.signal).then(withKnown);
        const number = (latest?.number ?? 0) + 1;
        const read: Read = { number, hints, beganAtMs: clock.elapsedMs(), answer, cut, waiting: 0, state: "under way" };
        latest = read;
        answer.then(
            () => {
                read.state = "read";
                // Wakes memberships that wait after a failure.
                if (wasFailing && latest === read) watchers.wake();
            },
            () => {
                read.state = "failed";
            },
        );
        return read;
    }

    /** The read in progress or the latest one, if it is new for a membership that has had those up to `had`. */
    function suitable(had: number): Read {
        const isLate = latest?.state !== "under way" && clock.elapsedMs() - (latest?.beganAtMs ?? 0) > SHARED_MS;
        if (latest === undefined || latest.number <= had || latest.hints !== hints || isLate) return begin();
        return latest.cut.signal.aborted ? begin() : latest;
    }

    return {
        member() {
            let had = 0;
            return {
                name: source.name,
                ...(source.isKept !== undefined && { isKept: source.isKept }),
                async read(signal) {
                    signal.throwIfAborted();
                    const read = suitable(had);
                    had = read.number;
                    return waitFor(read, signal);
                },
                watch: watchers.watch,
            };
        },
    };
}

/** Watches the source while there are subscribers. */
function openWatchers(source: GrantSource, onHint: () => void) {
    const wakers = new Set<() => void>();
    let watching: AbortController | undefined;
    const wake = () => {
        for (const each of wakers) each();
    };

    function begin(): AbortController {
        const stop = new AbortController();
        void source.watch?.(() => {
            onHint();
            wake();
        }, stop.signal);
        return stop;
    }

    return {
        wake,
        async watch(waker: () => void, signal: AbortSignal): Promise<void> {
            if (signal.aborted) return;
            wakers.add(waker);
            watching ??= begin();
            await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
            wakers.delete(waker);
            if (wakers.size > 0) return;
            watching?.abort();
            watching = undefined;
        },
    };
}

/** Waits for a read; when the last caller gives up, the read is aborted. */
async function waitFor(read: Read, signal: AbortSignal): Promise<Reading> {
    read.waiting++;
    let leave = () => {};
    const left = new Promise<never>((_, reject) => {
        leave = () => {
            read.waiting--;
            if (read.waiting === 0) read.cut.abort(signal.reason);
            reject(signal.reason);
        };
    });
    signal.addEventListener("abort", leave, { once: true });
    try {
        return await Promise.race([read.answer, left]);
    } finally {
        if (!signal.aborted) read.waiting--;
        signal.removeEventListener("abort", leave);
    }
}
