import { fail } from "../../core/errors/errors";
import type { Disk, DiskFile } from "./disk";
import { fileName, ledgerFiles, piecesOf } from "./files";
import { type Head, type LedgerEvent, nextLine, readLine } from "./line";
import type { Book } from "./open";
import { afterEvent } from "./unsettled";
import { unwritable } from "./unwritable";

export interface WriterOptions {
    readonly disk: Disk;
    readonly now: () => number;
    readonly rotateBytes: number;
    readonly keepFiles: number;
    /** What is there already. */
    readonly book: Book;
    /** Goes before whatever is recorded first. */
    readonly first: readonly LedgerEvent[];
}

export interface Writer {
    /** What would survive a crash now. */
    readonly book: Book;
    append(event: LedgerEvent): Promise<void>;
    close(): Promise<void>;
}

interface Waiting {
    readonly event: LedgerEvent;
    readonly resolve: () => void;
    readonly reject: (reason: unknown) => void;
}

/** What is recorded at once; more waits for the next sync. */
const MOST_AT_ONCE = 256;

/**
 * Appends lines, many with one sync. What could not be kept as a whole is taken
 * back before anything else is written, so that a line that was refused does not
 * come to light later.
 */
export function openWriter(options: WriterOptions): Writer {
    const { disk } = options;
    let book = options.book;
    let first = options.first;
    let file: DiskFile | undefined;
    let waiting: Waiting[] = [];
    let isDirty = false;
    let isClosed = false;
    let work: Promise<void> | undefined;

    /** @throws what the disk throws; then the book is as before */
    async function write(events: readonly LedgerEvent[]): Promise<void> {
        if (isDirty) await takeBack(disk, book);
        isDirty = true;
        const turn = book.size >= options.rotateBytes || book.files.length === 0;
        const rotation = book.files.length > 0 && turn ? await rotationAfter(book, options) : undefined;
        const page = pageOf(book, rotation === undefined ? events : [rotation.event, ...events], options.now());
        const name = turn ? fileName(book.head.seq + 1) : (book.files.at(-1) ?? "");
        const start = turn ? 0 : book.size;
        const target = turn || file === undefined ? await disk.open(name) : file;
        if (target !== file) await file?.close();
        file = target;
        await file.write(Buffer.from(page.text), start);
        await file.sync();
        if (turn) await disk.sync();
        const size = start + Buffer.byteLength(page.text);
        book = { files: turn ? [...book.files, name] : book.files, size, head: page.head, unsettled: page.unsettled };
        isDirty = false;
        if (rotation !== undefined) book = { ...book, files: await prune(disk, book.files, rotation.gone) };
    }

    async function run(): Promise<void> {
        while (waiting.length > 0) {
            const batch = waiting.splice(0, MOST_AT_ONCE);
            try {
                await write([...first, ...batch.map(({ event }) => event)]);
                first = [];
                for (const { resolve } of batch) resolve();
            } catch (error) {
                await file?.close().catch(() => {});
                file = undefined;
                await takeBack(disk, book).then(
                    () => (isDirty = false),
                    () => {},
                );
                for (const { reject } of batch) reject(reasonOf(disk, error));
            }
        }
        work = undefined;
    }

    return {
        get book() {
            return book;
        },
        append(event) {
            if (isClosed) return Promise.resolve().then(() => fail("ledger-unwritable", "the ledger is closed"));
            return new Promise((resolve, reject) => {
                waiting.push({ event, resolve, reject });
                // The rest of this turn may want to record as well.
                work ??= Promise.resolve().then(run);
            });
        },
        async close() {
            isClosed = true;
            await work;
            await file?.close();
            file = undefined;
            waiting = [];
        },
    };
}

function pageOf(book: Book, events: readonly LedgerEvent[], nowMs: number) {
    const at = new Date(nowMs).toISOString();
    let [text, head, unsettled] = ["", book.head, book.unsettled];
    for (const event of events) {
        const line = nextLine(head, event, at);
        text += `${line.text}\n`;
        head = line.head;
        unsettled = afterEvent(unsettled, event);
    }
    return { text, head, unsettled };
}

/** The first line of a new file, and which files go once it is there. */
async function rotationAfter(book: Book, { disk, keepFiles }: WriterOptions) {
    const from = book.files.at(-1) ?? "";
    const excess = keepFiles === 0 ? 0 : Math.max(0, book.files.length + 1 - keepFiles);
    const gone = book.files.slice(0, excess);
    const next = book.files[excess];
    const removed = next === undefined ? book.head : await headBefore(disk, next);
    const unsettled = [...book.unsettled.values()];
    const event: LedgerEvent = {
        type: "ledger.rotated",
        from,
        unsettled,
        ...(gone.length > 0 && removed !== undefined && { removed }),
    };
    return { event, gone: removed === undefined ? [] : gone };
}

/** What the first line of a file was written after; undefined where that cannot be told. */
async function headBefore(disk: Disk, file: string): Promise<Head | undefined> {
    for await (const { bytes } of piecesOf(disk, file)) {
        const line = readLine(bytes);
        return typeof line === "string" ? undefined : { seq: line.seq - 1, hash: line.prev };
    }
    return undefined;
}

/** The oldest first, so that what is left has no gap. What cannot be removed now is at the next turn. */
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

/** Makes the folder what the book says: without files begun later, and without bytes after the last line. */
async function takeBack(disk: Disk, book: Book): Promise<void> {
    const last = book.files.at(-1);
    const names = await ledgerFiles(disk);
    const later = names.filter((name) => last === undefined || name > last);
    for (const name of later) await disk.remove(name);
    if (later.length > 0) await disk.sync();
    if (last === undefined) return;
    const file = await disk.open(last);
    try {
        await file.truncate(book.size);
        await file.sync();
    } finally {
        await file.close();
    }
}

function reasonOf(disk: Disk, error: unknown): unknown {
    try {
        return unwritable(disk, error);
    } catch (reason) {
        return reason;
    }
}
