import { readFile } from "node:fs/promises";

import { fail } from "../../core/errors";
import { applyPush, nothingPushed, type Push, type Pushed } from "../../core/pushes";
import { appendDurably, writeDurably } from "../../durable";

/** What has been pushed, and which deliveries it came by. */
export interface PushState {
    readonly pushed: Pushed;
    /** The ids of the latest deliveries, oldest first. */
    readonly seen: readonly string[];
}

/** As many deliveries are remembered. */
const MOST_SEEN = 10_000;

/** The file is written anew after so many deliveries, each of which takes its time when the file is read; */
const MOST_ADDED = 256;

/** and when they are longer than this, and than what it began with. */
const MOST_ADDED_LENGTH = 1024 * 1024;

/**
 * Keeps what was pushed in a file: on its first line all that was so when it was
 * begun, and on each further line a delivery since. A last line without its
 * end was never acknowledged, and is not there.
 */
export interface PushFile {
    /** What the file says; nothing where there is none. @throws `source-unreadable` for a damaged one */
    load(): Promise<PushState>;
    /** Resolves with what is so after a delivery, when that would survive a crash; where it throws, nothing has changed. */
    add(state: PushState, id: string, push: Push): Promise<PushState>;
}

export function pushFile(path: string): PushFile {
    let begun = 0;
    let added = { count: 0, length: 0 };
    /** Whether the file has to be written anew before anything can be added. */
    let isRagged = true;

    async function begin(state: PushState): Promise<void> {
        const text = `${JSON.stringify(plain(state))}\n`;
        await writeDurably(path, text);
        [begun, added, isRagged] = [text.length, { count: 0, length: 0 }, false];
    }

    return {
        async load() {
            const text = await textOf(path);
            isRagged = !text.endsWith("\n");
            const lines = text.split("\n").slice(0, -1);
            begun = lines[0]?.length ?? 0;
            added = { count: Math.max(0, lines.length - 1), length: text.length - begun };
            return lines.reduce((state, line, index) => readLine(state, line, index, path), nothing());
        },
        async add(state, id, push) {
            const next = after(state, id, push);
            const line = `${JSON.stringify({ id, push })}\n`;
            const length = added.length + line.length;
            const isLong = added.count >= MOST_ADDED || length > Math.max(MOST_ADDED_LENGTH, begun);
            if (isRagged || isLong) {
                await begin(next);
                return next;
            }
            // What a failure leaves behind may be half a line.
            isRagged = true;
            await appendDurably(path, line);
            isRagged = false;
            added = { count: added.count + 1, length };
            return next;
        },
    };
}

function nothing(): PushState {
    return { pushed: nothingPushed(), seen: [] };
}

function after({ pushed, seen }: PushState, id: string, push: Push): PushState {
    return { pushed: applyPush(pushed, push), seen: [...seen, id].slice(-MOST_SEEN) };
}

async function textOf(path: string): Promise<string> {
    try {
        return await readFile(path, "utf8");
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
        throw error;
    }
}

/** As JSON has it. */
function plain({ pushed: { snapshotMs, forgottenMs, entries, removed }, seen }: PushState): object {
    return {
        version: 1,
        ...(snapshotMs !== undefined && { snapshotMs }),
        ...(forgottenMs !== -Infinity && { forgottenMs }),
        entries: [...entries].map(([key, { atMs, grant }]) => [key, atMs, grant]),
        removed: [...removed],
        seen,
    };
}

interface Plain {
    readonly version: 1;
    readonly snapshotMs?: number;
    readonly forgottenMs?: number;
    readonly entries: readonly (readonly [key: string, atMs: number, grant: unknown])[];
    readonly removed: readonly (readonly [id: string, atMs: number])[];
    readonly seen: readonly string[];
}

function readLine(state: PushState, line: string, index: number, path: string): PushState {
    try {
        if (index > 0) {
            const { id, push } = JSON.parse(line) as { readonly id: string; readonly push: Push };
            return after(state, id, push);
        }
        const { version, snapshotMs, forgottenMs = -Infinity, entries, removed, seen } = JSON.parse(line) as Plain;
        if (version !== 1) throw new Error(`it has version ${version}`);
        return {
            pushed: {
                snapshotMs,
                forgottenMs,
                entries: new Map(entries.map(([key, atMs, grant]) => [key, { atMs, grant }])),
                removed: new Map(removed),
            },
            seen,
        };
    } catch (cause) {
        return fail(
            "source-unreadable",
            `the file ${path} is damaged in line ${index + 1}: move it away, and have everything pushed again`,
            { cause },
        );
    }
}
