import type { Disk, DiskFile } from "./disk";
import { fileName, ledgerFiles, piecesOf } from "./files";
import { type Head, type LedgerEvent, nextLine, readLine } from "./line";
import type { LedgerState } from "./open";
import { afterEvent } from "./unsettled";

export interface AppenderOptions {
    readonly disk: Disk;
    readonly now: () => number;
    readonly rotateBytes: number;
    readonly keepFiles: number;
    /** What is on the disk already. */
    readonly state: LedgerState;
}

/** Appends lines to the last file of a ledger, and rotates and removes files. One call at a time. */
export interface Appender {
    /** What would survive a crash now. */
    readonly state: LedgerState;
    /**
     * Appends the events as a whole, with one sync.
     *
     * @throws what the disk throws. Then `state` is as before, and what reached the disk is removed, now or before
     * anything else is written: a line that was refused never appears later.
     */
    append(events: readonly LedgerEvent[]): Promise<void>;
    close(): Promise<void>;
}

export function openAppender(options: AppenderOptions): Appender {
    const { disk } = options;
    let state = options.state;
    let file: DiskFile | undefined;
    /** Whether the disk may hold more than `state` says. */
    let isDirty = false;

    async function close(): Promise<void> {
        const open = file;
        file = undefined;
        await open?.close();
    }

    async function write(events: readonly LedgerEvent[]): Promise<void> {
        if (isDirty) await rollBack(disk, state);
        isDirty = true;
        const turn = state.size >= options.rotateBytes || state.files.length === 0;
        const rotation = state.files.length > 0 && turn ? await rotationAfter(state, options) : undefined;
        const lines = linesOf(state, rotation === undefined ? events : [rotation.event, ...events], options.now());
        const name = turn ? fileName(state.head.seq + 1) : (state.files.at(-1) ?? "");
        const start = turn ? 0 : state.size;
        const target = turn || file === undefined ? await disk.open(name) : file;
        if (target !== file) await file?.close();
        file = target;
        await file.write(Buffer.from(lines.text), start);
        await file.sync();
        if (turn) await disk.sync();
        const size = start + Buffer.byteLength(lines.text);
        const files = turn ? [...state.files, name] : state.files;
        state = { files, size, head: lines.head, unsettled: lines.unsettled };
        isDirty = false;
        if (rotation !== undefined) state = { ...state, files: await prune(disk, state.files, rotation.gone) };
    }

    return {
        get state() {
            return state;
        },
        async append(events) {
            try {
                await write(events);
            } catch (error) {
                await close().catch(() => {});
                await rollBack(disk, state).then(
                    () => (isDirty = false),
                    () => {},
                );
                throw error;
            }
        },
        close,
    };
}

/** The lines of several events, and the state after them. */
function linesOf(state: LedgerState, events: readonly LedgerEvent[], nowMs: number) {
    const at = new Date(nowMs).toISOString();
    let [text, head, unsettled] = ["", state.head, state.unsettled];
    for (const event of events) {
        const line = nextLine(head, event, at);
        text += `${line.text}\n`;
        head = line.head;
        unsettled = afterEvent(unsettled, event);
    }
    return { text, head, unsettled };
}

/** The first line of a new file, and the files to remove once that line is on the disk. */
async function rotationAfter(state: LedgerState, { disk, keepFiles }: AppenderOptions) {
    const from = state.files.at(-1) ?? "";
    const excess = keepFiles === 0 ? 0 : Math.max(0, state.files.length + 1 - keepFiles);
    const gone = state.files.slice(0, excess);
    const next = state.files[excess];
    const removed = next === undefined ? state.head : await headBefore(disk, next);
    const unsettled = [...state.unsettled.values()];
    const event: LedgerEvent = {
        type: "ledger.rotated",
        from,
        unsettled,
        ...(gone.length > 0 && removed !== undefined && { removed }),
    };
    return { event, gone: removed === undefined ? [] : gone };
}

/** The line before the first line of a file; undefined if that line cannot be read. */
async function headBefore(disk: Disk, file: string): Promise<Head | undefined> {
    for await (const { bytes } of piecesOf(disk, file)) {
        const line = readLine(bytes);
        return typeof line === "string" ? undefined : { seq: line.seq - 1, hash: line.prev };
    }
    return undefined;
}

/**
 * Removes the oldest files first, so that the rest has no gap. What cannot be removed now is removed at the next
 * rotation.
 */
async function prune(disk: Disk, files: readonly string[], gone: readonly string[]): Promise<readonly string[]> {
    let left = files;
    try {
        for (const name of gone) {
            await disk.remove(name);
            left = left.slice(1);
        }
        if (gone.length > 0) await disk.sync();
    } catch {
        return left;
    }
    return left;
}

/** Restores the folder to a state: removes files begun later, and bytes after the last line. */
async function rollBack(disk: Disk, state: LedgerState): Promise<void> {
    const last = state.files.at(-1);
    const names = await ledgerFiles(disk);
    const later = names.filter((name) => last === undefined || name > last);
    for (const name of later) await disk.remove(name);
    if (later.length > 0) await disk.sync();
    if (last === undefined) return;
    const file = await disk.open(last);
    try {
        await file.truncate(state.size);
        await file.sync();
    } finally {
        await file.close();
    }
}
