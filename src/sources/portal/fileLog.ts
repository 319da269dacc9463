import { constants } from "node:fs";
import { type FileHandle, open, truncate } from "node:fs/promises";
import { dirname } from "node:path";

import { fail, hasCode } from "../../core/errors/errors";
import { appendDurably, writeDurably } from "../../durable";
import { makeFolder } from "../../folder";
import { tryHostLock } from "../../hostLock";
import { fileProblem } from "../file/fileProblem";
import { stampOf, watchFile } from "../file/watchFile";
import type { Waiting } from "../http/retry";
import { type Addition, type ChangeLog, lastLine, type News, NO_LINE, type Position } from "./changeLog";
import { ofStore } from "./ofStore";

/** How long the lock is waited for, which others hold while they add lines, and how often it is tried. */
const [LOCK_MS, LOCK_EVERY_MS] = [10_000, 3];

/** A longer file is not read: something has gone wrong with it. */
const MOST_BYTES = 512 * 1024 * 1024;

/**
 * A log in a file of one host, a line of it for each line. Whoever adds holds a lock of the operating system. What a crash leaves is a
 * last line without an end, which was never acknowledged: readers leave it out, and the next one who adds cuts it off.
 */
export function fileLog({ path, sleep }: { readonly path: string } & Pick<Waiting, "sleep">): ChangeLog {
    let seen = "";
    const name = `file ${path}`;
    const named = async <T>(work: () => Promise<T>): Promise<T> => {
        try {
            return await work();
        } catch (error) {
            // A lock that cannot be had is `bad-input`.
            const problem = hasCode(error, "source-unreadable", "bad-input") ? error.message : fileProblem(error);
            if (problem === undefined) throw error;
            return fail("source-unreadable", ofStore(name, problem), { cause: error });
        }
    };

    async function append(position: Position | undefined, decide: (news: News) => Addition): Promise<Position> {
        const news = await readLines(path, position);
        const { lines, isWhole = false } = decide(news);
        if (lines.length === 0) return news.position;
        const text = lines.map((line) => `${line}\n`).join("");
        if (isWhole || news.position.log === NONE) {
            await writeDurably(path, text);
        } else {
            const { size } = await statOf(path);
            if (size > news.position.end) await truncate(path, news.position.end);
            await appendDurably(path, text);
        }
        const { log, size, state } = await statOf(path);
        seen = state;
        return { log, end: size, last: lastLine(lines) };
    }

    return {
        name,
        read: (position, signal) =>
            named(async () => {
                signal.throwIfAborted();
                const { state } = await stampOf(path);
                const news = await readLines(path, position);
                seen = state;
                return news;
            }),
        append: (position, decide) => named(() => locked(path, sleep, () => append(position, decide))),
        watch: (wake, signal) => watchFile(path, { sleep, seen: () => seen }, wake, signal),
        close: async () => {},
    };
}

const NONE = "none";

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
    return fail("source-unreadable", `another process has had it locked for ${LOCK_MS / 1000} s`);
}

async function statOf(path: string): Promise<{ readonly log: string; readonly size: number; readonly state: string }> {
    const { file, state } = await stampOf(path);
    const [, size = "0"] = state.split(" ");
    return { log: file, size: Number(size), state };
}

/** The whole lines after a position; of a file in which what was read before is not there as it was, all of them. */
async function readLines(path: string, position: Position | undefined): Promise<News> {
    const file = await open(path, constants.O_RDONLY).catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") return undefined;
        throw error;
    });
    if (file === undefined) {
        return {
            lines: [],
            position: { log: NONE, end: 0, last: NO_LINE },
            isAnew: position !== undefined && position.log !== NONE,
        };
    }
    try {
        const { dev, ino, size } = await file.stat({ bigint: true });
        const log = `${dev}:${ino}`;
        const isAnew =
            position !== undefined && !(position.log === log && (await isThere(file, Number(size), position)));
        const start = position === undefined || isAnew ? 0 : position.end;
        const { lines, bytes } = await linesFrom(file, start, Number(size) - start);
        const last = lastLine(lines, start === 0 ? NO_LINE : position?.last);
        return { lines, position: { log, end: start + bytes, last }, isAnew };
    } finally {
        await file.close();
    }
}

async function linesFrom(file: FileHandle, start: number, length: number) {
    if (length > MOST_BYTES) return fail("source-unreadable", "it is longer than 512 MiB");
    const buffer = Buffer.alloc(length);
    const { bytesRead } = length === 0 ? { bytesRead: 0 } : await file.read(buffer, 0, length, start);
    const bytes = buffer.subarray(0, bytesRead).lastIndexOf(0x0a) + 1;
    return { lines: bytes === 0 ? [] : buffer.toString("utf8", 0, bytes - 1).split("\n"), bytes };
}

/** Whether the last line that was read is still where it was: the file may have been overwritten by one that is no shorter. */
async function isThere(file: FileHandle, size: number, { end, last }: Position): Promise<boolean> {
    if (size < end) return false;
    if (end === 0) return true;
    const tail = Buffer.concat([Buffer.from(last.tail, "base64"), Buffer.from("\n")]);
    if (!(await isAt(file, end - tail.length, tail))) return false;
    // The tail of a short line is all of it.
    const isAll = last.bytes < tail.length;
    return isAll || isAt(file, end - 1 - last.bytes, Buffer.from(last.head));
}

async function isAt(file: FileHandle, start: number, expected: Buffer): Promise<boolean> {
    if (expected.length === 0) return true;
    const found = Buffer.alloc(expected.length);
    await file.read(found, 0, expected.length, start);
    return found.equals(expected);
}
