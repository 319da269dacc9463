import { dirname } from "node:path";

import { fail, hasCode } from "../../core/errors/errors";
import type { DocumentLimits } from "../../core/grants/grantAddresses";
import { makeFolder } from "../../folder";
import { tryHostLock } from "../../hostLock";
import { openQueue } from "../../queue";
import { fileProblem } from "../file/fileProblem";
import { watchFile } from "../file/watchFile";
import type { Waiting } from "../http/retry";
import { inSlices } from "../slices";
import { lineOf } from "./pushLines";
import { openPushLinesFile } from "./pushLinesFile";
import type { PushDelivery, PushStore, Taking } from "./pushStore";

export interface PushFileOptions extends Pick<Waiting, "sleep"> {
    readonly path: string;
    readonly limits: DocumentLimits;
    /** Whether other agents of this host use the same file, so that a writer has to lock it. */
    readonly isShared: boolean;
}

/** How long to wait for the lock, which other agents hold while they add a line, and how often to try it. */
const [LOCK_MS, LOCK_EVERY_MS] = [10_000, 5];

/** Keeps what was pushed in a file of lines, see PushLines. The file is authoritative; memory is a cache of it. */
export function pushFile({ path, limits, isShared, sleep }: PushFileOptions): PushStore {
    const file = openPushLinesFile(path, limits);
    const queue = openQueue();
    const inTurn = <T>(work: () => Promise<T>) => queue(work).catch((error: unknown) => unreadable(path, error));

    async function take(delivery: PushDelivery): Promise<Taking> {
        const lines = await file.read();
        if (lines.seen.has(delivery.id)) {
            if (file.isDoubtful) await file.add(lines, []);
            return { result: "known", unusable: [] };
        }
        const judged = await inSlices(lines.grants.judge(delivery.push));
        if (judged === "too-many") return { result: judged, unusable: [] };
        await file.add(lines, await inSlices(lineOf(delivery)));
        lines.remember(delivery.id);
        if (judged === "older") return { result: judged, unusable: [] };
        return { result: "accepted", unusable: await inSlices(lines.grants.apply(judged)) };
    }

    return {
        isShared,
        read: (signal) =>
            inTurn(async () => {
                signal.throwIfAborted();
                const { grants } = await file.read();
                return { isWhole: grants.pushed.snapshotMs !== undefined, reading: await inSlices(grants.reading()) };
            }),
        take: (delivery) => inTurn(() => (isShared ? locked(path, sleep, () => take(delivery)) : take(delivery))),
        ...(isShared && {
            watch: (wake: () => void, signal: AbortSignal) =>
                watchFile(path, { sleep, seen: () => file.seen }, wake, signal),
        }),
    };
}

/** Does work while no other agent of this host writes the file. */
async function locked<T>(path: string, sleep: Waiting["sleep"], work: () => Promise<T>): Promise<T> {
    await makeFolder(dirname(path));
    for (let waitedMs = 0; waitedMs < LOCK_MS; waitedMs += LOCK_EVERY_MS) {
        const lock = tryHostLock(`${path}.lock`);
        if (lock === undefined) {
            await sleep(LOCK_EVERY_MS, new AbortController().signal);
            continue;
        }
        try {
            return await work();
        } finally {
            lock.release();
        }
    }
    return fail("source-unreadable", `${path}: another agent has had it locked for ${LOCK_MS / 1000} s`);
}

/** @throws `source-unreadable` for what the file system reports; the error itself, if it is a bug */
function unreadable(path: string, error: unknown): never {
    if (hasCode(error, "source-unreadable")) throw error;
    const problem = fileProblem(error) ?? (hasCode(error, "bad-input") ? error.message : undefined);
    if (problem === undefined) throw error;
    return fail("source-unreadable", `${path}: ${problem}`, { cause: error });
}
