import type { Disk } from "./disk";
import { ledgerFiles, piecesOf } from "./files";
import { type Line, readLine } from "./line";
import type { Told } from "./read";

/** The first part that is read from the end of a file; most lines have less than a kilobyte. */
const WINDOW_BYTES = 256 * 1024;

/** The last lines of a ledger, the latest last; at most `count`. Invalid lines are left out. */
export async function readTail(disk: Disk, count: number): Promise<readonly Line[]> {
    return (await toldTail(disk, count)).map(({ line }) => line);
}

/** As readTail, with the text of each line. */
export async function toldTail(disk: Disk, count: number): Promise<readonly Told[]> {
    let tail: readonly Told[] = [];
    for (const file of [...(await ledgerFiles(disk))].reverse()) {
        if (tail.length >= count) break;
        tail = [...(await endOfFile(disk, file, count - tail.length)), ...tail];
    }
    return tail;
}

async function endOfFile(disk: Disk, file: string, count: number): Promise<readonly Told[]> {
    const size = await disk.size(file);
    for (let window = WINDOW_BYTES; ; window *= 8) {
        const from = Math.max(0, size - window);
        const lines: Told[] = [];
        let isFirst = from > 0;
        for await (const { bytes, isWhole } of piecesOf(disk, file, from)) {
            const line = isWhole && !isFirst ? readLine(bytes) : "unreadable";
            isFirst = false;
            if (typeof line !== "string") lines.push({ line, text: bytes.toString("utf8") });
        }
        if (from === 0 || lines.length >= count) return lines.slice(-count);
    }
}
