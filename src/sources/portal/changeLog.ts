import { detached, headIn } from "./chain";

/**
 * Lines that are only ever added, one after the other, by any number of processes. A store is what its lines say; see `chain.ts` for how
 * a reader knows that they are the ones that it read before.
 */
export interface ChangeLog {
    /** What messages call it; holds no credential. */
    readonly name: string;
    /** The lines after a position, of everything that is there where it is undefined. @throws `source-unreadable` */
    read(position: Position | undefined, signal: AbortSignal): Promise<News>;
    /**
     * Reads as `read` does and adds what `decide` says, while nobody else can add anything. Resolves when the lines would
     * survive a crash; what it throws after `decide` was called leaves open whether they were added.
     *
     * @throws `source-unreadable`; what `decide` throws
     */
    append(position: Position | undefined, decide: (news: News) => Addition): Promise<Position>;
    /** Calls `wake` whenever there may be new lines, until the signal aborts. */
    watch(wake: () => void, signal: AbortSignal): Promise<void>;
    close(): Promise<void>;
}

/** How far a reader has read. */
export interface Position {
    /** Which log it is; another one has to be read from its beginning. */
    readonly log: string;
    /** What was read of it. */
    readonly end: number;
    /** Of the last line that was read, to see whether it is still there. */
    readonly last: LastLine;
}

/** A line that was read, without the middle of a long one: a line may have megabytes. */
export interface LastLine {
    /** Its number and its hash; empty where there was no line. */
    readonly head: string;
    /** Its last bytes, in base64: all of a usual one. */
    readonly tail: string;
    /** The length of the line, without its end. */
    readonly bytes: number;
}

export interface News {
    readonly lines: readonly string[];
    readonly position: Position;
    /** Whether these are all lines from the beginning, as what was read before is not there as it was. */
    readonly isAnew: boolean;
}

export interface Addition {
    readonly lines: readonly string[];
    /** Whether they take the place of all that is there. @default false */
    readonly isWhole?: boolean;
}

export const NO_LINE: LastLine = { head: "", tail: "", bytes: 0 };

const TAIL_BYTES = 1024;

/** @param otherwise What holds where there are no lines. */
export function lastLine(lines: readonly string[], otherwise = NO_LINE): LastLine {
    const line = lines.at(-1);
    if (line === undefined) return otherwise;
    const tail = Buffer.from(line.slice(-TAIL_BYTES)).subarray(-TAIL_BYTES);
    return { head: detached(headIn(line)), tail: tail.toString("base64"), bytes: Buffer.byteLength(line) };
}
