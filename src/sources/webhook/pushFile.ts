import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";

import { fail, hasCode } from "../../core/errors/errors";
import type { DocumentLimits } from "../../core/grants/grantAddresses";
import { appendDurably, writeDurably } from "../../durable";
import { tryHostLock } from "../../hostLock";
import { fileProblem } from "../file/fileProblem";
import { stampOf, watchFile } from "../file/watchFile";
import type { Waiting } from "../http/retry";
import { inSlices } from "../slices";
import { beginningOf, fileOf, lineOf, type PushLines, readPushLines } from "./pushLines";
import type { PushDelivery, PushStore, Taking } from "./pushStore";

export interface PushFileOptions extends Pick<Waiting, "sleep"> {
    readonly path: string;
    readonly limits: DocumentLimits;
    /** Whether other agents of this host have the same file, so that whoever writes has to lock it. */
    readonly isShared: boolean;
}

/** The file is written anew when what was added is longer than this, and than what it began with. */
const MOST_ADDED_BYTES = 1024 * 1024;

/** How long the lock is waited for, which others hold while they add a line, and how often it is tried. */
const [LOCK_MS, LOCK_EVERY_MS] = [10_000, 5];

/** Keeps what was pushed in a file of lines, see PushLines; it is the truth, and this side remembers what it read. */
export function pushFile({ path, limits, isShared, sleep }: PushFileOptions): PushStore {
    let known: PushLines | undefined;
    /** The state in which the file was when it was looked at last. */
    let seen = "";
    /** Whether something may be in the file, and not on the disk, that was not acknowledged. */
    let isDoubtful = false;
    /** One piece of work with the file at a time. */
    let work: Promise<unknown> = Promise.resolve();

    function inTurn<T>(next: () => Promise<T>): Promise<T> {
        const result = work.then(next).catch((error: unknown) => {
            if (hasCode(error, "source-unreadable")) throw error;
            const problem = fileProblem(error) ?? (hasCode(error, "bad-input") ? error.message : undefined);
            if (problem === undefined) throw error;
            return fail("source-unreadable", `${path}: ${problem}`, { cause: error });
        });
        work = result.catch(() => {});
        return result;
    }

    /** What the file says now. While it is the same file, only what was added is read. */
    async function fresh(): Promise<PushLines> {
        const { state } = await stampOf(path);
        if (known !== undefined && state === seen) return known;
        const before = known;
        // What comes to a bad end on the way is begun anew.
        known = undefined;
        known = await readPushLines(path, limits, before);
        seen = state;
        return known;
    }

    async function locked<T>(next: () => Promise<T>): Promise<T> {
        if (!isShared) return next();
        await mkdir(dirname(path), { recursive: true, mode: 0o700 });
        for (let waitedMs = 0; waitedMs < LOCK_MS; waitedMs += LOCK_EVERY_MS) {
            const lock = tryHostLock(`${path}.lock`);
            if (lock === undefined) {
                await sleep(LOCK_EVERY_MS, new AbortController().signal);
                continue;
            }
            try {
                return await next();
            } finally {
                lock.release();
            }
        }
        return fail("source-unreadable", `${path}: another agent has had it locked for ${LOCK_MS / 1000} s`);
    }

    /** Adds a line, to the file as it is or to one that is begun anew. What a failure leaves is not acknowledged. */
    async function add(lines: PushLines, line: readonly string[]): Promise<void> {
        const length = bytesIn(line);
        const isLong = lines.end - lines.begun + length > Math.max(MOST_ADDED_BYTES, lines.begun);
        const isWhole = lines.count > 0 && (await stat(path)).size === lines.end;
        const isAnew = isDoubtful || isLong || !isWhole;
        isDoubtful = true;
        if (isAnew) {
            const text = await inSlices(beginningOf(lines));
            await writeDurably(path, text);
            lines.file = fileOf(await stat(path, { bigint: true }));
            lines.begun = bytesIn(text);
            [lines.count, lines.end] = [1, lines.begun];
        }
        await appendDurably(path, line);
        [lines.count, lines.end] = [lines.count + 1, lines.end + length];
        seen = (await stampOf(path)).state;
        isDoubtful = false;
    }

    async function take(delivery: PushDelivery): Promise<Taking> {
        const lines = await fresh();
        if (lines.seen.has(delivery.id)) {
            if (isDoubtful) await add(lines, []);
            return { result: "known", unusable: [] };
        }
        const judged = await inSlices(lines.grants.judge(delivery.push));
        if (judged === "too-many") return { result: judged, unusable: [] };
        await add(lines, await inSlices(lineOf(delivery)));
        lines.remember(delivery.id);
        if (judged === "older") return { result: judged, unusable: [] };
        return { result: "accepted", unusable: await inSlices(lines.grants.apply(judged)) };
    }

    return {
        isShared,
        read: (signal) =>
            inTurn(async () => {
                signal.throwIfAborted();
                const { grants } = await fresh();
                return { isWhole: grants.pushed.snapshotMs !== undefined, reading: await inSlices(grants.reading()) };
            }),
        take: (delivery) => inTurn(() => locked(() => take(delivery))),
        ...(isShared && {
            watch: (wake: () => void, signal: AbortSignal) =>
                watchFile(path, { sleep, seen: () => seen }, wake, signal),
        }),
    };
}

function bytesIn(pieces: readonly string[]): number {
    return pieces.reduce((bytes, piece) => bytes + Buffer.byteLength(piece), 0);
}
