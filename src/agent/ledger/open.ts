import { fail } from "../../core/errors/errors";
import { type Break, checkNext } from "./chain";
import type { Disk } from "./disk";
import { firstSeqOf, ledgerFiles, type Piece, piecesOf } from "./files";
import { type Head, type LedgerRepaired, readLine, START } from "./line";
import { afterEvent, type Unsettled } from "./unsettled";
import { unwritable } from "./unwritable";

/** What is kept in memory of a ledger on the disk. */
export interface LedgerState {
    readonly files: readonly string[];
    /** The bytes of the last file, up to the end of its last whole line. */
    readonly size: number;
    readonly head: Head;
    readonly unsettled: Unsettled;
}

interface Scan extends LedgerState {
    readonly problem?: Break;
    /** Where the problem begins. */
    readonly start: number;
}

const NUL = 0;

/**
 * Reads the last file, checks it and repairs its end.
 *
 * A crash leaves a piece without a line end, or, if the file system wrote the end before the middle, zeros. Neither was
 * acknowledged, and both are cut off. Any other fault is an edit of the file.
 *
 * @throws `ledger-broken`, `ledger-unwritable`
 */
export async function recoverState(
    disk: Disk,
): Promise<{ readonly state: LedgerState; readonly repaired?: LedgerRepaired }> {
    try {
        const files = await ledgerFiles(disk);
        const [file, before] = [files.at(-1), files.at(-2)];
        if (file === undefined) return { state: { files, size: 0, head: START, unsettled: new Map() } };
        const { problem, start, ...state } = await scanFile(disk, files, file, before);
        const bytes = (await disk.size(file)) - state.size;
        if (problem !== undefined && !(await isOfCrash(disk, file, start))) return broken(disk, problem);
        const repaired: LedgerRepaired = { type: "ledger.repaired", file, bytes };
        const found = bytes === 0 ? {} : { repaired };
        if (state.size === 0 && before !== undefined) {
            return { state: await withoutLast(disk, files, before), ...found };
        }
        if (bytes > 0) await cut(disk, file, state.size);
        return { state, ...found };
    } catch (error) {
        return unwritable(disk, error);
    }
}

/** Removes a last file without a complete line, which was begun just before a crash. */
async function withoutLast(disk: Disk, files: readonly string[], before: string): Promise<LedgerState> {
    const { problem, start: _, ...state } = await scanFile(disk, files.slice(0, -1), before, files.at(-3));
    if (problem !== undefined) return broken(disk, problem);
    await disk.remove(files.at(-1) ?? "");
    await disk.sync();
    return state;
}

async function scanFile(disk: Disk, files: readonly string[], file: string, before: string | undefined): Promise<Scan> {
    let head = await endOf(disk, file, before);
    let unsettled: Unsettled = new Map();
    let size = 0;
    for await (const piece of piecesOf(disk, file)) {
        const isFirstKept = size === 0 && before === undefined && firstSeqOf(file) > 1;
        const checked = checkNext(isFirstKept ? anchorIn(piece, firstSeqOf(file)) : head, piece);
        if ("problem" in checked) return { files, size, head, unsettled, problem: checked.problem, start: piece.start };
        const { line } = checked;
        unsettled = afterEvent(unsettled, line.event);
        head = { seq: line.seq, hash: line.hash };
        size += piece.bytes.length + 1;
    }
    return { files, size, head, unsettled, start: size };
}

/** The line before the first one that is kept, as that line states it; `verify` checks whether it is true. */
function anchorIn({ bytes }: Piece, first: number): Head {
    const line = readLine(bytes);
    return typeof line === "string" ? { ...START, seq: first - 1 } : { seq: first - 1, hash: line.prev };
}

/** The last line of the previous file. */
async function endOf(disk: Disk, file: string, before: string | undefined): Promise<Head> {
    if (before === undefined) return { ...START, seq: firstSeqOf(file) - 1 };
    let last: Piece | undefined;
    for await (const piece of piecesOf(disk, before)) last = piece;
    const line = last?.isWhole ? readLine(last.bytes) : "unreadable";
    if (typeof line !== "string") return { seq: line.seq, hash: line.hash };
    const message = "it does not end with a line of a ledger";
    return broken(disk, { kind: "cut", file: before, line: last?.number ?? 1, message });
}

/** Whether the rest of the file is only an incomplete line of a crash. */
async function isOfCrash(disk: Disk, file: string, start: number): Promise<boolean> {
    for await (const { bytes, isWhole } of piecesOf(disk, file, start)) {
        return !isWhole || bytes.includes(NUL);
    }
    return true;
}

async function cut(disk: Disk, name: string, size: number): Promise<void> {
    const file = await disk.open(name);
    try {
        await file.truncate(size);
        await file.sync();
    } finally {
        await file.close();
    }
}

function broken({ path }: Disk, { file, line, message }: Break): never {
    const remedy = "`zonekeeper ledger verify` says more; keep a copy, find out who did it, then move the folder away";
    return fail(
        "ledger-broken",
        `the ledger in ${path} is not what was written: ${file}, line ${line}: ${message}; ${remedy}`,
    );
}
