import type { BigIntStats } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";

import { fail } from "../../core/errors/errors";
import type { DocumentLimits } from "../../core/grants/grantAddresses";
import { openPushedGrants, type PushedGrants } from "./pushedGrants";
import { MOST_SEEN, type PushDelivery } from "./pushStore";

/**
 * What a file of pushes says, up to the end of a line: on its first line all that
 * was so when it was begun, and on each further line a delivery since. A last line
 * without its end was never acknowledged, and is not there.
 */
export interface PushLines {
    readonly grants: PushedGrants;
    /** The ids of the latest deliveries, oldest first. */
    readonly seen: ReadonlySet<string>;
    remember(id: string): void;
    /** Which file it is; another one that takes its place has another name here. */
    file: string;
    /** How many lines there are, and how many bytes the first one and all of them have. */
    count: number;
    begun: number;
    end: number;
}

/**
 * Reads a file, from where `before` ended if it is the same one; where there is none, nothing was pushed.
 *
 * @throws `source-unreadable` for a damaged one; what Node throws
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
        readText(lines, await bytesFrom(handle, lines.end), path);
        return lines;
    } finally {
        await handle.close();
    }
}

/** Which file it is: its number alone may be that of one that is gone. */
export function fileOf({ dev, ino, birthtimeNs }: BigIntStats): string {
    return `${dev}:${ino}:${birthtimeNs}`;
}

/** A delivery as it is added. */
export function lineOf({ id, push }: PushDelivery): string {
    return `${JSON.stringify({ id, push })}\n`;
}

/** The first line of a file that says the same. */
export function beginningOf({ grants, seen }: PushLines): string {
    const { snapshotMs, forgottenMs, removed } = grants.pushed;
    const entries = Array.from(grants.entries(), ({ key, atMs, grant, isNamed }) => [key, atMs, grant, isNamed]);
    const plain = {
        version: 1,
        ...(snapshotMs !== undefined && { snapshotMs }),
        ...(forgottenMs !== -Infinity && { forgottenMs }),
        entries,
        removed: Array.from(removed, ([key, atMs]) => [key.slice(1), atMs]),
        seen: [...seen],
    };
    return `${JSON.stringify(plain)}\n`;
}

interface Plain {
    readonly version: 1;
    readonly snapshotMs?: number;
    readonly forgottenMs?: number;
    /** Older files lack `isNamed`: what is newer than the snapshot was then pushed by itself. */
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
    const bytes = Buffer.alloc(Math.max(0, size - start));
    for (let at = 0; at < bytes.length; ) {
        const { bytesRead } = await handle.read(bytes, at, bytes.length - at, start + at);
        if (bytesRead === 0) return bytes.subarray(0, at);
        at += bytesRead;
    }
    return bytes;
}

function readText(lines: PushLines, bytes: Buffer, path: string): void {
    const length = bytes.lastIndexOf("\n") + 1;
    for (let start = 0; start < length; ) {
        const end = bytes.indexOf("\n", start) + 1;
        readLine(lines, bytes.toString("utf8", start, end), path);
        if (lines.count === 1) lines.begun = end;
        start = end;
    }
    lines.end += length;
}

function readLine(lines: PushLines, line: string, path: string): void {
    try {
        if (lines.count === 0) readBeginning(lines, JSON.parse(line) as Plain);
        else {
            const { id, push } = JSON.parse(line) as PushDelivery;
            const judged = lines.grants.judge(push);
            if (typeof judged === "object") lines.grants.apply(judged);
            lines.remember(id);
        }
        lines.count += 1;
    } catch (cause) {
        const where = `the file ${path} is damaged in line ${lines.count + 1}`;
        fail("source-unreadable", `${where}: move it away, and have everything pushed again`, { cause });
    }
}

function readBeginning({ grants, remember }: PushLines, { version, ...plain }: Plain): void {
    if (version !== 1) throw new Error(`it has version ${version}`);
    const { snapshotMs, forgottenMs, entries, removed, seen } = plain;
    grants.apply({
        ...(snapshotMs !== undefined && { snapshotMs }),
        ...(forgottenMs !== undefined && { forgottenMs }),
        set: entries.map(([key, atMs, grant, isNamed = atMs > (snapshotMs ?? -Infinity)]) => ({
            key,
            atMs,
            grant,
            isNamed,
        })),
        removed: removed.map(([id, atMs]) => ({ key: `=${id}`, atMs })),
    });
    for (const id of seen) remember(id);
}
