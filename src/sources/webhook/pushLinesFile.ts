import { stat } from "node:fs/promises";

import type { DocumentLimits } from "../../core/grants/grantAddresses";
import { appendDurably, writeDurably } from "../../durable";
import { stampOf } from "../file/watchFile";
import { inSlices } from "../slices";
import { beginningOf, fileOf, type Pieces, type PushLines, readPushLines } from "./pushLines";

/** The file of a `pushFile`, with its content in memory. One call at a time. */
export interface PushLinesFile {
    /** The state of the file (see Stamp) in which it was read or written last. */
    readonly seen: string;
    /** Whether the last write failed, so that the file may hold a line that was not acknowledged. */
    readonly isDoubtful: boolean;
    /** The content of the file. If it is the same file as before, only the lines that were added are read. */
    read(): Promise<PushLines>;
    /** Appends a line, or rewrites the file with it if the file grew too long or the last write failed. */
    add(lines: PushLines, line: Pieces): Promise<void>;
}

/** The file is rewritten when the lines after the first are longer than this, and than the first line. */
const MOST_ADDED_BYTES = 1024 * 1024;

export function openPushLinesFile(path: string, limits: DocumentLimits): PushLinesFile {
    let known: PushLines | undefined;
    let seen = "";
    let isDoubtful = false;

    async function writeAnew(lines: PushLines): Promise<void> {
        const pieces = await inSlices(beginningOf(lines));
        await writeDurably(path, pieces);
        lines.file = fileOf(await stat(path, { bigint: true }));
        lines.begun = bytesIn(pieces);
        [lines.count, lines.end] = [1, lines.begun];
    }

    return {
        get seen() {
            return seen;
        },
        get isDoubtful() {
            return isDoubtful;
        },
        async read() {
            const { state } = await stampOf(path);
            if (known !== undefined && state === seen) return known;
            const before = known;
            // If this read fails, the next one begins at the start.
            known = undefined;
            known = await readPushLines(path, limits, before);
            seen = state;
            return known;
        },
        async add(lines, line) {
            const length = bytesIn(line);
            const isLong = lines.end - lines.begun + length > Math.max(MOST_ADDED_BYTES, lines.begun);
            const isWhole = lines.count > 0 && (await stat(path)).size === lines.end;
            const isAnew = isDoubtful || isLong || !isWhole;
            isDoubtful = true;
            if (isAnew) await writeAnew(lines);
            await appendDurably(path, line);
            [lines.count, lines.end] = [lines.count + 1, lines.end + length];
            seen = (await stampOf(path)).state;
            isDoubtful = false;
        },
    };
}

function bytesIn(pieces: Pieces): number {
    return pieces.reduce((bytes, piece) => bytes + piece.byteLength, 0);
}
