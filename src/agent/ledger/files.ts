import type { Disk } from "./disk";

/** A piece of a file between two line ends, or the rest after the last one. */
export interface Piece {
    readonly file: string;
    /** Its offset in bytes. */
    readonly start: number;
    /** From 1. */
    readonly number: number;
    /** Without the line end. */
    readonly bytes: Buffer;
    /** Whether a line end follows. */
    readonly isWhole: boolean;
}

/** The longest line, far longer than any event: a file without line ends must not fill the memory. */
const LONGEST_LINE = 64 * 1024 * 1024;

const NAME = /^\d{16}\.jsonl$/;
const NEWLINE = 0x0a;

/** The file whose first line has this number; names in order are lines in order. */
export function fileName(firstSeq: number): string {
    return `${String(firstSeq).padStart(16, "0")}.jsonl`;
}

export function firstSeqOf(name: string): number {
    return Number(name.slice(0, 16));
}

/** The files of a ledger in the order of their lines. Other files in the folder are ignored. */
export async function ledgerFiles(disk: Disk): Promise<readonly string[]> {
    return (await disk.list()).filter((name) => NAME.test(name)).sort();
}

/** The lines of a file, with one line and one chunk in memory. @param from The offset of a line */
export async function* piecesOf(disk: Disk, file: string, from = 0): AsyncGenerator<Piece, void, undefined> {
    let [start, number] = [from, 1];
    let rest: Buffer[] = [];
    let restBytes = 0;
    for await (const chunk of disk.read(file, from)) {
        const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
        let begin = 0;
        for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, begin)) {
            const line = Buffer.concat([...rest, bytes.subarray(begin, end)]);
            [rest, restBytes] = [[], 0];
            yield { file, start, number, bytes: line, isWhole: true };
            start += line.length + 1;
            number += 1;
            begin = end + 1;
        }
        rest.push(bytes.subarray(begin));
        restBytes += bytes.length - begin;
        if (restBytes > LONGEST_LINE) break;
    }
    if (restBytes > 0) yield { file, start, number, bytes: Buffer.concat(rest), isWhole: false };
}
