import { type Break, checkNext, lines } from "./chain";
import type { Disk } from "./disk";
import { firstSeqOf, ledgerFiles, type Piece, piecesOf } from "./files";
import { type Head, type Line, readLine, START } from "./line";

/** The result of checking every line. */
export interface Verdict {
    readonly files: number;
    /** The number of lines that were checked: all, or those before the problem. */
    readonly lines: number;
    /** The number of the first line that is kept. */
    readonly first: number;
    readonly head: Head;
    /** The first problem. */
    readonly problem?: Break;
    /** The line that has the expected hash. */
    readonly expectedAt?: number;
}

interface Walk {
    /** The line before the first one that is kept. */
    anchor: Head;
    head: Head;
    lines: number;
    /** The last line of each file, and the anchor: the lines that a removal may end with. */
    readonly ends: Map<number, string>;
    isAnchored: boolean;
    expectedAt: number | undefined;
}

/** How far a line that is missing at its place is searched for. */
const LOOK_AHEAD = 10_000;

/**
 * Checks every line of a ledger, from the first to the last, with one line in
 * memory.
 *
 * A ledger from whose end lines were removed is still a valid chain. `expect`
 * detects that: the hash of an earlier last line, which was stored elsewhere.
 */
export async function verifyLedger(disk: Disk, expect?: string): Promise<Verdict> {
    const files = await ledgerFiles(disk);
    const first = firstSeqOf(files[0] ?? "1");
    const walk: Walk = {
        anchor: { ...START, seq: first - 1 },
        head: START,
        lines: 0,
        ends: new Map(),
        isAnchored: first === 1,
        expectedAt: undefined,
    };
    const told = (problem: Break | undefined): Verdict => ({
        files: files.length,
        lines: walk.lines,
        first,
        head: walk.head,
        ...(problem && { problem }),
        ...(walk.expectedAt !== undefined && { expectedAt: walk.expectedAt }),
    });
    for (const [index, file] of files.entries()) {
        const problem = await walkFile(disk, file, walk, expect, index === 0);
        if (problem !== undefined) return told(problem);
    }
    return told(problemAtEnd(walk, files, expect));
}

async function walkFile(
    disk: Disk,
    file: string,
    walk: Walk,
    expect: string | undefined,
    isFirst: boolean,
): Promise<Break | undefined> {
    let isStart = true;
    for await (const piece of piecesOf(disk, file)) {
        if (isFirst && isStart) begin(walk, piece, expect);
        const checked = checkNext(walk.head, piece);
        if ("problem" in checked) {
            const { problem } = checked;
            return problem.kind === "missing" ? whetherMoved(disk, walk.head.seq + 1, piece, problem) : problem;
        }
        const { line } = checked;
        if (isStart && line.seq !== firstSeqOf(file)) {
            const message = `the file begins with line ${line.seq}, and its name says line ${firstSeqOf(file)}`;
            return { kind: "reordered", file, line: 1, message };
        }
        isStart = false;
        take(walk, line, expect);
    }
    walk.ends.set(walk.head.seq, walk.head.hash);
    return undefined;
}

/** Starts at the first line that is kept. If lines before it were removed, a later line has to confirm its `prev`. */
function begin(walk: Walk, piece: Piece, expect: string | undefined): void {
    const line = readLine(piece.bytes);
    if (walk.anchor.seq > 0 && typeof line !== "string") {
        walk.anchor = { seq: walk.anchor.seq, hash: line.prev };
        if (line.prev === expect) walk.expectedAt = walk.anchor.seq;
    }
    walk.head = walk.anchor;
    walk.ends.set(walk.anchor.seq, walk.anchor.hash);
}

function take(walk: Walk, { seq, hash, event }: Line, expect: string | undefined): void {
    walk.lines += 1;
    if (event.type === "ledger.rotated") {
        // The end of the previous file: no other line can be its last one.
        walk.ends.set(walk.head.seq, walk.head.hash);
        const { removed } = event;
        if (removed !== undefined && walk.ends.get(removed.seq) === removed.hash) walk.isAnchored = true;
    }
    if (hash === expect) walk.expectedAt = seq;
    walk.head = { seq, hash };
}

function problemAtEnd(walk: Walk, files: readonly string[], expect: string | undefined): Break | undefined {
    const [file = "", line] = [files[0], 1];
    if (!walk.isAnchored) {
        const message = `${lines(1, walk.anchor.seq)} missing, and no line says that they were removed for keepFiles`;
        return { kind: "missing", file, line, message };
    }
    if (expect === undefined || walk.expectedAt !== undefined || expect === START.hash) return undefined;
    const message = `no line has the hash ${expect}: lines at the end are gone, or the whole was written anew`;
    return { kind: "unexpected", file: files.at(-1) ?? "", line: walk.lines, message };
}

/** Distinguishes missing lines from a line that was moved. */
async function whetherMoved(disk: Disk, due: number, piece: Piece, problem: Break): Promise<Break> {
    let left = LOOK_AHEAD;
    for await (const { bytes, isWhole } of piecesOf(disk, piece.file, piece.start)) {
        const line = isWhole ? readLine(bytes) : "unreadable";
        if (typeof line !== "string" && line.seq === due) {
            return { ...problem, kind: "reordered", message: `line ${due} was due, and stands further down` };
        }
        left -= 1;
        if (left === 0) break;
    }
    return problem;
}
