import type { Disk } from "./disk";
import { ledgerFiles, piecesOf } from "./files";
import { type Line, readLine } from "./line";

/** What is read at first of the end of a file; most lines have less than a kilobyte. */
const WINDOW_BYTES = 256 * 1024;

/** The last lines of a ledger, the latest last; at most so many as `count`. What is no line is left out. */
export async function readTail(disk: Disk, count: number): Promise<readonly Line[]> {
    let tail: readonly Line[] = [];
    for (const file of [...(await ledgerFiles(disk))].reverse()) {
        if (tail.length >= count) break;
        tail = [...(await endOfFile(disk, file, count - tail.length)), ...tail];
    }
    return tail;
}

async function endOfFile(disk: Disk, file: string, count: number): Promise<readonly Line[]> {
    const size = await disk.size(file);
    for (let window = WINDOW_BYTES; ; window *= 8) {
        const from = Math.max(0, size - window);
        const lines: Line[] = [];
        let isFirst = from > 0;
        for await (const { bytes, isWhole } of piecesOf(disk, file, from)) {
            const line = isWhole && !isFirst ? readLine(bytes) : "unreadable";
            isFirst = false;
            if (typeof line !== "string") lines.push(line);
        }
        if (from === 0 || lines.length >= count) return lines.slice(-count);
    }
}
