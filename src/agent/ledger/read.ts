import type { Break } from "./chain";
import type { Disk } from "./disk";
import { ledgerFiles, piecesOf } from "./files";
import { type Line, readLine } from "./line";

/** A line, and its text in the file. */
export interface Told {
    readonly line: Line;
    readonly text: string;
}

export interface ReadOptions {
    /** Lines from this moment on, in milliseconds since 1970. @default all */
    readonly fromMs?: number;
    /** Lines before this moment. @default all */
    readonly toMs?: number;
    /** Called for invalid lines, which are left out. */
    readonly onBreak: (problem: Pick<Break, "file" | "line">) => void;
}

/** Every line of a ledger in order, with one line in memory. The chain is only checked by `verify`. */
export async function* readLines(disk: Disk, options: ReadOptions): AsyncGenerator<Told, void, undefined> {
    const { fromMs = Number.NEGATIVE_INFINITY, toMs = Number.POSITIVE_INFINITY, onBreak } = options;
    for (const file of await ledgerFiles(disk)) {
        for await (const { bytes, number, isWhole } of piecesOf(disk, file)) {
            const line = isWhole ? readLine(bytes) : "unreadable";
            if (typeof line === "string") {
                onBreak({ file, line: number });
                continue;
            }
            const atMs = Date.parse(line.at);
            if (atMs >= fromMs && atMs < toMs) yield { line, text: bytes.toString("utf8") };
        }
    }
}

/**
 * The lines after `seq`, and then each new line, without end.
 *
 * @param pause Awaited between two reads of the folder; rejects to end the iteration
 */
export async function* followLines(
    disk: Disk,
    seq: number,
    pause: () => Promise<void>,
): AsyncGenerator<Told, void, undefined> {
    let [last, file, offset] = [seq, (await ledgerFiles(disk)).at(-1) ?? "", 0];
    for (;;) {
        const files = (await ledgerFiles(disk)).filter((name) => name >= file);
        for (const name of files) {
            if (name !== file) [file, offset] = [name, 0];
            for await (const { bytes, isWhole } of piecesOf(disk, name, offset)) {
                if (!isWhole) break;
                offset += bytes.length + 1;
                const line = readLine(bytes);
                if (typeof line === "string" || line.seq <= last) continue;
                last = line.seq;
                yield { line, text: bytes.toString("utf8") };
            }
        }
        await pause();
    }
}
