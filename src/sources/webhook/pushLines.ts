import type { BigIntStats } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";

import { fail, hasCode } from "../../core/errors/errors";
import type { DocumentLimits } from "../../core/grants/grantAddresses";
import type { PushedEntry } from "../../core/grants/pushes";
import type { Work } from "../../core/work";
import { SMALL_JSON } from "../document/document";
import { parseInThread } from "../document/documentThread";
import { parseBody } from "../document/json";
import { inSlices, openSlices } from "../slices";
import { openPushedGrants, type PushedGrants } from "./pushedGrants";
import { MOST_SEEN, type PushDelivery } from "./pushStore";

/**
 * The content of a file of pushes: its first line is the state when the file was begun, and
 * each further line is a delivery since. A last line without a line end was never
 * acknowledged, and is ignored.
 */
export interface PushLines {
    readonly grants: PushedGrants;
    /** The ids of the latest deliveries, oldest first. */
    readonly seen: ReadonlySet<string>;
    remember(id: string): void;
    /** Identifies the file; a file that replaces it has another identity. */
    file: string;
    /** The number of lines, and the bytes of the first line and of all lines. */
    count: number;
    begun: number;
    end: number;
}

/**
 * Reads a file, from where `before` ended if it is the same file; without a file, nothing was pushed.
 *
 * @throws `source-unreadable` for a damaged file; what Node throws
 */
export async function readPushLines(path: string, limits: DocumentLimits, before?: PushLines): Promise<PushLines> {
    let handle: FileHandle;
    try {
        handle = await open(path);
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return nothing("none", limits);
        throw error;
    }
    try {
        const file = fileOf(await handle.stat({ bigint: true }));
        const lines = before?.file === file ? before : nothing(file, limits);
        await readText(lines, await bytesFrom(handle, lines.end), path);
        return lines;
    } finally {
        await handle.close();
    }
}

/** Identifies a file: the inode number alone may be reused. */
export function fileOf({ dev, ino, birthtimeNs }: BigIntStats): string {
    return `${dev}:${ino}:${birthtimeNs}`;
}

/** The line of a delivery, in pieces. */
export function* lineOf({ id, push }: PushDelivery): Work<Pieces> {
    if (push.type !== "replaced") return [Buffer.from(`${JSON.stringify({ id, push })}\n`)];
    const { type, atMs, grants } = push;
    const head = JSON.stringify({ id, push: { type, atMs } }).slice(0, -"}}".length);
    return yield* listInPieces(`${head},"grants":[`, grants, (grant) => grant, "]}}\n");
}

/** The first line of a new file with the same state, in pieces. */
export function* beginningOf({ grants, seen }: PushLines): Work<Pieces> {
    const { snapshotMs, forgottenMs, removed } = grants.pushed;
    const plain = {
        version: 1,
        ...(snapshotMs !== undefined && { snapshotMs }),
        ...(forgottenMs !== -Infinity && { forgottenMs }),
        removed: Array.from(removed, ([key, atMs]) => [key.slice(1), atMs]),
        seen: [...seen],
    };
    const entryOf = ({ key, atMs, grant, isNamed }: PushedEntry) => [key, atMs, grant, isNamed];
    return yield* listInPieces(`${JSON.stringify(plain).slice(0, -1)},"entries":[`, grants.entries(), entryOf, "]}\n");
}

/** Bytes of UTF-8: their length is known without looking at them again, and each piece was encoded in a slice of its own. */
export type Pieces = readonly Uint8Array[];

/** Characters in one piece. */
const PIECE = 64 * 1024;

function* listInPieces<T>(
    head: string,
    entries: Iterable<T>,
    shownAs: (entry: T) => unknown,
    tail: string,
): Work<Pieces> {
    const pieces: Uint8Array[] = [];
    let piece = head;
    let separator = "";
    for (const entry of entries) {
        const text = JSON.stringify(shownAs(entry)) ?? "null";
        piece += separator + text;
        separator = ",";
        if (piece.length >= PIECE) {
            pieces.push(Buffer.from(piece));
            piece = "";
            yield PIECE_COST;
        }
        yield 1 + text.length / 100;
    }
    return [...pieces, Buffer.from(piece + tail)];
}

/** Of encoding a piece, see Work. */
const PIECE_COST = 200;

interface Plain {
    readonly version: 1;
    readonly snapshotMs?: number;
    readonly forgottenMs?: number;
    /** Older files lack `isNamed`: there, an entry that is newer than the snapshot was pushed alone. */
    readonly entries: readonly (readonly [key: string, atMs: number, grant: unknown, isNamed?: boolean])[];
    readonly removed: readonly (readonly [id: string, atMs: number])[];
    readonly seen: readonly string[];
}

function nothing(file: string, limits: DocumentLimits): PushLines {
    const seen = new Set<string>();
    return {
        grants: openPushedGrants(limits),
        seen,
        file,
        remember(id) {
            seen.add(id);
            const [oldest] = seen;
            if (seen.size > MOST_SEEN && oldest !== undefined) seen.delete(oldest);
        },
        count: 0,
        begun: 0,
        end: 0,
    };
}

async function bytesFrom(handle: FileHandle, start: number): Promise<Buffer> {
    const { size } = await handle.stat();
    const bytes = Buffer.allocUnsafe(Math.max(0, size - start));
    for (let at = 0; at < bytes.length; ) {
        const { bytesRead } = await handle.read(bytes, at, bytes.length - at, start + at);
        if (bytesRead === 0) return bytes.subarray(0, at);
        at += bytesRead;
    }
    return bytes;
}

async function readText(lines: PushLines, bytes: Buffer, path: string): Promise<void> {
    const length = bytes.lastIndexOf("\n") + 1;
    const slices = openSlices();
    for (let start = 0; start < length; ) {
        const end = bytes.indexOf("\n", start) + 1;
        await readLine(lines, bytes.subarray(start, end), path);
        await slices.spend(LINE_COST + (end - start) / PARSED);
        if (lines.count === 1) lines.begun = end;
        start = end;
    }
    lines.end += length;
}

/** Of a line with one grant, see Work; and the bytes that are parsed in a microsecond. */
const [LINE_COST, PARSED] = [20, 50];

async function readLine(lines: PushLines, line: Uint8Array, path: string): Promise<void> {
    try {
        const document =
            line.length <= SMALL_JSON ? parseBody(line, Infinity) : await parseInThread(new Uint8Array(line));
        if (lines.count === 0) await readBeginning(lines, document as Plain);
        else {
            const { id, push } = document as PushDelivery;
            const judged = await inSlices(lines.grants.judge(push));
            if (typeof judged === "object") await inSlices(lines.grants.apply(judged));
            lines.remember(id);
        }
        lines.count += 1;
    } catch (cause) {
        // The thread that parses it failed, which says nothing about the file.
        if (hasCode(cause, "source-unreadable")) throw cause;
        const where = `the file ${path} is damaged in line ${lines.count + 1}`;
        fail("source-unreadable", `${where}: move it away, and have everything pushed again`, { cause });
    }
}

async function readBeginning({ grants, remember }: PushLines, { version, ...plain }: Plain): Promise<void> {
    if (version !== 1) throw new Error(`it has version ${version}`);
    await inSlices(begin(grants, plain));
    for (const id of plain.seen) remember(id);
}

function* begin(grants: PushedGrants, plain: Omit<Plain, "version">): Work<void> {
    const { snapshotMs, forgottenMs, entries, removed } = plain;
    const set: PushedEntry[] = [];
    for (const [key, atMs, grant, isNamed = atMs > (snapshotMs ?? -Infinity)] of entries) {
        set.push({ key, atMs, grant, isNamed });
        yield 1;
    }
    yield* grants.apply({
        ...(snapshotMs !== undefined && { snapshotMs }),
        ...(forgottenMs !== undefined && { forgottenMs }),
        set,
        removed: removed.map(([id, atMs]) => ({ key: `=${id}`, atMs })),
    });
}
